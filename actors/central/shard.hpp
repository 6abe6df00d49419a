// The part of central that owns some charge points, as plain data: admission, sessions, faults,
// breakers, tickets (D-040 to D-087).
#pragma once

#include <deque>
#include <map>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "actors/archive/records.hpp"
#include "actors/central/deadlines.hpp"
#include "actors/central/point_record.hpp"
#include "actors/central/recent_denials.hpp"
#include "actors/central/recent_faults.hpp"
#include "actors/central/shard_totals.hpp"
#include "actors/central/watch.hpp"
#include "actors/messages.hpp"

namespace chargemill::central {

struct ShardSettings {
  ShardId shard{};
  runtime::BreakerLimits breaker{3, Millis{30'000}, 2};      ///< D-149
  Nanos monitor_timeout = std::chrono::seconds{5};           ///< D-044
  Nanos start_timeout = std::chrono::seconds{10};            ///< D-055
  Nanos session_silence_timeout = std::chrono::seconds{10};  ///< D-067
  std::size_t tickets_max = 0;  ///< kept unconfirmed; 0: four a point, at least 4,096
  bool records = true;          ///< somebody keeps them
  Nanos checkpoint_interval = std::chrono::seconds{10};  ///< D-064; > 0
};

/// A charge point as it stands in the scenario.
struct OwnedPoint {
  PointId id{};
  ZoneId zone{};
  Price price;
  Power power;
};

/// The free points of one zone in this shard.
struct ZoneShare {
  ZoneId zone{};
  std::vector<std::uint32_t> free;  ///< local indices, in no order
  std::uint32_t next = 0;           ///< where the next search starts: load goes round
  bool is_dirty = false;            ///< central is to be told
  ZoneTotals totals;
};

struct ShardState {
  ShardSettings settings;
  std::vector<PointRecord> points;  ///< rising ids
  std::vector<ZoneShare> zones;
  std::vector<std::uint16_t> dirty_zones;
  std::deque<ClosedRing> rings;
  std::unordered_map<DriverId, std::uint32_t> open_by_driver;    ///< local index
  std::map<std::pair<DriverId, SessionId>, KeptTicket> tickets;  ///< (D-083)
  std::map<std::pair<DriverId, RequestId>, archive::RequestNamed> named_requests;
  Deadlines deadlines;
  ShardTotals totals;
  WatchTotals watch;
  RecentFaults recent_faults;
  RecentDenials recent_denials;
  std::uint64_t sessions_made = 0;                  ///< numbers the sessions (D-030)
  std::vector<archive::PointJoined> late_points;    ///< who joined, for the journal's rounds
  std::vector<archive::DriverJoined> late_drivers;  ///< likewise
  bool up = true;
  bool journal_busy = false;    ///< no room for the records of a new session
  bool journal_behind = false;  ///< records wait for room in the journal's queue; for looks only
};

// clang-format off
/// A charge point joins a network that runs. Its id follows those of the shard's others.
/// Or one that the shard has been given back by a journal: then it is welcome only.
struct Joined        { OwnedPoint point; bool is_outside = false; };
/// Likewise a driver; it is nobody's, but somebody has to remember it.
struct DriverJoined  { DriverId driver; bool is_outside = false; };
/// A connection to the outside is lost: the engine, or the monitor, of `point` cannot be heard any more.
struct Parted        { PointId point; bool engine; bool monitor; };
/// Central is another one: it knows of no free points.
struct TellFree      {};
struct ToPoint       { PointId point; std::variant<StartSupply, StopSupply, StopCp, ResumeCp, Shutdown, ReportAck, SessionEndAck, StartDeclined> message; };
struct ToMonitor     { PointId point; std::variant<RegisterAck, UnknownPoint, FaultAck, HealthyAck> message; };
struct Welcome       { PointId point; ZoneId zone; };          ///< it is known here: let it begin
struct Detected      { SimTime injected; SimTime at; RequestId request; SessionId session; DriverId driver; PointId point; };  ///< FAULT of an injected fault is here; whose session it ends, if there is one
// clang-format on

using ShardEvent =
    std::variant<Status, Telemetry, SessionEnd, LocalStart, Register, Heartbeat, FaultReport,
                 HealthyReport, ChargeRequest, CancelRequest, AskRequest, TicketAck, ZoneRequest,
                 DriverReturned, PointSearch, OperatorOrder, CentralDown, CentralUp, FaultInjected,
                 JournalBusy, JournalMoved, Joined, DriverJoined, Parted, TellFree, Tick>;
/// DriverUpdate, Ticket, TicketSettled, PointList: to their driver. FreeCount, ZoneMiss: to
/// central. PointSearch: to whoever owns its next point. Record: to the journal.
using ShardEffect =
    std::variant<ToPoint, ToMonitor, DriverUpdate, Ticket, TicketSettled, PointList, PointSearch,
                 FreeCount, ZoneMiss, Detected, Welcome, archive::Record>;
using ShardEffects = std::vector<ShardEffect>;
static_assert(sizeof(ShardEvent) <= 64);

/// All points are DISCONNECTED and their monitors DOWN until they are heard (D-085). `owned` in
/// rising order of id.
[[nodiscard]] ShardState make_shard(const ShardSettings& settings,
                                    const std::vector<OwnedPoint>& owned);

/// Answers `event`, which happens at `now`: changes `state` and appends what must be said.
void step(ShardState& state, const ShardEvent& event, SimTime now, ShardEffects& effects);

/// A zone that points of this shard may be in later. Before the first event.
void open_zone(ShardState& state, ZoneId zone);

/// When the shard next wants Tick; kNever: not at all.
[[nodiscard]] SimTime due(const ShardState& state);

/// The local index of `point`; kNowhere if this shard does not own it. O(1) for ids without gaps.
[[nodiscard]] std::uint32_t find(const ShardState& state, PointId point) noexcept;

/// What it has booked of `session`, the current one of its point `index` or one that it remembers.
[[nodiscard]] Energy booked(const ShardState& state, std::uint32_t index, SessionId session);

/// Unique by construction: shard:24 | counter:40 (D-030, X-29). Readable without asking anybody.
inline constexpr unsigned kSessionCounterBits = 40;
[[nodiscard]] constexpr SessionId session_id(ShardId shard, std::uint64_t counter) noexcept {
  return SessionId{std::uint64_t{index_of(shard)} << kSessionCounterBits | counter};
}
[[nodiscard]] constexpr ShardId shard_of(SessionId session) noexcept {
  return ShardId{static_cast<std::uint16_t>(index_of(session) >> kSessionCounterBits)};
}

}  // namespace chargemill::central
