#include "actors/fleet/fleet.hpp"

#include <algorithm>
#include <utility>

#include "runtime/base/assert.hpp"

namespace chargemill::fleet {
namespace {

/// Trips looked at in one step: those that are shed leave no effect, and yet must not hold the
/// worker for long.
constexpr int kTripsMax = 256;
/// Candidates for a session already under way at the start.
constexpr int kWarmTriesMax = 64;

SimTime next_warm_due(const State& state) {
  if (state.next_warm >= state.places.size()) return kNever;
  const Settings& s = state.settings;
  const double share =
      static_cast<double>(state.next_warm) / static_cast<double>(state.places.size());
  const auto offset = static_cast<std::int64_t>(static_cast<double>(s.warm_ramp.count()) * share);
  return state.start + s.warm_from + Nanos{offset};
}

SimTime next_replay_due(const State& state) {
  return state.next_replay < state.replay.size() ? state.replay[state.next_replay].due : kNever;
}

std::int64_t unix_of(const State& state, SimTime at) {
  const auto since = std::chrono::duration_cast<std::chrono::seconds>(at.time_since_epoch());
  return state.arrivals.settings().start_unix_s + since.count();
}

/// Every trip that was due ends here, in one of two ways.
void hand_out(State& state, const Trip& trip, Effects& effects) {
  ++state.totals.offered;
  if (state.idle.empty()) {
    ++state.totals.shed;
    return;
  }
  const DriverId driver = state.idle.back();
  state.idle.pop_back();
  ++state.totals.done;
  effects.push_back(Dispatch{driver, trip});
}

Demand draw(State& state, SimTime at, const Place& place) {
  const Demand demand = draw_demand(*state.profile, unix_of(state, at), place.power, state.demand);
  // As much as the stay can hold: the bound acted (workloads, 1.4).
  if (place.power * demand.stay <= demand.energy) ++state.totals.bounded;
  return demand;
}

void arrive(State& state, Effects& effects) {
  const SimTime at = state.next_arrival;
  state.next_arrival = state.arrivals.next(at);
  const Place& place = state.places[state.choice.below(state.places.size())];
  const Demand demand = draw(state, at, place);
  hand_out(
      state,
      Trip{at, demand.energy, demand.stay, place.point, place.zone, state.settings.any_in_zone},
      effects);
}

/// The rest of a session that a look at a random moment finds supplying. Such a look finds long
/// sessions more often, in proportion to their energy (the inspection paradox), at a uniform point.
Demand draw_rest(State& state, SimTime at, const Place& place) {
  const double energy_max = state.profile->energy_kwh.back().second * kMillijoulesPerKwh;
  const std::int64_t unix_s = unix_of(state, at);
  Demand demand = draw_demand(*state.profile, unix_s, place.power, state.demand);
  for (int i = 0; i < kWarmTriesMax; ++i) {
    if (state.demand.uniform() * energy_max < static_cast<double>(demand.energy.mj)) break;
    demand = draw_demand(*state.profile, unix_s, place.power, state.demand);
  }
  const double rest = 1.0 - state.demand.uniform();
  demand.energy.mj = std::max<std::int64_t>(
      1, static_cast<std::int64_t>(static_cast<double>(demand.energy.mj) * rest));
  demand.stay =
      std::max(time_to_deliver(demand.energy, place.power),
               Nanos{static_cast<std::int64_t>(static_cast<double>(demand.stay.count()) * rest)});
  return demand;
}

void start_warm(State& state, Effects& effects) {
  const SimTime at = next_warm_due(state);
  const Place& place = state.places[state.next_warm++];
  // By the point alone, so that the choice does not depend on how points are dealt to shards.
  RandomStream lot(state.settings.seed, index_of(place.point), Purpose::choice);
  if (lot.uniform() >= state.settings.initial_supplying) return;
  const Demand demand = draw_rest(state, at, place);
  hand_out(state, Trip{at, demand.energy, demand.stay, place.point, place.zone, false}, effects);
}

/// What was recorded is delivered to the millijoule: where this point's power is too small for the
/// stay, the stay gives way.
void replay(State& state, Effects& effects) {
  const ReplayTrip& recorded = state.replay[state.next_replay++];
  const Place& place = state.places[recorded.place];
  const Nanos needed = time_to_deliver(recorded.energy, place.power);
  if (needed > recorded.stay) ++state.totals.bounded;
  Nanos stay = std::max(recorded.stay, needed);
  // In a trip, energy 0 means "no limit". A session that delivered nothing ends at once instead.
  if (recorded.energy == Energy{0}) stay = Nanos{1};
  hand_out(state, Trip{recorded.due, recorded.energy, stay, place.point, place.zone, false},
           effects);
}

void on(State& state, const PowerOn&, SimTime now, Effects& /*effects*/) {
  if (state.start != kNever) return;
  state.start = now;
  if (!state.places.empty() && state.profile != nullptr)
    state.next_arrival = state.arrivals.next(now);
}

void on(State& state, const DriverIdle& idle, SimTime /*now*/, Effects& /*effects*/) {
  state.idle.push_back(idle.driver);
}

// Vehicles come whether central is there or not: an open loop.
void on(State& /*state*/, const CentralDown&, SimTime /*now*/, Effects& /*effects*/) {}
void on(State& /*state*/, const CentralUp&, SimTime /*now*/, Effects& /*effects*/) {}

void on(State& state, const Halt&, SimTime /*now*/, Effects& /*effects*/) { state.halted = true; }

void on(State& state, const Tick&, SimTime now, Effects& effects) {
  // In the order of their due times, so that the draws do not depend on when Ticks come.
  for (int i = 0; i < kTripsMax && !effects.full(); ++i) {
    const SimTime next = due(state);
    if (next == kNever || next > now) return;
    if (next == next_warm_due(state)) {
      start_warm(state, effects);
    } else if (next == next_replay_due(state)) {
      replay(state, effects);
    } else {
      arrive(state, effects);
    }
  }
}

}  // namespace

State make_state(const Settings& settings, Arrivals arrivals, const Profile* profile,
                 std::vector<Place> places, std::vector<DriverId> drivers,
                 std::vector<ReplayTrip> replay) {
  State state;
  state.settings = settings;
  state.arrivals = std::move(arrivals);
  state.profile = profile;
  state.places = std::move(places);
  state.idle = std::move(drivers);
  state.replay = std::move(replay);
  std::stable_sort(state.replay.begin(), state.replay.end(),
                   [](const ReplayTrip& a, const ReplayTrip& b) { return a.due < b.due; });
  const bool warm = profile != nullptr && settings.initial_supplying > 0.0;
  if (!warm) state.next_warm = state.places.size();
  state.choice = RandomStream(settings.seed, kFleetEntity | settings.fleet, Purpose::choice);
  state.demand = RandomStream(settings.seed, kFleetEntity | settings.fleet, Purpose::demand);
  return state;
}

// Vehicles came meanwhile whether anybody counted them or not: an open loop.
void resume(State& state, SimTime since) {
  CHARGEMILL_ASSERT(state.start == kNever);
  state.start = since;
  state.next_warm = state.places.size();
  while (next_replay_due(state) <= since && state.next_replay < state.replay.size())
    ++state.next_replay;
  if (!state.places.empty() && state.profile != nullptr)
    state.next_arrival = state.arrivals.next(since);
}

Effects step(State& state, const Event& event, SimTime now) {
  Effects effects;
  std::visit([&](const auto& e) { on(state, e, now, effects); }, event);
  CHARGEMILL_ASSERT(state.totals.offered == state.totals.done + state.totals.shed);
  return effects;
}

SimTime due(const State& state) {
  if (state.start == kNever || state.halted) return kNever;
  return std::min({next_warm_due(state), next_replay_due(state), state.next_arrival});
}

}  // namespace chargemill::fleet
