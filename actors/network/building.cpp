// Who is spawned, and in which order: the same on all nodes of a cluster, each of which spawns its
// own shards and keeps the numbers of the others.
#include <algorithm>

#include "actors/central/restore.hpp"
#include "actors/network/here.hpp"
#include "actors/network/left_sessions.hpp"
#include "actors/network/network.hpp"
#include "runtime/base/assert.hpp"

namespace chargemill::network {
namespace {

/// The network's rate stages, as much of them as one shard's fleet has to bring.
std::vector<fleet::RateStage> share_of(const std::vector<fleet::RateStage>& stages, double share) {
  auto result = stages;
  for (auto& stage : result) stage.per_second *= share;
  return result;
}

}  // namespace

template <class Actor, class Make>
void Network::place(Placement::Home home, std::vector<ActorSlot<Actor>>& actors,
                    std::vector<runtime::Address>& seats, Make make) {
  if (home.node == engine_.options().node) {
    Actor* const actor = engine_.spawn<Actor>(home.worker, make(), switchboard_);
    actors.emplace_back(actor);
    seats.emplace_back(actor);
  } else {
    actors.emplace_back();
    seats.push_back(engine_.reserve(home.node));
  }
}

central::CentralState Network::central_state() const {
  return central::make_central(static_cast<std::uint16_t>(topology_.shards.size()),
                               static_cast<std::uint16_t>(topology_.zones),
                               static_cast<std::uint32_t>(topology_.points.size()));
}

void Network::spawn_central() {
  if (central_node_ == engine_.options().node) {
    auto* const central = engine_.spawn<central::CentralActor>(0, central_state(), switchboard_);
    central_ = central;
    switchboard_.central = central;
  } else {
    switchboard_.central = engine_.reserve(central_node_);
  }
}

void Network::spawn_shard(std::uint32_t index, const Scenario& scenario,
                          const archive::Image* image) {
  const auto& seat = topology_.shards[index];
  for (std::uint32_t p = seat.first_point; p < seat.first_point + seat.points; ++p)
    switchboard_.shard_of[p] = ShardId{static_cast<std::uint16_t>(index)};
  first_numbers_.push_back(engine_.named() + 1);
  const auto home = shard_home(index);
  place(home, shards_, switchboard_.shards, [&] { return shard_state(index, scenario, image); });
  if (recording_ != nullptr && is_here(index)) record_shard(index);
  place(home, supervisors_, switchboard_.supervisors, [] { return supervisor::make_state(); });
  spawn_points(index, image);
  place(home, directors_, switchboard_.directors, [&] { return director_state(index, scenario); });
  place(fleet_home(index), fleets_, switchboard_.fleets,
        [&] { return fleet_state(index, scenario); });
}

central::ShardState Network::shard_state(std::uint32_t index, const Scenario& scenario,
                                         const archive::Image* image, SimTime now) const {
  const auto& seat = topology_.shards[index];
  std::vector<central::OwnedPoint> owned;
  for (std::uint32_t p = seat.first_point; p < seat.first_point + seat.points; ++p) {
    const auto& spec = topology_.points[p];
    owned.push_back({PointId{p}, spec.zone, spec.price, spec.power});
  }
  // Whoever had joined the run before is here again from the start.
  for (std::uint32_t late = 0; index + 1 == topology_.shards.size() && late < annex_.points();
       ++late)
    owned.push_back(late_point(late));
  auto state = central::make_shard(shard_settings(index, scenario), owned);
  // The last shard is that of all who join, wherever they are: ids rise from shard to shard.
  const bool is_last = index + 1 == topology_.shards.size();
  for (std::uint32_t z = 0; is_last && annex_.point_places() > 0 && z < topology_.zones; ++z)
    central::open_zone(state, ZoneId{static_cast<std::uint16_t>(z)});
  if (image != nullptr) central::restore(state, *image, now, annex_.drivers());
  return state;
}

director::State Network::director_state(std::uint32_t index, const Scenario& scenario) const {
  const auto& seat = topology_.shards[index];
  std::vector<director::Place> places;
  for (std::uint32_t p = seat.first_point; p < seat.first_point + seat.points; ++p) {
    const auto& spec = topology_.points[p];
    if (!spec.is_outside) places.push_back({PointId{p}, spec.zone});
  }
  director::Settings settings;
  settings.seed = scenario.run.seed;
  settings.shard = index;
  settings.start_spread = start_spread(scenario);
  return director::make_state(settings, places, topology_.share_stages, seat.faults, seat.deeds);
}

fleet::State Network::fleet_state(std::uint32_t index, const Scenario& scenario) const {
  const auto& seat = topology_.shards[index];
  std::vector<fleet::Place> places;
  for (std::uint32_t p = seat.first_point; p < seat.first_point + seat.points; ++p) {
    const auto& spec = topology_.points[p];
    places.push_back({PointId{p}, spec.zone, spec.power});
  }
  return fleet::make_state(fleet_settings(index, scenario), arrivals_of(index, scenario),
                           profile_.get(), std::move(places), seat.drivers, seat.replay);
}

central::ShardSettings Network::shard_settings(std::uint32_t index,
                                               const Scenario& scenario) const {
  using std::chrono::seconds;
  const auto& c = scenario.central;
  central::ShardSettings settings;
  settings.shard = ShardId{static_cast<std::uint16_t>(index)};
  settings.breaker = {c.breaker_failures, std::chrono::ceil<Millis>(c.breaker_cooldown),
                      c.breaker_probes};
  settings.monitor_timeout = c.monitor_timeout.value_or(
      std::max<Nanos>(seconds{5}, 3 * scenario.network.health_interval));  // D-044
  settings.start_timeout = c.start_timeout;
  settings.session_silence_timeout = c.session_silence_timeout.value_or(
      std::max<Nanos>(seconds{10}, 3 * scenario.network.telemetry_interval));  // D-067
  settings.records = false;  // until somebody keeps them
  settings.checkpoint_interval = scenario.journal.checkpoint_interval;
  return settings;
}

fleet::Settings Network::fleet_settings(std::uint32_t index, const Scenario& scenario) {
  fleet::Settings settings;
  settings.any_in_zone = scenario.drivers.choose == Choice::any_in_zone;
  settings.initial_supplying = scenario.drivers.initial_supplying;
  // A point is known once its monitor has registered: switched on within a second, then at once.
  settings.seed = scenario.run.seed;
  settings.fleet = index;
  return settings;
}

fleet::Arrivals Network::arrivals_of(std::uint32_t index, const Scenario& scenario) const {
  const auto& seat = topology_.shards[index];
  const double share = static_cast<double>(seat.points) /
                       static_cast<double>(std::max<std::size_t>(1, topology_.points.size()));
  fleet::ArrivalSettings settings;
  settings.profile = profile_.get();
  settings.sessions_per_day = scenario.drivers.sessions_per_cp_per_day * seat.points;
  settings.day_spread_k = scenario.drivers.day_spread_k;
  settings.start_unix_s = scenario.run.start_unix_s;
  settings.end = SimTime{scenario.run.duration};
  settings.stages = share_of(topology_.rate_stages, share);
  settings.seed = scenario.run.seed;
  settings.fleet = index;
  return fleet::Arrivals{std::move(settings)};
}

void Network::spawn_points(std::uint32_t shard, const archive::Image* image) {
  const auto& seat = topology_.shards[shard];
  for (std::uint32_t p = seat.first_point; p < seat.first_point + seat.points; ++p) {
    if (topology_.points[p].is_outside) {
      spawn_outside(shard, PointId{p}, image);
      continue;
    }
    // Side by side: one follows the other in memory as in time.
    place(shard_home(shard), points_, switchboard_.points, [&] { return point_state(p, image); });
    place(shard_home(shard), monitors_, switchboard_.monitors,
          [&] { return monitor_state(p, seat, image); });
  }
}

charge_point::State Network::point_state(std::uint32_t p, const archive::Image* image) const {
  const auto& spec = topology_.points[p];
  auto state = charge_point::make_state(PointId{p}, spec.power, spec.price, point_settings_,
                                        spec.manual_plug);
  if (image != nullptr) leave_interrupted(state.meter, PointId{p}, *image);
  state.link_up = link_ == nullptr;
  return state;
}

monitor::State Network::monitor_state(std::uint32_t p, const ShardSeat& seat,
                                      const archive::Image* image) const {
  // Periodic work is spread evenly and in order of id, so that neighbours in memory follow each
  // other in time: the workers stream through their actors instead of missing the cache on each.
  const Nanos offset = health_interval_ * (p - seat.first_point) / seat.points;
  auto state = monitor::make_state(PointId{p}, topology_.points[p].price, health_interval_, offset);
  // Central remembers the fault: somebody has to find that it is over (D-118).
  state.unhealthy = image != nullptr && image->points[p].is_faulty;
  state.link_up = link_ == nullptr;
  return state;
}

driver::State Network::driver_state(std::uint32_t d) const {
  const auto& seat = topology_.drivers[d];
  auto state = driver::make_state(DriverId{d}, seat.mode, topology_.driver_plans[seat.plan]);
  state.requests_made = requests_made_;
  state.linked = link_ == nullptr;
  return state;
}

void Network::spawn_drivers(const archive::Image* image) {
  drivers_.reserve(topology_.drivers.size());
  first_driver_number_ = engine_.named() + 1;
  for (std::uint32_t d = 0; d < topology_.drivers.size(); ++d) {
    const auto& seat = topology_.drivers[d];
    place(fleet_home(index_of(seat.shard)), drivers_, switchboard_.drivers,
          [&] { return driver_state(d); });
  }
  if (image == nullptr) return;
  for (const auto& [key, ticket] : image->tickets) {
    const bool is_seated = index_of(key.first) < drivers_.size() + annex_.drivers();
    if (is_seated && (owed_.empty() || owed_.back() != key.first)) owed_.push_back(key.first);
  }
}

void Network::count_actors() {
  const auto count = [](const auto& actors) {
    return static_cast<std::uint64_t>(
        std::count_if(actors.begin(), actors.end(), [](const auto& a) { return a != nullptr; }));
  };
  // In the order of ActorKind; supervisors last.
  const std::array<std::uint64_t, kActorKinds> counts{count(points_) + count(outside_points_),
                                                      count(monitors_),
                                                      count(drivers_),
                                                      count(shards_),
                                                      central_ == nullptr ? 0U : 1U,
                                                      count(fleets_),
                                                      count(directors_),
                                                      count(supervisors_)};
  std::copy(counts.begin(), counts.end(), actors_here_.begin());
}

}  // namespace chargemill::network
