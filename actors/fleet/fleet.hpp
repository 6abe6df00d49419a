// Where a shard's load comes from: trips in an open loop, handed to idle drivers (one fleet a
// shard).
#pragma once

#include <variant>
#include <vector>

#include "actors/fleet/arrivals.hpp"
#include "actors/fleet/profile.hpp"
#include "actors/messages.hpp"
#include "runtime/base/inline_vector.hpp"
#include "runtime/base/random_stream.hpp"

namespace chargemill::fleet {

/// A charge point of the shard, as much of it as a trip needs.
struct Place {
  PointId point{};
  ZoneId zone{};
  Power power{};  ///< bounds what a stay can deliver (workloads, 1.4); > 0
};

/// One recorded session at the shard's `place`.
struct ReplayTrip {
  SimTime due{};
  Energy energy{};
  Nanos stay{};
  std::uint32_t place = 0;  ///< index into State::places
};

/// How the fleet works, fixed for the run.
struct Settings {
  bool any_in_zone = false;                   ///< ask for a zone, not for a point
  double initial_supplying = 0.0;             ///< share of the places that get a trip at the start
  Nanos warm_from = std::chrono::seconds{2};  ///< the warm start waits until points have registered
  Nanos warm_ramp = std::chrono::seconds{1};  ///< and is spread over this
  std::uint64_t seed = 42;
  std::uint32_t fleet = 0;  ///< number of the shard: keys the streams
};

/// offered = done + shed, as the fleet sees it; whether a driver made a request of what it was
/// handed only that driver knows.
struct Totals {
  std::uint64_t offered = 0;  ///< trips that were due
  std::uint64_t done = 0;     ///< handed to a driver
  std::uint64_t shed = 0;     ///< no driver was idle
  std::uint64_t bounded = 0;  ///< power and stay could not deliver the energy: cut (drawn) or the
                              ///< stay stretched (replayed)
};

struct State {
  Settings settings;
  Arrivals arrivals;                 ///< the rate over time, and the time of the next one
  const Profile* profile = nullptr;  ///< outlives this; null: replay only
  std::vector<Place> places;
  std::vector<DriverId> idle;      ///< free drivers, the last first; filled by DriverIdle
  std::vector<ReplayTrip> replay;  ///< in order of `due`
  std::size_t next_replay = 0;
  std::size_t next_warm = 0;  ///< places up to here had their warm trip; == size: done
  SimTime start = kNever;     ///< PowerOn; before it nothing is due
  SimTime next_arrival = kNever;
  RandomStream choice, demand;
  Totals totals;
  bool halted = false;
};

struct Dispatch {
  DriverId driver;
  Trip trip;
};

using Event = std::variant<PowerOn, DriverIdle, CentralDown, CentralUp, Halt, Tick>;
using Effect = std::variant<Dispatch>;
/// A step hands out at most this many trips; due() is at once again if more are due.
inline constexpr std::size_t kDispatchesMax = 16;
using Effects = InlineVector<Effect, kDispatchesMax>;
static_assert(sizeof(Event) <= 64);

/// `places` and `drivers` (idle at the start) may be empty; `replay` need not be sorted.
[[nodiscard]] State make_state(const Settings& settings, Arrivals arrivals, const Profile* profile,
                               std::vector<Place> places, std::vector<DriverId> drivers,
                               std::vector<ReplayTrip> replay = {});

/// A fleet whose former life ended at `since`: what was due until then is done. Before PowerOn.
void resume(State& state, SimTime since);

/// Answers `event`, which happens at `now`: changes `state` and says what must be said.
[[nodiscard]] Effects step(State& state, const Event& event, SimTime now);

/// When the fleet next wants Tick; kNever: not at all.
[[nodiscard]] SimTime due(const State& state);

}  // namespace chargemill::fleet
