#include "app/simulation/host.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <thread>

#include "app/simulation/resident_memory.hpp"

namespace chargemill::app {
namespace {

using runtime::ModelClock;

runtime::EngineOptions options_alone(const network::Scenario& scenario) {
  runtime::EngineOptions options;
  options.workers = workers_of(scenario);
  if (scenario.run.speed.max) {
    options.pacing = runtime::Pacing::virtual_time;
    options.latency = scenario.network.control_latency;
    return options;
  }
  options.speed = scenario.run.speed.factor;
  options.measure_from = SimTime{scenario.run.warmup};
  // At high speed a tenth of a model second is a blink of the host; give it two milliseconds of
  // wall.
  const double wall_floor = 2e6 * options.speed;
  options.lead_max =
      std::max(scenario.network.control_latency, Nanos{static_cast<std::int64_t>(wall_floor)});
  return options;
}

/// The exchange may have places for more nodes than begin.
network::Spread spread_of(const network::Scenario& scenario, const runtime::Peers* exchange,
                          const network::Route* joins) {
  network::Spread spread;
  if (exchange != nullptr) spread.nodes = scenario.run.nodes;
  if (joins == nullptr) return spread;
  spread.node_of = joins->node_of;
  spread.central = joins->central;
  spread.fleet_of = joins->fleet_of;
  return spread;
}

}  // namespace

unsigned workers_of_each(unsigned nodes, unsigned cores) noexcept {
  return std::max(1U, cores / std::max(1U, nodes));
}

unsigned workers_of(const network::Scenario& scenario) {
  if (scenario.run.workers > 0) return scenario.run.workers;
  return workers_of_each(scenario.run.nodes, std::thread::hardware_concurrency());
}

runtime::EngineOptions engine_options(const network::Scenario& scenario, runtime::Peers* exchange) {
  auto options = options_alone(scenario);
  if (exchange == nullptr) return options;
  exchange->set_up(options);
  // Whoever waits for another process waits for its turn on the same cores, or for a cable.
  options.may_spin = false;
  return options;
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto s = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  return s(usage.ru_utime) + s(usage.ru_stime);
}

void hurry(Recording* recording) {
  if (recording != nullptr) recording->hurry();
}

Written write_down(Recording* recording, Nanos patience) {
  if (recording == nullptr) return {};
  Written written;
  written.appended = recording->appended();
  written.is_on_disk = recording->flush(patience);
  if (!written.is_on_disk) recording->hold_no_more();
  return written;
}

std::optional<JournalOutcome> outcome_of(const Recording* recording) {
  if (recording == nullptr) return std::nullopt;
  return JournalOutcome{recording->status(), recording->appended(), recording->bytes_on_disk()};
}

std::uint64_t sessions_carried(const RunJournal& journal) {
  if (!journal.image) return 0;
  const auto& points = journal.image->points;
  return static_cast<std::uint64_t>(
      std::count_if(points.begin(), points.end(),
                    [](const auto& point) { return point.session != SessionId::none; }));
}

std::int64_t anonymous_bytes_of_nothing() {
  static const std::int64_t bytes = resident_memory().anonymous;
  return bytes;
}

std::vector<DisplayState> shown_here(network::Network& network) {
  const auto& topology = network.topology();
  std::vector<DisplayState> display;
  for (std::size_t s = 0; s < topology.shards.size(); ++s) {
    const ShardId id{static_cast<std::uint16_t>(s)};
    if (!network.has(id)) continue;
    // Those that joined while it ran are the last of the last shard, as their ids are.
    for (const auto& point : network.shard(id).state().points) display.push_back(point.display);
  }
  return display;
}

Host::Host(const network::Scenario& scenario, const RunJournal& journal, elsewhere::Link* link,
           runtime::Peers* exchange, network::Others* others, const network::Route* joins)
    : recording_(journal.recording.get()),
      exchange_(exchange),
      engine_(std::make_unique<runtime::Engine>(engine_options(scenario, exchange))) {
  if (exchange != nullptr) exchange->attach(engine_->coordinator());
  network_ = std::make_unique<network::Network>(scenario, engine_->coordinator(), recording_,
                                                journal.image ? &*journal.image : nullptr, link,
                                                spread_of(scenario, exchange, joins));
  if (journal.memory) network_->remember(*journal.memory);
  desk_ = std::make_unique<network::Desk>(*network_, engine_->coordinator(), others);
  if (exchange != nullptr)
    hand_over_ = std::make_unique<HandOver>(engine_->coordinator(), *network_, *exchange);
}

Host::~Host() {
  if (recording_ != nullptr) recording_->stop_waking();
  if (exchange_ != nullptr) exchange_->detach();
  engine_.reset();
}

runtime::LatencyHistogram Host::transit() const {
  return exchange_ == nullptr ? runtime::LatencyHistogram{} : exchange_->transit();
}

Looker::Looker(Host& host, Leader* leader)
    : host_(host),
      leader_(leader),
      cpu_before_(cpu_seconds()),
      started_(ModelClock::wall_now()),
      last_(started_) {}

network::Snapshot Looker::look(LookKind kind) {
  auto snapshot = host_.network().look();
  add_load(snapshot);
  if (leader_ == nullptr) return snapshot;
  NodeReport own;
  own.snapshot = snapshot;
  own.cpu_s = cpu_seconds() - cpu_before_;
  own.rss_bytes = resident_bytes();
  leader_->note_own(std::move(own));
  leader_->add_looks(snapshot, kind == LookKind::row ? Leader::Whom::all : Leader::Whom::heard);
  return snapshot;
}

std::vector<double> Looker::busy() {
  std::vector<double> shares;
  const double passed =
      std::max(1.0, static_cast<double>((ModelClock::wall_now() - started_).count()));
  for (unsigned w = 0; w < host_.engine().workers(); ++w)
    shares.push_back(std::clamp(1.0 - static_cast<double>(parked_ns(w)) / passed, 0.0, 1.0));
  return shares;
}

void Looker::add_load(network::Snapshot& snapshot) {
  const auto now = ModelClock::wall_now();
  snapshot.wall = now - started_;
  snapshot.latencies.node_transit.merge(host_.transit());
  snapshot.totals.letters_lost += host_.letters_lost();
  parked_.resize(host_.engine().workers());
  const double passed = std::max(1.0, static_cast<double>((now - last_).count()));
  for (unsigned w = 0; w < host_.engine().workers(); ++w) {
    const auto parked = parked_ns(w);
    const double share = static_cast<double>(parked - parked_[w]) / passed;
    snapshot.worker_busy.push_back(std::clamp(1.0 - share, 0.0, 1.0));
    parked_[w] = parked;
  }
  last_ = now;
}

std::uint64_t Looker::parked_ns(unsigned worker) {
  // relaxed: a counter.
  return host_.engine().worker(worker).counters().parked_ns.load(std::memory_order_relaxed);
}

}  // namespace chargemill::app
