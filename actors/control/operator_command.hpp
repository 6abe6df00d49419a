// Commands of operators, as text (D-145), to values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace chargemill::control {

enum class Verb : std::uint8_t {
  ping,
  help,
  list,
  status,
  stop,
  resume,
  stop_supply,
  shutdown,
  reset_breaker,
  plug,
  unplug,
  start,
  inject,
  stats,
  available
};
inline constexpr std::size_t kVerbs = 15;

/// The faults that can befall one charge point on demand, in the words of a scenario.
enum class Injection : std::uint8_t {
  engine_crash,
  engine_silent,
  engine_ko,
  start_refused,
  monitor_loss
};
inline constexpr std::size_t kInjections = 5;

inline constexpr std::size_t kNameBytesMax = 64;

/// Its texts are views of the text that it was parsed from.
struct OperatorCommand {
  Verb verb{};
  bool is_for_all = false;  ///< `*` in place of a charge point, of a zone
  Injection injection{};    ///< of `inject`
  std::string_view point;   ///< empty for verbs without one, and for all
  std::string_view driver;  ///< of `start`
  std::string_view zone;    ///< of `available`; empty: all zones
  std::string_view from;    ///< of `list` and `available`: the first charge point that is wanted
};

/// `STATUS`
[[nodiscard]] std::string_view word(Verb verb) noexcept;
/// `engine_crash`
[[nodiscard]] std::string_view word(Injection injection) noexcept;
/// Whether it changes the network, so that it may need a token (D-147).
[[nodiscard]] bool is_change(Verb verb) noexcept;
/// `PING HELP LIST STATUS#CP STOP#CP|* ...`: all commands, separated by blanks.
[[nodiscard]] std::string help_text();

/// The command, or the reason of the NACK: `unknown command 'X'` (D-145), or what its fields lack.
/// `text` is UTF-8 of any length and content.
[[nodiscard]] tl::expected<OperatorCommand, std::string> parse_command(std::string_view text);

}  // namespace chargemill::control
