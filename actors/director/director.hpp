// The scenario's hand in one shard: switches its charge points on and off, and harms them as told.
#pragma once

#include <array>
#include <deque>
#include <optional>
#include <variant>
#include <vector>

#include "actors/messages.hpp"
#include "runtime/base/inline_vector.hpp"
#include "runtime/base/random_stream.hpp"

namespace chargemill::director {

/// In the order of network::FaultKind.
enum class FaultKind : std::uint8_t {
  engine_crash,
  engine_silent,
  engine_ko,
  start_refused,
  monitor_loss,
  central_restart,
  partition,
  telemetry_error
};
inline constexpr std::size_t kFaultKinds = 8;

/// One kind of harm, with ids instead of names, for the points of one shard.
struct Fault {
  FaultKind kind{};
  /// > 0: Poisson over the eligible points, each time one point is hit. central_restart: per shard.
  double rate_per_point_hour = 0.0;
  SimTime at = kNever;  ///< once, all eligible points (central_restart: the shard)
  Nanos duration{};     ///< 0: kDefaultDuration; engine_crash: as its supervisor restarts it
  std::optional<ZoneId> zone;
  std::optional<PointId> point;
};
inline constexpr Nanos kDefaultDuration = std::chrono::seconds{30};

/// From `after` on, over `ramp`, the connected share moves linearly to `share`.
struct ShareStage {
  SimTime after{};
  Nanos ramp{};
  double share = 1.0;
};

struct Place {
  PointId point{};
  ZoneId zone{};
};

/// What a person does, once: at a charge point (D-106), at its monitor (D-120), as the operator
/// (D-076 to D-079, D-157), or as a driver (D-129).
struct Deed {
  SimTime at{};
  PointId point{};  ///< where; an order names its own
  std::variant<Plug, Unplug, StartHere, SimulateFault, OperatorOrder, Leave, Return> what;
  DriverId driver = kNobody;  ///< who leaves or returns
};

struct Settings {
  std::uint64_t seed = 42;
  std::uint32_t shard = 0;
  /// The start is spread over this (health interval, at most 1 s), each point at its own phase.
  Nanos start_spread = std::chrono::seconds{1};
};

/// One charge point as the director left it. Counts, because faults overlap.
struct Point {
  PointId id{};
  ZoneId zone{};
  bool on = false;
  // As wide as the number of endings that wait: no count wraps while what it counts still runs.
  std::uint32_t monitor_lost = 0;  ///< running losses
  std::uint32_t cut = 0;           ///< running partitions and central restarts
  std::uint32_t ko = 0;            ///< running KO keys
  std::uint32_t meter = 0;         ///< running failures of its meter
  std::uint32_t silent = 0;        ///< running silences
};

/// One point goes on or off.
struct Switch {
  SimTime at{};
  std::uint32_t point = 0;  ///< index into State::points
  bool on = false;
};

/// What is done to a point, or to the points that `Sweep` selects.
enum class Action : std::uint8_t {
  crash,
  silence,
  silence_end,
  ko,
  ko_end,
  break_meter,
  mend_meter,
  refuse,
  lose_monitor,
  find_monitor,
  cut,
  heal
};

/// An action on a range of points, a bounded number of them a step.
struct Sweep {
  Action action{};
  std::uint32_t next = 0;  ///< index of the next point
  std::uint32_t end = 0;   ///< one past the last
  SimTime at{};            ///< when it was due
  SimTime until{};         ///< of a silence, a refusal; a crash: not before `at` if it has none
  std::optional<ZoneId> zone;
  bool counts = false;  ///< each point hit is an injection
  FaultKind kind{};     ///< of what it counts
};

/// What ends later.
struct Ending {
  SimTime at{};
  std::uint64_t order = 0;  ///< breaks ties: first planned, first done
  bool central = false;     ///< CentralUp before the sweep
  Sweep sweep;
};

/// When a fault strikes next.
struct FaultClock {
  Fault fault;
  SimTime next = kNever;
  RandomStream random;
  std::vector<std::uint32_t> targets;  ///< indices of the eligible points, if not all are
  std::size_t eligible = 0;
};

struct Totals {
  std::uint64_t injected = 0;  ///< one per point hit; a central restart counts once per shard
  std::uint64_t skipped = 0;   ///< would have hit a point that is off, or kEndingsMax were running
  std::array<std::uint64_t, kFaultKinds> by_kind{};  ///< of those injected
};

/// Faults that run at once, above which nobody outside can begin another: each is kept until it
/// ends.
inline constexpr std::size_t kEndingsMax = 65'536;

struct State {
  Settings settings;
  std::vector<Point> points;     ///< rising ids
  std::vector<Switch> schedule;  ///< in order of time
  std::size_t next_switch = 0;
  std::vector<Deed> deeds;  ///< in order of time
  std::size_t next_deed = 0;
  std::vector<FaultClock> faults;
  std::vector<Ending> endings;  ///< a heap, the earliest first
  std::deque<Sweep> sweeps;     ///< under way, in order; nothing else happens before they are done
  std::uint64_t endings_made = 0;
  std::uint32_t central_down = 0;  ///< running central restarts
  Totals totals;
  bool started = false;
  bool halted = false;  ///< nothing new begins; what began still ends
};

// clang-format off
struct ToPoint   { PointId point; std::variant<PowerOn, PowerOff, Crash, Silence, KoKey, OkKey, MeterFails, MeterWorks, RefuseStarts, Plug, Unplug, StartHere, LinkDown, LinkUp> message; };
struct ToMonitor { PointId point; std::variant<PowerOn, PowerOff, LinkDown, LinkUp, SimulateFault> message; };
struct ToShard   { std::variant<CentralDown, CentralUp, FaultInjected> message; };
struct ToCentral { OperatorOrder message; };
/// The engine that crashes shall not be restarted before.
struct KeepCrashed { PointId point; SimTime until; };
struct ToDriver  { DriverId driver; std::variant<Leave, Return> message; };
/// All of them.
struct ToDrivers { LinkDown message; };
/// Somebody outside wants it to befall one point (central_restart: its shard), now. Nothing happens
/// while kEndingsMax faults of the shard run.
struct Inject    { FaultKind kind; PointId point; Nanos duration; };  ///< as of a Fault
/// Somebody outside switches one point on: it was shut down (D-080), or its stage is still to come.
struct SwitchOn  { PointId point; };
/// Somebody outside lets a monitor act as if its checks failed (D-120), or ends that.
struct Simulate  { PointId point; bool on; };
/// A charge point has joined the shard; it is switched on. Rates of faults stay those of the others.
struct Joined    { PointId point; ZoneId zone; };
/// The drivers of the shard's fleet are others from now on, who know nothing of what has been.
struct FleetBegan {};
// clang-format on

/// CentralDown: the shard has failed by itself; CentralUp: its supervisor restarts it. What was
/// connected to it loses its connection and finds it again, as in a central restart (D-131).
using Event = std::variant<PowerOn, Halt, Inject, SwitchOn, Simulate, Joined, CentralDown,
                           CentralUp, Tick, FleetBegan>;
using Effect =
    std::variant<ToPoint, ToMonitor, ToShard, ToCentral, ToDriver, ToDrivers, KeepCrashed>;
/// A step says at most this much; due() is at once again if more is to be said.
inline constexpr std::size_t kEffectsMax = 64;
using Effects = InlineVector<Effect, kEffectsMax>;
static_assert(sizeof(Event) <= 64);

/// `stages` in order of `after`, empty: all points are on from the start. If the first stage begins
/// at time zero the share starts at 0 and moves from there, else all points are on until it begins.
[[nodiscard]] State make_state(const Settings& settings, const std::vector<Place>& places,
                               const std::vector<ShareStage>& stages,
                               const std::vector<Fault>& faults, std::vector<Deed> deeds = {});

/// A director whose former life ended at `since`: what was to happen once until then has happened,
/// and what it began then is over. Before PowerOn, which switches its points on.
void resume(State& state, SimTime since);

/// Answers `event`, which happens at `now`: changes `state` and says what must be said.
/// PowerOn starts the scenario; it must come at time zero of `stages` and `faults`.
[[nodiscard]] Effects step(State& state, const Event& event, SimTime now);

/// When the director next wants Tick; kNever: not at all.
[[nodiscard]] SimTime due(const State& state);

}  // namespace chargemill::director
