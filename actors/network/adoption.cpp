// Shards of a node that was lost, and who goes on with them while the network runs.
#include <algorithm>

#include "actors/network/here.hpp"
#include "actors/network/network.hpp"
#include "runtime/base/assert.hpp"

namespace chargemill::network {

using runtime::LeanActor;

namespace {

// As each run has numbers of its own, so has each life of a shard (X-29, first_of_life): what the
// former one has given out last, and nobody has written down, is not known.
constexpr unsigned kRequestsALife = 17;  // bits, of the 22 of a run
constexpr unsigned kSessionsALife = 23;  // bits, of the 28 of a run
constexpr unsigned kSessionsARun = 28;

template <class List>
bool holds(const List& list, std::uint32_t what) {
  return std::find(list.begin(), list.end(), what) != list.end();
}

}  // namespace

void Network::adopt(const Scenario& scenario, const Inheritance& inheritance) {
  CHARGEMILL_ASSERT(link_ == nullptr);
  for (const std::uint32_t shard : inheritance.shards) {
    if (inheritance.half != Half::fleet) adopt_shard(shard, scenario, inheritance);
    if (inheritance.half != Half::shard) adopt_fleet(shard, scenario, inheritance);
  }
  if (inheritance.central && !has_central()) adopt_central();
  list_shards_here();
  count_actors();
}

void Network::adopt_shard(std::uint32_t index, const Scenario& scenario,
                          const Inheritance& inheritance) {
  CHARGEMILL_ASSERT(!is_here(index));
  const auto& seat = topology_.shards[index];
  const archive::Image* const image = inheritance.image;
  const SimTime now = engine_.reached();
  // One after the other, on workers that have somebody who keeps their records.
  const auto home = static_cast<unsigned>(
      adopted_.size() % std::min<std::size_t>(engine_.workers(), topology_.shards.size()));
  homes_[index] = home;
  auto state = shard_state(index, scenario, image, now);
  if (image == nullptr)
    state.sessions_made =
        std::uint64_t{run_} << kSessionsARun | first_of_life(inheritance.life, kSessionsALife);
  replace(home, shards_[index], switchboard_.shards[index], std::move(state));
  if (recording_ != nullptr) record_shard(index);
  if (recording_ != nullptr) shards_[index]->begin_round();
  if (memory_ != nullptr)
    (void)shards_[index]->record_into(memory_->sink(home_of(index) % engine_.workers()));
  replace(home, supervisors_[index], switchboard_.supervisors[index], supervisor::make_state());
  for (std::uint32_t p = seat.first_point; p < seat.first_point + seat.points; ++p) {
    CHARGEMILL_ASSERT(!topology_.points[p].is_outside);
    replace(home, points_[p], switchboard_.points[p], point_state(p, image));
    replace(home, monitors_[p], switchboard_.monitors[p], monitor_state(p, seat, image));
  }
  auto director = director_state(index, scenario);
  director::resume(director, inheritance.since);
  // Its points are switched on now: nobody is late who was not there.
  for (auto& next : director.schedule) next.at = std::max(next.at, now);
  replace(home, directors_[index], switchboard_.directors[index], std::move(director));
  adopted_.push_back(index);
  nodes_of_[index] = engine_.options().node;  // the last: whoever sees it finds all of them
}

void Network::adopt_fleet(std::uint32_t index, const Scenario& scenario,
                          const Inheritance& inheritance) {
  CHARGEMILL_ASSERT(!is_fleet_here(index));
  // Beside its shard, if that one has just come.
  const bool is_beside = inheritance.half == Half::both;
  const auto home =
      is_beside ? homes_[index]
                : static_cast<unsigned>(adopted_fleets_.size() % std::size_t{engine_.workers()});
  fleet_homes_[index] = home;
  auto fleet = fleet_state(index, scenario);
  fleet::resume(fleet, inheritance.since);
  replace(home, fleets_[index], switchboard_.fleets[index], std::move(fleet));
  for (const DriverId id : switchboard_.drivers_of[index]) {
    const auto d = index_of(id);
    auto driver = driver_state(d);
    driver.requests_made +=
        static_cast<std::uint32_t>(first_of_life(inheritance.life, kRequestsALife));
    replace(home, drivers_[d], switchboard_.drivers[d], driver);
  }
  adopted_fleets_.push_back(index);
  fleet_nodes_of_[index] = engine_.options().node;  // the last, likewise
}

void Network::adopt_central() {
  central::CentralActor* const central = engine_.take_over<central::CentralActor>(
      switchboard_.central, 0, central_state(), switchboard_);
  switchboard_.central = central;
  central_ = central;
}

Restored Network::restored(const Inheritance& inheritance) const {
  Restored restored;
  if (inheritance.half == Half::fleet) return restored;
  for (const std::uint32_t shard : inheritance.shards) {
    const auto& seat = topology_.shards[shard];
    restored.points += seat.points;
    if (inheritance.image == nullptr) continue;
    const auto first = inheritance.image->points.begin() + seat.first_point;
    restored.sessions +=
        static_cast<std::uint64_t>(std::count_if(first, first + seat.points, [](const auto& point) {
          return point.session != SessionId::none;
        }));
  }
  if (inheritance.image == nullptr) return restored;
  for (const auto& [key, end] : inheritance.image->tickets) {
    const auto p = index_of(end.point);
    if (p < switchboard_.shard_of.size() &&
        holds(inheritance.shards, index_of(switchboard_.shard_of[p])))
      ++restored.tickets;
  }
  return restored;
}

/// Of a shard that lives elsewhere.
void Network::redirect(std::uint32_t shard, unsigned node) {
  const auto& seat = topology_.shards[shard];
  const auto move = [&](runtime::Address& address) { address = engine_.move_on(address, node); };
  move(switchboard_.shards[shard]);
  move(switchboard_.supervisors[shard]);
  move(switchboard_.directors[shard]);
  for (std::uint32_t p = seat.first_point; p < seat.first_point + seat.points; ++p) {
    move(switchboard_.points[p]);
    move(switchboard_.monitors[p]);
  }
  nodes_of_[shard] = node;
}
/// Likewise of a fleet.
void Network::redirect_fleet(std::uint32_t shard, unsigned node) {
  const auto move = [&](runtime::Address& address) { address = engine_.move_on(address, node); };
  move(switchboard_.fleets[shard]);
  for (const DriverId id : switchboard_.drivers_of[shard]) move(switchboard_.drivers[index_of(id)]);
  fleet_nodes_of_[shard] = node;
}

void Network::route(const Route& route) {
  CHARGEMILL_ASSERT(route.node_of.size() == topology_.shards.size() && departed_.empty());
  CHARGEMILL_ASSERT(route.fleet_of.empty() || route.fleet_of.size() == route.node_of.size());
  const unsigned self = engine_.options().node;
  std::vector<bool> moved(topology_.shards.size());
  std::vector<bool> moved_fleets(moved.size());
  for (std::uint32_t s = 0; s < moved.size(); ++s) {
    const unsigned node = route.node_of[s];
    const unsigned fleet_node = route.fleet_of.empty() ? node : route.fleet_of[s];
    const bool is_carried = holds(route.carried, s);
    moved[s] = (holds(adopted_, s) || node_of(s) != node) &&
               !(is_carried && route.carried_half != Half::fleet);
    moved_fleets[s] = (holds(adopted_fleets_, s) || fleet_node_of(s) != fleet_node) &&
                      !(is_carried && route.carried_half != Half::shard);
    if (node_of(s) != node) {
      CHARGEMILL_ASSERT(!is_here(s) && node != self);
      redirect(s, node);
    }
    if (fleet_node_of(s) != fleet_node) {
      CHARGEMILL_ASSERT(!is_fleet_here(s) && fleet_node != self);
      redirect_fleet(s, fleet_node);
    }
  }
  follow(route, moved);
  ask_again(moved);
  let_go_on(moved);
  send_tickets_again(moved_fleets);
  wake_adopted();
  for (std::uint32_t s = 0; s < moved.size(); ++s) {
    if (moved_fleets[s] && is_here(s))
      LeanActor::post(directors_[s], director::Event{director::FleetBegan{}});
  }
}

/// A central that has been followed is obeyed no more, and the one that follows learns what is
/// free.
void Network::follow(const Route& route, const std::vector<bool>& moved) {
  const bool is_another = route.central != central_node_;
  central_node_ = route.central;
  if (!has_central()) switchboard_.central = engine_.move_on(switchboard_.central, route.central);
  switchboard_.token = route.token;
  each_here(shards_, [&](auto* shard) {
    shard->fence(route.token);
    if (is_another) LeanActor::post(shard, central::ShardEvent{central::TellFree{}});
  });
  if (!has_central()) return;
  for (std::uint32_t s = 0; s < moved.size(); ++s) {
    for (std::uint32_t z = 0; moved[s] && z < topology_.zones; ++z)
      LeanActor::post(central_,
                      central::CentralEvent{FreeCount{ShardId{static_cast<std::uint16_t>(s)},
                                                      ZoneId{static_cast<std::uint16_t>(z)}, 0}});
  }
}

/// What a driver has said to a shard that was lost, or to central about a zone, may be lost with
/// it: it does what it does whenever it finds central again (D-131).
void Network::ask_again(const std::vector<bool>& moved) {
  each_here(drivers_, [&](auto* actor) {
    const driver::State& state = actor->state();
    if (state.stage != driver::Stage::waiting || !state.linked || state.away) return;
    const auto p = index_of(state.trip.point);
    if (p < switchboard_.shard_of.size() && !moved[index_of(switchboard_.shard_of[p])]) return;
    LeanActor::post(actor, driver::Event{LinkDown{}});
    LeanActor::post(actor, driver::Event{LinkUp{}});
  });
}

/// Who failed, or was told that central cannot be reached, by somebody who was lost with the shard,
/// hears nothing of the end of it any more. Whoever answers there now begins with all well. Its
/// last words may still wait in mailboxes, so how things stand with a driver says nothing: to one
/// with whom all is well these are none.
void Network::let_go_on(const std::vector<bool>& moved) {
  for (std::uint32_t s = 0; s < moved.size(); ++s) {
    if (!moved[s] || !is_fleet_here(s) || holds(adopted_fleets_, s)) continue;
    for (const DriverId id : switchboard_.drivers_of[s]) {
      LeanActor::post(drivers_[index_of(id)], driver::Event{LinkUp{}});
      LeanActor::post(drivers_[index_of(id)], driver::Event{Restart{}});
    }
    LeanActor::post(fleets_[s], Restart{});
  }
}

/// Tickets on their way to a lost node, or from it, may not have arrived. Nobody counts one twice
/// that comes again (D-083).
void Network::send_tickets_again(const std::vector<bool>& moved_fleets) {
  each_here(shards_, [&](auto* actor) {
    const central::ShardState& state = actor->state();
    const bool is_adopted = holds(adopted_, index_of(state.settings.shard));
    DriverId last = kNobody;
    for (const auto& [key, ticket] : state.tickets) {
      const DriverId driver = key.first;
      if (driver == last || index_of(driver) >= topology_.drivers.size()) continue;
      last = driver;
      if (is_adopted || moved_fleets[index_of(switchboard_.fleet_of[index_of(driver)])])
        LeanActor::post(actor, central::ShardEvent{DriverReturned{driver}});
    }
  });
}

void Network::wake_adopted() {
  for (const std::uint32_t s : adopted_) LeanActor::post(directors_[s], director::Event{PowerOn{}});
  for (const std::uint32_t s : adopted_fleets_) {
    for (const DriverId id : switchboard_.drivers_of[s])
      LeanActor::post(drivers_[index_of(id)], driver::Event{PowerOn{}});
    LeanActor::post(fleets_[s], fleet::Event{PowerOn{}});
  }
  for (const std::uint32_t s : adopted_)
    LeanActor::post(shards_[s], central::ShardEvent{central::TellFree{}});
  adopted_.clear();
  adopted_fleets_.clear();
}

}  // namespace chargemill::network
