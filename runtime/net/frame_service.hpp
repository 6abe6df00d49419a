// Who answers the messages of the framed door, and whom.
#pragma once

#include <memory>
#include <string_view>

#include "runtime/net/frame_session.hpp"

namespace chargemill::runtime {

/// One client's connection, as its service sees it. Threads: the IoThread. Whoever answers later
/// keeps a weak_ptr, and locks it on the IoThread only: a socket ends with that. What is said to a
/// client that has gone is dropped.
class FrameLink {
 public:
  FrameLink() = default;
  FrameLink(const FrameLink&) = delete;
  FrameLink& operator=(const FrameLink&) = delete;
  virtual ~FrameLink() = default;

  /// The answer to a message of this link; once each.
  virtual void reply(MessageNumber number, std::string_view text) = 0;
  /// A frame that the client has not asked for. One that does not take its frames is disconnected.
  virtual void push(std::string_view text) = 0;
  /// It has shown a token: from now on it is no stranger, and keeps its place.
  virtual void welcome() {}
};

/// Threads: the IoThread.
class FrameService {
 public:
  FrameService() = default;
  FrameService(const FrameService&) = delete;
  FrameService& operator=(const FrameService&) = delete;
  virtual ~FrameService() = default;

  /// Wants from->reply(number, ...) once, from within or later. `text` is valid during the call.
  virtual void on_message(const std::shared_ptr<FrameLink>& from, std::string_view text,
                          MessageNumber number) = 0;
  /// It says nothing any more.
  virtual void on_closed(const FrameLink& link) = 0;
};

}  // namespace chargemill::runtime
