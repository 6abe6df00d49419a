// What a charge point tells central: one ordered stream with one credit for statuses and one for
// telemetry (D-006).
#pragma once

#include "actors/charge_point/charge_point.hpp"

namespace chargemill::charge_point {

/// Telemetry under way at most without an acknowledgement; the last of so many asks for one.
inline constexpr std::uint8_t kTelemetryCredit = 4;

/// Puts a status about the present phase at the end of the outbox.
void report(State& s, SessionId session, Reason reason, Reason detail, SimTime now, Effects& out);
/// Likewise the answer to a command that was declined (D-094).
void report_refusal(State& s, SessionId session, Command command, Refusal refusal, SimTime now,
                    Effects& out);
/// Sends what may be sent now: ends and statuses in their order, then telemetry that is due.
void speak(State& s, SimTime now, Effects& out);
/// Central is back: credit that was lost with the link is restored, unconfirmed ends go again.
void restore_credit(State& s) noexcept;
/// An acknowledgement of a status or a telemetry; an unknown or late one changes nothing.
void acknowledge(State& s, std::uint32_t seq) noexcept;
/// The first telemetry instant of the running session at or after `now` (D-108).
[[nodiscard]] SimTime telemetry_from(const State& s, SimTime now);

}  // namespace chargemill::charge_point
