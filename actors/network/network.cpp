#include "actors/network/network.hpp"

#include <algorithm>

#include "actors/central/central_actor.hpp"
#include "actors/network/here.hpp"
#include "runtime/base/assert.hpp"

namespace chargemill::network {
Network::Network(const Scenario& scenario, runtime::Coordinator& engine, Recording* recording,
                 const archive::Image* image, elsewhere::Link* link, const Spread& spread)
    : engine_(engine),
      recording_(recording),
      link_(link),
      topology_(make_topology(scenario)),
      dealt_among_(spread.nodes == 0 ? engine.options().nodes : spread.nodes),
      placement_(topology_.shards.size(), dealt_among_, scenario.run.roles),
      central_node_(spread.central),
      annex_(topology_, engine.options().nodes > 1 ? Annex::Room{} : room_of(scenario)),
      health_interval_(scenario.network.health_interval),
      driver_pause_(scenario.drivers.pause),
      driver_timeout_(scenario.drivers.timeout),
      origin_(scenario.run.start_unix_s),
      run_(image == nullptr ? 0 : image->run.run),
      requests_made_((run_ % driver::kRunsApart) << driver::kRequestBits),
      given_names_(requests_made_) {
  point_settings_.telemetry_interval = scenario.network.telemetry_interval;
  point_settings_.max_session = scenario.network.max_session.value_or(Nanos{0});
  point_settings_.start_timeout = scenario.central.start_timeout;
  if (scenario.drivers.sessions_per_cp_per_day > 0 || scenario.drivers.initial_supplying > 0 ||
      !topology_.rate_stages.empty()) {
    profile_ = std::make_unique<const fleet::Profile>(
        scenario.drivers.custom_profile ? *scenario.drivers.custom_profile
                                        : fleet::builtin_profile(scenario.drivers.profile));
  }
  switchboard_.failures = &failures_;
  for (unsigned w = 0; w < engine_.workers(); ++w) {
    instruments_.push_back(std::make_unique<Instruments>());
    instruments_.back()->measure_from(SimTime{scenario.run.warmup});
    instruments_.back()->remember_slowest_for(engine_.options().slowest_window());
    switchboard_.instruments.push_back(instruments_.back().get());
  }
  const auto shards = topology_.shards.size();
  deal_out(spread);
  list_shards_here();
  switchboard_.shard_of.resize(topology_.points.size());
  switchboard_.drivers_of.resize(shards);
  switchboard_.outside_of.resize(shards);
  for (const auto& seat : topology_.drivers) switchboard_.fleet_of.push_back(seat.shard);
  for (std::uint32_t d = 0; d < topology_.drivers.size(); ++d)
    switchboard_.drivers_of[index_of(topology_.drivers[d].shard)].push_back(DriverId{d});
  if (image != nullptr) take_back(*image);
  taken_back_points_ = annex_.points();
  taken_back_drivers_ = annex_.drivers();
  if (image != nullptr)
    given_names_.take_back(
        *image, static_cast<std::uint32_t>(topology_.drivers.size()) + taken_back_drivers_);
  if (recording_ != nullptr) begin_recording(scenario, image);
  points_.reserve(topology_.points.size());
  monitors_.reserve(topology_.points.size());

  spawn_central();
  for (std::uint32_t s = 0; s < shards; ++s) spawn_shard(s, scenario, image);
  spawn_drivers(image);
  if (link_ != nullptr) stand_in_for_central();
  count_actors();
  keep_places_free();
  if (image != nullptr) seat_again(*image);
}

/// Those of one node go round its workers.
void Network::deal_out(const Spread& spread) {
  CHARGEMILL_ASSERT(spread.node_of.empty() || spread.node_of.size() == topology_.shards.size());
  CHARGEMILL_ASSERT(spread.fleet_of.empty() || spread.fleet_of.size() == spread.node_of.size());
  std::vector<unsigned> dealt(engine_.options().nodes);
  for (std::uint32_t s = 0; s < topology_.shards.size(); ++s) {
    const unsigned node = spread.node_of.empty() ? placement_.shard(s).node : spread.node_of[s];
    CHARGEMILL_ASSERT(node < dealt.size());
    nodes_of_.emplace_back(node);
    homes_.push_back(dealt[node]++);
    // Nothing of a network that it joins lives on this node: workers are chosen for what comes.
    const bool is_apart = spread.node_of.empty() && placement_.is_apart(s);
    const unsigned fleet_node = is_apart                  ? placement_.fleet(s).node
                                : spread.fleet_of.empty() ? node
                                                          : spread.fleet_of[s];
    fleet_nodes_of_.emplace_back(fleet_node);
    fleet_homes_.push_back(is_apart ? placement_.fleet(s).worker : homes_.back());
  }
}

/// Inspections of this node go from one to the next.
void Network::list_shards_here() {
  switchboard_.next_here.assign(topology_.shards.size() + 1, Switchboard::kNoShard);
  std::uint32_t next = Switchboard::kNoShard;
  for (auto s = static_cast<std::uint32_t>(topology_.shards.size()); s-- > 0;) {
    switchboard_.next_here[s] = next;
    if (is_here(s)) next = s;
  }
  switchboard_.next_here.back() = next;
  first_here_ = next;
}

Network::~Network() {
  if (recording_ != nullptr) recording_->stop_waking();
}

void Network::open_consoles() {
  for (unsigned w = 0; w < engine_.workers(); ++w) {
    consoles_.push_back(std::make_unique<ConsoleFeed>());
    switchboard_.consoles.push_back(consoles_.back().get());
  }
}

std::uint64_t Network::hear(const std::function<void(const ConsoleNotice&)>& f) {
  std::uint64_t missed = 0;
  for (const auto& feed : consoles_) {
    for (ConsoleNotice notice; feed->hear(notice);) f(notice);
    missed += feed->missed();
  }
  return missed;
}

void Network::start() {
  using runtime::LeanActor;
  each_here(directors_, [](auto* d) { LeanActor::post(d, director::Event{PowerOn{}}); });
  each_here(drivers_, [](auto* d) { LeanActor::post(d, driver::Event{PowerOn{}}); });
  each_here(fleets_, [](auto* f) { LeanActor::post(f, fleet::Event{PowerOn{}}); });
  welcome_again();
  // Whoever issued a ticket lives where its journal is: nobody on another node has to hear of it.
  for (const DriverId driver : owed_) {
    each_here(shards_, [driver](auto* s) {
      LeanActor::post(s, central::ShardEvent{DriverReturned{driver}});
    });
  }
}

void Network::halt() {
  using runtime::LeanActor;
  each_here(fleets_, [](auto* f) { LeanActor::post(f, fleet::Event{Halt{}}); });
  each_here(directors_, [](auto* d) { LeanActor::post(d, director::Event{Halt{}}); });
  each_here(drivers_, [](auto* d) { LeanActor::post(d, driver::Event{Halt{}}); });
  const std::lock_guard lock{late_mutex_};
  for (auto* driver : late_drivers_) LeanActor::post(driver, driver::Event{Halt{}});
}

}  // namespace chargemill::network
