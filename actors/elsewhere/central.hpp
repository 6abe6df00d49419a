// Stands in place of a central shard when central is elsewhere: carries, and keeps the books of
// what can be known here. Plain data, no socket.
#pragma once

#include <array>
#include <unordered_map>
#include <variant>
#include <vector>

#include "actors/central/shard_totals.hpp"
#include "actors/elsewhere/link.hpp"

namespace chargemill::elsewhere {

/// Of an ended session its meter may still speak; a meter keeps as many ends unconfirmed.
inline constexpr std::size_t kClosedMax = 4;

/// What central has taken of one session's energy, as far as it has said so.
struct Account {
  SessionId session = SessionId::none;
  Energy booked;
  bool is_confirmed = false;  ///< its end has been taken
};

struct PointBook {
  Account current;  ///< of the session that is under way here; none: there is none
  std::array<Account, kClosedMax> closed{};
  SimTime injected = kNever;  ///< a fault that central has not been told of; kNever: none
  std::uint8_t next_closed = 0;
  Phase phase = Phase::disconnected;
  bool is_known = false;      ///< its engine has said how it stands
  bool is_connected = false;  ///< its monitor reaches central
  bool is_reached = false;    ///< and its engine, since central has heard the monitor
  bool is_faulty = false;     ///< central has taken its FAULT, and no HEALTHY since
};

/// The open request of a driver: what its session is to be, which no body says.
struct Wish {
  PointId point{};
  Energy target;
  Nanos stay{};
};

struct State {
  std::uint32_t first = 0;        ///< PointId of points.front()
  std::vector<PointBook> points;  ///< by PointId, without gaps
  std::unordered_map<DriverId, Wish> wishes;
  central::ShardTotals totals;  ///< `unknown`: what central has declined
};

using Event = std::variant<Status, Telemetry, SessionEnd, LocalStart, Register, Heartbeat,
                           FaultReport, HealthyReport, ChargeRequest, ZoneRequest, CancelRequest,
                           TicketAck, DriverReturned, FaultInjected, Answered, Ordered,
                           DriverUpdate, Ticket, PointReach, DriverReach, Tick>;

// clang-format off
struct ToPoint   { PointId point; std::variant<StartSupply, StopSupply, StopCp, ResumeCp, Shutdown, ReportAck, SessionEndAck, StartDeclined, LinkUp, LinkDown> message; };
struct ToMonitor { PointId point; std::variant<RegisterAck, UnknownPoint, FaultAck, HealthyAck, LinkUp, LinkDown> message; };
struct ToDriver  { DriverId driver; std::variant<DriverUpdate, Ticket, TicketSettled, LinkUp, LinkDown> message; };
struct Detected  { SimTime injected; PointId point; };  ///< central has taken the FAULT of an injected fault
// clang-format on

using Effect = std::variant<Said, ToPoint, ToMonitor, ToDriver, Detected>;
using Effects = std::vector<Effect>;

/// `count` points from `first` on, none of which can reach central yet.
[[nodiscard]] State make_state(PointId first, std::uint32_t count);

/// Answers `event`, which happens at `now`: changes `state` and appends what must be said.
void step(State& state, const Event& event, SimTime now, Effects& effects);

/// What central has taken of `session`, one of the point's.
[[nodiscard]] Energy booked(const State& state, PointId point, SessionId session);

}  // namespace chargemill::elsewhere
