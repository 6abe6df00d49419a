// The life of a session at central: opened by an admission, closed once, corrected at most once.
#pragma once

#include "actors/central/turn.hpp"

namespace chargemill::central {

/// When a command without effect is given again: longer than anything is under way.
inline constexpr Nanos kAskAgain = std::chrono::seconds{5};

/// What a driver asked for.
struct Wish {
  RequestId request = RequestId::none;  ///< none: asked at the point itself (D-106)
  DriverId driver{};
  Energy target;
  Nanos stay{};
};

/// How a session ends, in words (D-061) and for the breaker (D-155).
struct Ending {
  SessionStatus status = SessionStatus::failed;
  Reason reason = Reason::none;
  Reason detail = Reason::none;
  Phase phase = Phase::disconnected;  ///< that interrupted it
  enum class Blame : std::uint8_t {
    point,   ///< a failure of the point
    nobody,  ///< a release (D-154)
    counted  ///< a failure that is counted elsewhere: a FAULT
  } blame = Blame::point;
  Refusal refusal = Refusal::none;
};
[[nodiscard]] Ending completed() noexcept;
/// Interrupted by an engine that left for `phase`.
[[nodiscard]] Ending interrupted_by(Phase phase) noexcept;

/// Admits `wish`, in the order of D-053. Requires that the point is available; false: its breaker
/// has no probe left.
[[nodiscard]] bool open_session(Turn& turn, std::uint32_t index, const Wish& wish);
/// Closes the current session with what is known: telemetry, or nothing at all (D-060).
void close_session(Turn& turn, std::uint32_t index, const Ending& ending);
/// Closes it with the point's own end.
void close_session(Turn& turn, std::uint32_t index, const Ending& ending, const SessionEnd& end);
/// The current session has delivered so much by now.
void book_current(Turn& turn, PointRecord& point, Energy delivered);
/// Energy of a session that is not the current one: booked, not billed.
void book_other(Turn& turn, std::uint32_t index, const Telemetry& telemetry);
/// The end of a session that is not the current one: corrects it, or books a stranger's (D-075).
void correct(Turn& turn, std::uint32_t index, const SessionEnd& end);

/// The closed session of that number or, if it is none, of that request; null: not remembered.
[[nodiscard]] ClosedSession* closed_session(ShardState& state, const PointRecord& point,
                                            SessionId session, RequestId request);
/// The present status of the current session, as its driver is told (D-054).
[[nodiscard]] DriverUpdate present_status(const PointRecord& point);
[[nodiscard]] DriverUpdate present_status(const PointRecord& point, const ClosedSession& closed);
[[nodiscard]] DriverUpdate present_status(const PointRecord& point, const KeptTicket& kept);

}  // namespace chargemill::central
