// Commands of operators, as text (D-145), to values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "runtime/base/units.hpp"

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
  available,
  add_point,
  add_driver,
  nodes,
  power_on,
  simulate_fault
};
inline constexpr std::size_t kVerbs = 20;

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
  bool is_on = false;       ///< of `simulate_fault`
  bool wants_age = false;   ///< of `status`: also since when nothing was heard
  Injection injection{};    ///< of `inject`
  Nanos duration{};         ///< likewise; 0: as long as such a fault lasts
  std::string_view point;   ///< empty for verbs without one, and for all
  std::string_view driver;  ///< of `start`
  std::string_view zone;    ///< of `available`; empty: all zones
  std::string_view from;    ///< of `list` and `available`: the first charge point that is wanted
  /// Of `add_point` and `add_driver`: all behind the new one's name, or empty.
  std::string_view rest;
  std::optional<double> power_kw;       ///< of `add_point`: above 0, at most 10,000
  std::optional<double> price_eur_kwh;  ///< likewise: 0 to 1,000
};

/// The new one is called so by whoever adds it; this name lets the network choose.
inline constexpr std::string_view kAnyName = "-";
/// The parts of a text between `#`, one after the other.
class Parts {
 public:
  explicit Parts(std::string_view text) : rest_(text) {}
  [[nodiscard]] bool is_at_end() const noexcept { return is_at_end_; }
  /// What next() has not given yet.
  [[nodiscard]] std::string_view rest() const noexcept { return rest_; }
  /// Empty at the end.
  std::string_view next() noexcept {
    const std::size_t hash = rest_.find('#');
    const std::string_view part = rest_.substr(0, hash);
    is_at_end_ = hash == std::string_view::npos;
    rest_ = is_at_end_ ? std::string_view{} : rest_.substr(hash + 1);
    return part;
  }

 private:
  std::string_view rest_;
  bool is_at_end_ = false;
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
