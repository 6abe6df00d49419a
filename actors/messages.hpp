// Everything one actor can say to another. One message a line; no behaviour.
// Each actor's core picks its Event and its Effects from here. All are small and trivially
// copyable: a message of any kind fits one mailbox element of two cache lines.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "runtime/base/units.hpp"

namespace chargemill {

/// On the wire and in the API: DISCONNECTED, ACTIVATED, STOPPED, SUPPLYING, FAULT (D-033).
enum class Phase : std::uint8_t { disconnected, activated, stopped, supplying, fault };
inline constexpr std::size_t kPhases = 5;

/// What a person sees of a charge point (D-194). `broken` is counted as `fault` in the summary.
enum class DisplayState : std::uint8_t { activated, supplying, stopped, broken, disconnected };
inline constexpr std::size_t kDisplayStates = 5;

/// What central can tell a charge point (D-025).
enum class Command : std::uint8_t { none, start_supply, stop_supply, stop_cp, resume_cp, shutdown };

/// Why a charge point declined a command (D-034, D-035, D-036, D-092).
enum class Refusal : std::uint8_t {
  none,
  invalid_transition,
  not_authorised,
  not_plugged,
  invalid_payload,
  starts_refused,
  no_central
};

/// What is wrong with the payload of a start_supply that came from outside (D-092).
enum class PayloadDefect : std::uint8_t { none, is_null, is_empty, not_an_object, no_driver };

enum class UpdateStatus : std::uint8_t { accepted, denied, in_progress, completed, failed };
enum class SessionStatus : std::uint8_t { active, completed, failed };

/// Why something happened, as a code; `actors/texts.hpp` gives the words people read.
enum class Reason : std::uint8_t {
  none,
  // a charge point's status (D-089 to D-110)
  engine_started,
  state_report,
  starting_supply,
  central_requested_stop,
  central_stopped,
  central_resumed,
  engine_shutting_down,
  time_limit_reached,
  energy_target_reached,
  stay_ended,
  unplugged,
  ko_key,
  telemetry_error,
  fault_cleared,
  engine_crashed,
  refused,
  // a monitor's report (D-117, D-118)
  health_check_failed,
  health_check_restored,
  // a driver's update (D-051 to D-063)
  request_accepted,
  point_not_found,
  not_available,
  reserved,
  circuit_open,
  no_free_point,
  charging,
  charging_completed,
  start_timeout,
  no_telemetry,
  interrupted_by_state,
  interrupted_by_fault,
  refused_by_point,
  // an operator, a driver
  operator_stopped,
  operator_stop_supply,
  driver_cancelled,
  central_restarted,
  // what a telemetry error was (D-104)
  meter_unreadable,
  // central: its journal has no room (append, never insert: reasons lie on disk)
  journal_busy,
  // a start waits for the person to plug in (D-106)
  vehicle_awaited,
  // why a supply is stopped from outside (D-187, D-188)
  driver_requested_stop,
  manual_stop
};
inline constexpr Reason kLastReason = Reason::manual_stop;

/// The kinds of actor that a supervisor restarts.
enum class ActorKind : std::uint8_t {
  charge_point,
  monitor,
  driver,
  shard,
  central,
  fleet,
  director
};

/// A request that names a charge point nobody has; central denies it (D-051).
inline constexpr PointId kUnknownPoint{0xFFFFFFFF};
/// Who starts a supply at the charge point without saying who it is; gets no ticket (D-106).
inline constexpr DriverId kNobody{0xFFFFFFFF};

/// Which charge points a driver wants to see (D-130).
struct PointFilter {
  Power power_min;
  Price price_max{std::numeric_limits<std::int64_t>::max()};
  ZoneId zone{};
  bool any_zone = true;
};
/// Points that one answer names; who wants more asks from the next one on.
inline constexpr std::size_t kListedMax = 6;

// clang-format off

// central shard -> charge point
struct StartSupply    { SessionId session; RequestId request; Energy target; Nanos stay; SimTime issued; DriverId driver; PayloadDefect defect; };  ///< target 0, stay 0: no limit
struct StopSupply     { Reason why; };
struct StopCp         { Reason why; };
struct ResumeCp       {};
struct Shutdown       {};
struct ReportAck      { std::uint32_t seq; };        ///< returns the credit of a Status, or of all Telemetry up to one
struct SessionEndAck  { SessionId session; };        ///< the end is booked; forget it (D-103)
struct StartDeclined  { Reason reason; Phase phase; };  ///< the answer to a LocalStart that is not let in

// charge point -> central shard: one ordered stream (D-006)
struct Status         { SessionId session; SimTime at; PointId point; std::uint32_t seq; Phase phase; Reason reason; Reason detail; Command refused; Refusal refusal; };
struct Telemetry      { SessionId session; SimTime at; Power power; Energy delivered; Money cost; PointId point; DriverId driver; std::uint32_t seq; bool wants_ack; };  ///< cost: of the session so far, as the engine says (D-218)
struct SessionEnd     { SessionId session; SimTime start; SimTime end; Energy delivered; Money cost; PointId point; DriverId driver; SessionStatus status; Reason reason; };
struct LocalStart     { Energy target; PointId point; DriverId driver; };       ///< asks leave for a supply started at the point (D-106)

// monitor <-> charge point
struct Ping           { std::uint32_t number; };
struct Pong           { std::uint32_t number; bool ok; Phase phase; };
struct PingRefused    { std::uint32_t number; };     ///< nobody listens: the engine is down

// monitor <-> central shard
struct Register       { Price price; PointId point; };
struct Heartbeat      { PointId point; };
struct FaultReport    { PointId point; Reason reason; bool from_outside = false; SimTime at = kNever; };  ///< from_outside: of a monitor that is no actor here; at: when it was found, if it says so
struct HealthyReport  { PointId point; SimTime at = kNever; };
struct RegisterAck    {};
struct UnknownPoint   {};                            ///< the 404 of D-043: register at once
struct FaultAck       {};
struct HealthyAck     {};

// driver -> central shard
struct ChargeRequest  { RequestId request; Energy target; Nanos stay; DriverId driver; PointId point; };
struct CancelRequest  { RequestId request; DriverId driver; PointId point; };   ///< answered by the last update of that request (D-125)
struct TicketAck      { SessionId session; DriverId driver; bool correction; };
struct AskRequest     { RequestId request; DriverId driver; PointId point; };   ///< "what became of it?" (D-129)

// driver -> central -> central shard
struct ZoneRequest    { RequestId request; Energy target; Nanos stay; DriverId driver; ZoneId zone; std::uint16_t tried; };  ///< tried: shards that had none
struct DriverReturned { DriverId driver; };          ///< resend what the driver has not confirmed
/// What is available? From shard to shard in the order of ids, until enough is found (D-130).
struct PointSearch    { Power power_min; Price price_max; std::array<PointId, kListedMax> found; PointId next; DriverId driver; ZoneId zone; bool any_zone; std::uint8_t count; };

// central shard, central -> driver: one ordered stream (D-006)
struct DriverUpdate   { RequestId request; SessionId session; Power power; Energy delivered; Money cost; PointId point; DriverId driver; UpdateStatus status; Reason reason; Phase phase; Reason detail; Refusal refusal = Refusal::none; };
struct Ticket         { SessionId session; SimTime start; SimTime end; Energy delivered; Money cost; PointId point; DriverId driver; SessionStatus status; Reason reason; bool correction; };

struct TicketSettled  { SessionId session; DriverId driver; bool correction; };  ///< its shard keeps it no longer: it will not come again
struct PointList      { std::array<PointId, kListedMax> points; PointId next; DriverId driver; std::uint8_t count; bool is_complete; };  ///< not complete: there may be more from `next` on

// central shard -> central
struct FreeCount      { ShardId shard; ZoneId zone; std::uint32_t free; };
struct ZoneMiss       { ZoneRequest request; };      ///< no free point here after all

// operator -> central -> central shard (D-076 to D-080, D-157)
enum class OperatorAction : std::uint8_t { stop, resume, stop_supply, shutdown, reset_breaker };
struct OperatorOrder  { PointId point; OperatorAction action; bool all; Reason why = Reason::none; };  ///< why: of stop_supply, if it is not the operator's own wish

// fleet <-> driver
struct Trip           { SimTime due; Energy target; Nanos stay; PointId point; ZoneId zone; bool any_in_zone; };
struct DriverIdle     { DriverId driver; };

// scenario director -> anyone: what befalls them
struct PowerOn        {};                            ///< the engine or monitor process starts
struct PowerOff       {};                            ///< it is stopped for good or until PowerOn
struct LinkDown       {};                            ///< central cannot be reached from here
struct LinkUp         {};
struct Crash          {};                            ///< the handler throws; the supervisor restarts it
struct Silence        { SimTime until; };            ///< the engine hangs: no answer to pings
struct RefuseStarts   { SimTime until; };            ///< the engine refuses each start_supply
struct KoKey          {};
struct OkKey          {};
struct MeterFails     {};                            ///< the telemetry loop cannot read the meter (D-104)
struct MeterWorks     {};
struct Plug           {};
struct Unplug         {};
struct StartHere      { Energy target; DriverId driver; };  ///< the menu of the charge point (D-106)
struct SimulateFault  { bool on; };                  ///< the monitor acts as if checks failed (D-120)
struct LookAround     { PointFilter filter; PointId from; };  ///< a driver's menu: what is available (D-130)
struct Leave          {};                            ///< a driver's program goes away
struct Return         {};
struct CentralDown    {};                            ///< the shard forgets what was not durable
struct CentralUp      {};
struct JournalBusy    { bool is_busy; };             ///< no new sessions while it is: their records would find no room
struct JournalMoved   {};                            ///< something is on disk that was not: what waited for it may go
struct Halt           {};                            ///< no new load from now on; what runs may end
struct FaultInjected  { SimTime at; PointId point; };  ///< for measuring detection, nothing else

// supervision
struct ChildFailed    { SimTime at; std::uint32_t index; ActorKind kind; };
struct Restart        {};                            ///< supervisor -> a failed actor: a new incarnation

// timing wheel -> anyone
struct Tick           {};                            ///< the time that due(state) named has come

// clang-format on

}  // namespace chargemill
