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
  /// `command` as it was sent first.
  explicit CtlReply(std::string command);

  /// Takes one reply; the error is the reason of a NACK. What is to be sent next, if that is not
  /// all: the next page.
  [[nodiscard]] tl::expected<std::optional<std::string>, std::string> take(std::string_view reply);
  /// A table, or a line for a command that has nothing to list; with `json` an array or object. Of
  /// what is done, but was not looked at, it says so (`"confirmed": false`, as over HTTP).
  [[nodiscard]] std::string text(bool json) const;

 private:
  [[nodiscard]] std::optional<std::string> take_page(std::string_view fields);

  std::string command_;
  std::string verb_;
  Table table_;
  std::string line_;  ///< of a command without a table
  bool is_confirmed_ = true;
};

/// Why a command was not done, for stderr: nothing of it may be taken for its result. `hint`: what
/// may help, empty: nothing. With `json` an object on a line of its own.
[[nodiscard]] std::string refusal_text(int exit_code, const std::string& error,
                                       const std::string& hint, bool json);

/// What may help whoever could not speak with a door, by the words of the client; empty: nothing.
[[nodiscard]] std::string connection_hint(std::string_view error);

}  // namespace chargemill::app
