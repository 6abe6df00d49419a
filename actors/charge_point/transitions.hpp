// The state machine of a charge point: one complete table, its guards and its error texts.
#pragma once

#include <string>
#include <string_view>

#include "actors/messages.hpp"
#include "runtime/base/inline_vector.hpp"

namespace chargemill::charge_point {

/// What can happen to a charge point (D-039).
enum class On : std::uint8_t {
  connect,
  disconnect,
  start_supply,
  stop_supply,
  stop_cp,
  resume_cp,
  fault_detected,
  fault_cleared
};
inline constexpr std::size_t kEvents = 8;

/// What the guards of start_supply ask; the defaults are those of D-035 and D-036.
struct Context {
  bool authorised = false;
  bool plugged = true;
};

/// Where a transition leads. A refused one leads back to where it came from (D-034).
struct Outcome {
  Phase to;
  Refusal refusal;
  [[nodiscard]] constexpr bool accepted() const noexcept { return refusal == Refusal::none; }
};

/// Looks up the table of D-033, then the guards: authorisation before plug (D-036).
[[nodiscard]] Outcome transition(Phase from, On event, Context context = {}) noexcept;

/// The legal events of `from`, guards left aside (D-037).
[[nodiscard]] InlineVector<On, kEvents> valid_events(Phase from) noexcept;
[[nodiscard]] constexpr bool can_supply(Phase p) noexcept { return p == Phase::activated; }
[[nodiscard]] constexpr bool is_operational(Phase p) noexcept {
  return p != Phase::fault && p != Phase::disconnected;
}

/// The name of an event on the wire: `start_supply`.
[[nodiscard]] std::string_view word(On event) noexcept;
/// What a refused event is answered with (D-034 to D-036, D-092); empty for Refusal::none.
[[nodiscard]] std::string error_text(Refusal refusal, Phase from, On event);

}  // namespace chargemill::charge_point
