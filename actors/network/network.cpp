#include "actors/network/network.hpp"

#include <algorithm>

#include "actors/central/central_actor.hpp"
#include "actors/central/restore.hpp"
#include "actors/network/exact_count.hpp"
#include "runtime/base/assert.hpp"

namespace chargemill::network {
namespace {

/// The network's rate stages, as much of them as one shard's fleet has to bring.
std::vector<fleet::RateStage> share_of(const std::vector<fleet::RateStage>& stages, double share) {
  auto result = stages;
  for (auto& stage : result) stage.per_second *= share;
  return result;
}

/// Requests of different runs of one journal never share a number: run:10 | counter:22.
constexpr unsigned kRequestBits = 22;
constexpr std::uint32_t kRunsApart = 1U << (32 - kRequestBits);

/// The process of an engine has died in the middle of a session: what is known of its meter is what
/// it had told (D-103). It reports that end like any other, and its central books nothing twice.
void leave_interrupted(charge_point::Meter& meter, const archive::PointState& point) {
  if (point.session == SessionId::none) return;
  charge_point::EndRecord end;
  end.session = point.session;
  end.start = point.begun;
  end.end = point.heard;
  end.delivered = point.delivered;
  end.driver = point.driver;
  end.status = SessionStatus::failed;
  end.reason = Reason::engine_crashed;
  end.ordinal = ++meter.ends_made;
  meter.ends.push_back(end);
}

}  // namespace

Network::Network(const Scenario& scenario, runtime::Coordinator& engine, Recording* recording,
                 const archive::Image* image, elsewhere::Link* link)
    : engine_(engine),
      recording_(recording),
      link_(link),
      topology_(make_topology(scenario)),
      annex_(topology_, room_of(scenario)),
      health_interval_(scenario.network.health_interval),
      driver_pause_(scenario.drivers.pause),
      driver_timeout_(scenario.drivers.timeout),
      origin_(scenario.run.start_unix_s),
      requests_made_(image == nullptr ? 0 : (image->run.run % kRunsApart) << kRequestBits) {
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
    switchboard_.instruments.push_back(instruments_.back().get());
  }
  const auto shards = topology_.shards.size();
  switchboard_.shard_of.resize(topology_.points.size());
  switchboard_.drivers_of.resize(shards);
  switchboard_.outside_of.resize(shards);
  for (const auto& seat : topology_.drivers) switchboard_.fleet_of.push_back(seat.shard);
  for (std::uint32_t d = 0; d < topology_.drivers.size(); ++d)
    switchboard_.drivers_of[index_of(topology_.drivers[d].shard)].push_back(DriverId{d});
  if (recording_ != nullptr) begin_recording(scenario);
  points_.reserve(topology_.points.size());
  monitors_.reserve(topology_.points.size());

  central_ = engine_.spawn<central::CentralActor>(
      0,
      central::make_central(static_cast<std::uint16_t>(shards),
                            static_cast<std::uint16_t>(topology_.zones),
                            static_cast<std::uint32_t>(topology_.points.size())),
      switchboard_);
  switchboard_.central = central_;
  for (std::uint32_t s = 0; s < shards; ++s) spawn_shard(s, scenario, image);
  spawn_drivers(image);
  switchboard_.points.assign(points_.begin(), points_.end());
  for (std::uint32_t p = 0; p < outside_points_.size(); ++p) {
    if (outside_points_[p] != nullptr) switchboard_.points[p] = outside_points_[p];
  }
  switchboard_.monitors.assign(monitors_.begin(), monitors_.end());
  switchboard_.drivers.assign(drivers_.begin(), drivers_.end());
  switchboard_.shards.assign(shards_.begin(), shards_.end());
  if (link_ != nullptr) stand_in_for_central();
  switchboard_.fleets.assign(fleets_.begin(), fleets_.end());
  switchboard_.directors.assign(directors_.begin(), directors_.end());
  switchboard_.supervisors.assign(supervisors_.begin(), supervisors_.end());
  keep_places_free();
}

Network::~Network() {
  if (recording_ != nullptr) recording_->stop_waking();
}

void Network::spawn_shard(std::uint32_t index, const Scenario& scenario,
                          const archive::Image* image) {
  const auto& seat = topology_.shards[index];
  std::vector<central::OwnedPoint> owned;
  std::vector<fleet::Place> fleet_places;
  std::vector<director::Place> places;
  for (std::uint32_t p = seat.first_point; p < seat.first_point + seat.points; ++p) {
    const auto& spec = topology_.points[p];
    owned.push_back({PointId{p}, spec.zone, spec.price, spec.power});
    fleet_places.push_back({PointId{p}, spec.zone, spec.power});
    if (!spec.is_outside) places.push_back({PointId{p}, spec.zone});
    switchboard_.shard_of[p] = ShardId{static_cast<std::uint16_t>(index)};
  }
  auto state = central::make_shard(shard_settings(index, scenario), owned);
  // The last shard is that of all who join, wherever they are: ids rise from shard to shard.
  const bool is_last = index + 1 == topology_.shards.size();
  for (std::uint32_t z = 0; is_last && annex_.point_places() > 0 && z < topology_.zones; ++z)
    central::open_zone(state, ZoneId{static_cast<std::uint16_t>(z)});
  if (image != nullptr) central::restore(state, *image, SimTime{});
  shards_.push_back(engine_.spawn<central::ShardActor>(index, std::move(state), switchboard_));
  if (recording_ != nullptr) record_shard(index);
  supervisors_.push_back(
      engine_.spawn<supervisor::SupervisorActor>(index, supervisor::make_state(), switchboard_));
  spawn_points(index, scenario, image);

  director::Settings directing;
  directing.seed = scenario.run.seed;
  directing.shard = index;
  directing.start_spread = start_spread(scenario);
  directors_.push_back(engine_.spawn<director::DirectorActor>(
      index,
      director::make_state(directing, places, topology_.share_stages, seat.faults, seat.deeds),
      switchboard_));
  fleets_.push_back(engine_.spawn<fleet::FleetActor>(
      index,
      fleet::make_state(fleet_settings(index, scenario), arrivals_of(index, scenario),
                        profile_.get(), std::move(fleet_places), seat.drivers, seat.replay),
      switchboard_));
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

void Network::spawn_points(std::uint32_t shard, const Scenario& scenario,
                           const archive::Image* image) {
  const auto& seat = topology_.shards[shard];
  const auto interval = scenario.network.health_interval;
  for (std::uint32_t p = seat.first_point; p < seat.first_point + seat.points; ++p) {
    const auto& spec = topology_.points[p];
    // Periodic work is spread evenly and in order of id, so that neighbours in memory follow each
    // other in time: the workers stream through their actors instead of missing the cache on each.
    const Nanos offset = interval * (p - seat.first_point) / seat.points;
    if (spec.is_outside) {
      spawn_outside(shard, PointId{p}, image);
      continue;
    }
    // Side by side: one follows the other in memory as in time.
    auto state = charge_point::make_state(PointId{p}, spec.power, spec.price, point_settings_,
                                          spec.manual_plug);
    if (image != nullptr) leave_interrupted(state.meter, image->points[p]);
    state.link_up = link_ == nullptr;
    points_.push_back(
        engine_.spawn<charge_point::ChargePointActor>(shard, std::move(state), switchboard_));
    auto watch = monitor::make_state(PointId{p}, spec.price, interval, offset);
    watch.link_up = link_ == nullptr;
    monitors_.push_back(engine_.spawn<monitor::MonitorActor>(shard, watch, switchboard_));
  }
}

void Network::spawn_drivers(const archive::Image* image) {
  drivers_.reserve(topology_.drivers.size());
  for (std::uint32_t d = 0; d < topology_.drivers.size(); ++d) {
    const auto& seat = topology_.drivers[d];
    auto state = driver::make_state(DriverId{d}, seat.mode, topology_.driver_plans[seat.plan]);
    state.requests_made = requests_made_;
    state.linked = link_ == nullptr;
    drivers_.push_back(
        engine_.spawn<driver::DriverActor>(index_of(seat.shard), state, switchboard_));
  }
  if (image == nullptr) return;
  for (const auto& [key, ticket] : image->tickets) {
    const bool is_seated = index_of(key.first) < drivers_.size();
    if (is_seated && (owed_.empty() || owed_.back() != key.first)) owed_.push_back(key.first);
  }
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
  for (auto* director : directors_) LeanActor::post(director, director::Event{PowerOn{}});
  for (auto* driver : drivers_) LeanActor::post(driver, driver::Event{PowerOn{}});
  for (auto* fleet : fleets_) LeanActor::post(fleet, fleet::Event{PowerOn{}});
  for (const DriverId driver : owed_)
    LeanActor::post(central_, central::CentralEvent{DriverReturned{driver}});
}

void Network::halt() {
  using runtime::LeanActor;
  for (auto* fleet : fleets_) LeanActor::post(fleet, fleet::Event{Halt{}});
  for (auto* director : directors_) LeanActor::post(director, director::Event{Halt{}});
  for (auto* driver : drivers_) LeanActor::post(driver, driver::Event{Halt{}});
  const std::lock_guard lock{late_mutex_};
  for (auto* driver : late_drivers_) LeanActor::post(driver, driver::Event{Halt{}});
}

void Network::gather(Snapshot& snapshot) const {
  for (const auto& instruments : instruments_) {
    snapshot.latencies.request_decision.merge(instruments->request_decision.snapshot());
    snapshot.latencies.session_start.merge(instruments->session_start.snapshot());
    snapshot.latencies.fault_detection.merge(instruments->fault_detection.snapshot());
  }
  for (unsigned w = 0; w < engine_.workers(); ++w) {
    const auto& worker = engine_.worker(w);
    snapshot.latencies.tick_lateness.merge(worker.tick_lateness().snapshot());
    const auto& c = worker.counters();
    auto& t = snapshot.totals;
    // relaxed: counters.
    t.messages_delivered += c.messages.load(std::memory_order_relaxed);
    t.timers_fired += c.timers.load(std::memory_order_relaxed);
    t.messages_shed += c.undeliverable.load(std::memory_order_relaxed);
    t.mailbox_depth += c.waiting.load(std::memory_order_relaxed);
    t.mailbox_depth_max += c.waiting_max.load(std::memory_order_relaxed);
  }
  snapshot.totals.actors = 1 + points_.size() + monitors_.size() + drivers_.size() +
                           shards_.size() + fleets_.size() + directors_.size() +
                           supervisors_.size() + stand_ins_.size();
  snapshot.totals.actors += others();
  auto& t = snapshot.totals;
  t.restarts += runtime::total(instruments_, Metric::restarts);
  t.given_up += runtime::total(instruments_, Metric::given_up);
  for (const std::uint64_t injected : injected_by_kind()) t.faults_injected += injected;
  t.telemetry_merged += runtime::total(instruments_, Metric::merged);
  t.payloads_invalid += runtime::total(instruments_, Metric::invalid_payloads);
  t.commands_refused += runtime::total(instruments_, Metric::refused_commands);
  t.commands_lost += runtime::total(instruments_, Metric::lost_commands);
  t.phantom_starts += runtime::total(instruments_, Metric::phantom_starts);
  t.local_refusals += runtime::total(instruments_, Metric::local_refusals);
  t.reports_dropped += runtime::total(instruments_, Metric::reports_dropped);
  t.telemetry_unbilled += runtime::total(instruments_, Metric::stray_reports);
  t.denied_journal_busy += runtime::total(instruments_, Metric::journal_busy);
}

Snapshot Network::look() const {
  Snapshot snapshot;
  snapshot.sim = engine_.reached();
  gather(snapshot);
  auto& t = snapshot.totals;
  if (stand_ins_.empty()) {
    for (const auto* shard : shards_) add(t, shard->look());
  }
  for (const auto* stand_in : stand_ins_) add(t, stand_in->look());
  t.requests_sent += runtime::total(instruments_, Metric::requests_sent);
  t.requests_accepted += runtime::total(instruments_, Metric::requests_accepted);
  t.requests_denied += runtime::total(instruments_, Metric::requests_denied);
  t.requests_timed_out += runtime::total(instruments_, Metric::requests_timed_out);
  t.tickets_delivered += runtime::total(instruments_, Metric::tickets_delivered);
  t.offered += runtime::total(instruments_, Metric::offered);
  t.done += runtime::total(instruments_, Metric::done);
  t.shed += runtime::total(instruments_, Metric::shed);
  const auto decided = t.requests_accepted + t.requests_denied + t.requests_timed_out;
  t.requests_open = t.requests_sent > decided ? t.requests_sent - decided : 0;
  t.energy_delivered_mj = t.energy_sessions_mj;  // the meters themselves are read at the end
  return snapshot;
}

SimTime Network::time_of_count() const {
  // A worker without work does not move its own time; nothing is due before what all have reached.
  SimTime latest = engine_.reached();
  for (unsigned w = 0; w < engine_.workers(); ++w)
    latest = std::max(latest, engine_.worker(w).now());
  return latest;
}

Snapshot Network::count(SimTime now) const {
  Snapshot snapshot;
  snapshot.sim = now;
  gather(snapshot);
  auto& t = snapshot.totals;
  count_central(t);
  count_points(t, now);
  count_drivers(t);
  for (const auto* fleet : fleets_) add(t, fleet->state());
  for (const auto* shard : shards_) {
    if (shard->clerk() == nullptr) continue;
    t.records_merged += shard->clerk()->merged();
    t.records_lost += shard->clerk()->lost();
  }
  return snapshot;
}

std::vector<EntityDigest> Network::entity_digests() const {
  std::vector<EntityDigest> result;
  const auto add = [&](EntityKind kind, const auto& actors) {
    for (std::uint32_t i = 0; i < actors.size(); ++i)
      result.push_back({kind, i, digest_of(actors[i]->state(), i)});
  };
  add(EntityKind::point, points_);
  add(EntityKind::monitor, monitors_);
  add(EntityKind::driver, drivers_);
  add(EntityKind::shard, shards_);
  add(EntityKind::fleet, fleets_);
  add(EntityKind::director, directors_);
  add(EntityKind::supervisor, supervisors_);
  add(EntityKind::central, std::vector{central_});
  return result;
}

}  // namespace chargemill::network
