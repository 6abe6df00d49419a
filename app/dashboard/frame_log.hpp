// The newest frames, and the message that brings a reader from what it holds to the newest. Pure.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>

#include "app/dashboard/state_frame.hpp"

namespace chargemill::app::dashboard {

/// A message is compressed once, however many are sent it.
class FrameLog {
 public:
  /// A reader that is further behind gets a keyframe.
  static constexpr std::size_t kKept = 8;

  using Message = std::shared_ptr<const std::string>;

  /// Numbers rise by one. `states` of another size than before: everybody gets a keyframe.
  void add(PackedStates states, std::int64_t sim_ms);
  /// The number of the newest; 0: there is none yet.
  [[nodiscard]] std::uint32_t newest() const noexcept {
    return frames_.empty() ? 0 : frames_.back().number;
  }
  /// From `held` to the newest; 0, or one that is not kept: a keyframe. Requires that there is one.
  [[nodiscard]] Message message_for(std::uint32_t held);
  /// Messages that were compressed. For tests and for the curious.
  [[nodiscard]] std::uint64_t compressed() const noexcept { return compressed_; }

 private:
  struct Frame {
    PackedStates states;
    std::uint32_t number;
    std::int64_t sim_ms;
  };

  std::deque<Frame> frames_;                   // rising numbers
  std::map<std::uint32_t, Message> messages_;  // to the newest, by what the reader holds
  std::uint64_t compressed_ = 0;
};

}  // namespace chargemill::app::dashboard
