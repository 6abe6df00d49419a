// One driver as plain data: asks for a charge, waits for its end, keeps its tickets (D-122 to
// D-131).
#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "actors/driver/by_hand.hpp"
#include "actors/messages.hpp"
#include "runtime/base/inline_vector.hpp"
#include "runtime/base/rare.hpp"

namespace chargemill::driver {

/// What a driver is to do, fixed for the run and shared by all drivers that do the same.
struct Plan {
  std::vector<PointId> lines;  ///< of its request file; kUnknownPoint for a name nobody has
  Nanos pause = std::chrono::seconds{4};     ///< after each request but a list's last (D-123)
  Nanos timeout = std::chrono::seconds{30};  ///< without any update (D-123)
  std::optional<PointFilter> looks;          ///< lists such points before each line (D-130)
  Nanos first_wait{0};  ///< from PowerOn to the first line: the points are known by then (D-211)
};

/// list: runs the lines of its plan. fleet: takes one trip at a time from the fleet. guest: the
/// seat of a driver outside, who asks by trips, sees all updates, and confirms tickets itself.
enum class Mode : std::uint8_t { list, fleet, guest };

/// After the last line, for late updates (D-123).
inline constexpr Nanos kLastWait = std::chrono::seconds{2};
/// So long a driver waits for the list of what is available before it asks without it.
inline constexpr Nanos kLookPatience = std::chrono::seconds{5};

/// A cancel that is not answered is said again so much later (D-125).
inline constexpr Nanos kCancelAgain = std::chrono::seconds{10};

/// off -> (idle | waiting) -> waiting <-> pausing -> idle; waiting -> leaving -> finished
enum class Stage : std::uint8_t {
  off,       ///< before PowerOn
  idle,      ///< a fleet's driver or a guest without a trip
  waiting,   ///< one request is open
  pausing,   ///< a list's driver before its first request; any but a guest after one
  looking,   ///< then, if its plan says so, at what is available (D-130)
  leaving,   ///< a list's driver after its last line, for kLastWait
  finished,  ///< and then
};

/// Which of the disjoint counts of D-125 the current request is in.
enum class Counted : std::uint8_t { open, accepted, denied };

/// sent = accepted + denied + timed_out + open, at any time.
struct Totals {
  std::uint32_t sent = 0, accepted = 0, denied = 0, timed_out = 0;
  std::uint32_t sessions = 0;    ///< accepted requests that showed a first telemetry
  std::uint32_t tickets = 0;     ///< each once, corrections too (X-32)
  std::uint32_t duplicates = 0;  ///< tickets that came again: confirmed, not counted
};
[[nodiscard]] constexpr std::uint32_t open_of(const Totals& t) noexcept {
  return t.sent - t.accepted - t.denied - t.timed_out;
}

/// Tickets that are remembered at most to tell a repetition: each until its shard has settled it,
/// after which it cannot come again. One for which there is no room is neither taken nor confirmed:
/// its shard keeps it.
inline constexpr std::size_t kTicketsMax = 8;
/// Cancels that are repeated at most; a newer one takes the place of the oldest, whose session then
/// runs to its own end.
inline constexpr std::size_t kCancelsMax = 4;

struct Cancel {
  RequestId request{};
  PointId point{};
};

/// What a driver has said to shards that they have not answered.
struct Unsettled {
  InlineVector<std::uint64_t, kTicketsMax> tickets;  ///< keys of tickets, oldest first
  InlineVector<Cancel, kCancelsMax> cancels;         ///< oldest first
  SimTime cancel_at;      ///< when they are repeated; meaningful if there are any
  bool has_left = false;  ///< a ticket, for want of room
};

struct State {
  const Plan* plan = nullptr;  ///< outlives this
  Trip trip{};                 ///< the request under way; its point once an update has named it
  SimTime last_news{};         ///< of the current request: sent, or its latest update
  SimTime mark{};  ///< pausing, looking, leaving: until when; waiting: when it was decided
  Rare<Unsettled> unsettled;
  Totals totals;
  DriverId id{};
  std::uint32_t requests_made = 0;  ///< numbers the requests (D-030)
  std::uint32_t next_line = 0;
  Mode mode = Mode::list;
  Stage stage = Stage::off;
  Counted counted = Counted::open;
  bool issued = false;    ///< the current request has been sent: central was in reach
  bool answered = false;  ///< any update of it has come
  bool started = false;   ///< its first in_progress has come
  bool away = false;      ///< its program is closed: it hears nothing, and no time-out runs
  bool linked = true;     ///< central can be reached
  bool halted = false;    ///< no further request
  bool by_hand = false;   ///< the current request is besides its list
};
static_assert(sizeof(State) <= 128, "a million drivers");

// clang-format off
/// A guest's trip whose request has its number already: its program's name for it goes by that.
struct NamedTrip  { Trip trip; RequestId request; };
struct Decided    { SimTime due; RequestId request; PointId point; };  ///< first accepted or denied; `due`: of the request
struct Started    { SimTime decided; RequestId request; PointId point; SessionId session; };  ///< first in_progress
struct Show       { DriverUpdate update; };   ///< a console line of a list's driver (D-127); a guest is told
struct ShowTicket { Ticket ticket; };
struct ShowPoints { PointList list; };        ///< D-130
struct TimedOut   { RequestId request; };     ///< the warning of D-125
struct Finished   { std::uint32_t done; std::uint32_t total; };  ///< the last line of D-127
struct NoCentral  {};                         ///< "Unable to connect to CENTRAL" (D-131)
struct Throw      {};                         ///< the shell throws: this incarnation ends
// clang-format on

using Event = std::variant<Trip, DriverUpdate, Ticket, PointList, LookAround, Leave, Return,
                           LinkDown, LinkUp, PowerOn, Halt, Crash, Restart, Tick, AskByHand,
                           CancelByHand, TicketSettled, CancelRequest, NamedTrip, AskRequest>;
/// ChargeRequest, AskRequest: to the shard that owns their point, to central if the point is
/// kUnknownPoint. CancelRequest: to the shard; its point is always known. TicketAck: to the shard
/// that its SessionId names. ZoneRequest, DriverReturned, PointSearch: to central. DriverIdle: to
/// the fleet.
using Effect =
    std::variant<ChargeRequest, ZoneRequest, CancelRequest, AskRequest, TicketAck, DriverReturned,
                 PointSearch, DriverIdle, Decided, Started, Show, ShowTicket, ShowPoints, TimedOut,
                 Finished, NoCentral, Throw, HandAnswer>;
/// All unsettled tickets and cancels, and what a return or a tick says besides.
using Effects = InlineVector<Effect, kTicketsMax + kCancelsMax + 6>;
static_assert(sizeof(Event) <= 64);

[[nodiscard]] State make_state(DriverId id, Mode mode, const Plan& plan);

/// A trip also asks a list's driver for one request besides its file (D-128). One that finds a
/// request open is dropped: a driver has one vehicle. AskByHand is the same with an answer.
/// Answers `event`, which happens at `now`: changes `state` and says what must be said.
[[nodiscard]] Effects step(State& state, const Event& event, SimTime now);

/// When the driver next wants Tick; kNever: not at all.
[[nodiscard]] SimTime due(const State& state);

/// Unique by construction: driver:32 | counter:32, the counter from 1 (D-030, X-29).
[[nodiscard]] constexpr RequestId request_id(DriverId driver, std::uint32_t counter) noexcept {
  return RequestId{(std::uint64_t{index_of(driver)} << 32U) | counter};
}
/// Whether the current request is neither decided nor given up.
[[nodiscard]] constexpr bool is_undecided(const State& state) noexcept {
  return state.stage == Stage::waiting && state.counted == Counted::open;
}
/// The request that `state` waits for; meaningful while waiting.
[[nodiscard]] constexpr RequestId current_request(const State& state) noexcept {
  return request_id(state.id, state.requests_made);
}

}  // namespace chargemill::driver
