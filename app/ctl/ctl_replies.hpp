// From the replies of the framed door to what people and programs read. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "app/history/table_text.hpp"

namespace chargemill::app {

/// What a command was answered with, page by page.
class CtlReply {
 public:
  /// `command` as it was sent first. Of a list only those in `state` are wanted; empty: all.
  explicit CtlReply(std::string command, std::string_view state = {});

  /// Takes one reply; the error is the reason of a NACK. What is to be sent next, if that is not
  /// all: the next page.
  [[nodiscard]] tl::expected<std::optional<std::string>, std::string> take(std::string_view reply);
  /// A table, or a line for a command that has nothing to list; with `json` an array or object. Of
  /// what is done, but was not looked at, or is not on disk, it says so (`"confirmed": false`,
  /// `"recorded": false`, as over HTTP).
  [[nodiscard]] std::string text(bool json) const;

  /// What to ask next of one who was resumed: how it is now. Empty: nothing.
  [[nodiscard]] std::string look_after() const;
  /// And the answer to that. A resume lifts a stop and nothing else (D-077): whoever gives one to
  /// a charge point that is broken is told that it stays so.
  void take_look(std::string_view reply);

 private:
  [[nodiscard]] std::optional<std::string> take_page(std::string_view fields);

  std::string command_;
  std::string verb_;
  std::string state_;  ///< that is wanted of a list
  std::string stays_;  ///< the state of one that was resumed, if it is out of order all the same
  Table table_;
  std::string line_;  ///< of a command without a table
  bool is_confirmed_ = true;
  bool is_recorded_ = true;
};

/// Why a command was not done, for stderr: nothing of it may be taken for its result. `hint`: what
/// may help, empty: nothing. With `json` an object on a line of its own.
[[nodiscard]] std::string refusal_text(int exit_code, const std::string& error,
                                       const std::string& hint, bool json);

/// What may help whoever was refused so; empty: nothing.
[[nodiscard]] std::string refusal_hint(std::string_view command, std::string_view error);

/// What may help whoever could not speak with a door, by the words of the client; empty: nothing.
[[nodiscard]] std::string connection_hint(std::string_view error);

}  // namespace chargemill::app
