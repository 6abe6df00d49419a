#include "app/metrics/collector.hpp"

#include <algorithm>
#include <utility>

#include "app/metrics/family_makers.hpp"
#include "app/metrics/process_figures.hpp"
#include "runtime/exposition/prometheus_text.hpp"

namespace chargemill::app::metrics {
namespace {

using runtime::ModelClock;

/// A speed is measured over at least so long.
constexpr Nanos kSpeedOver = std::chrono::seconds{1};

Nanos parked(const runtime::Worker& worker) {
  // relaxed: a counter.
  const auto ns = worker.counters().parked_ns.load(std::memory_order_relaxed);
  return Nanos{static_cast<std::int64_t>(ns)};
}

std::vector<Nanos> parked_times(const runtime::Coordinator& engine) {
  std::vector<Nanos> times;
  for (unsigned w = 0; w < engine.workers(); ++w) times.push_back(parked(engine.worker(w)));
  return times;
}

std::string key_of(const std::string& name, const runtime::MetricLabels& labels) {
  std::string key = name;
  for (const auto& [label, value] : labels) key += '\n' + value;
  return key;
}

}  // namespace

RunFacts facts_of(const network::Scenario& scenario, const network::Topology& topology,
                  std::string version, std::string revision) {
  RunFacts facts;
  facts.version = std::move(version);
  facts.revision = std::move(revision);
  for (std::uint32_t z = 0; z < topology.zones && z < kZonesMax; ++z)
    facts.zones.push_back(network::zone_name(ZoneId{static_cast<std::uint16_t>(z)}));
  facts.speed = std::nullopt;
  if (!scenario.run.speed.max) facts.speed = scenario.run.speed.factor;
  facts.edges = edges_for(scenario.thresholds);
  return facts;
}

Collector::Collector(const network::Desk& desk, RunFacts facts, const Recording* recording,
                     const LogCounts* log, std::function<DoorFigures()> doors,
                     std::function<ClusterView()> cluster)
    : desk_(desk),
      facts_(std::move(facts)),
      recording_(recording),
      log_(log),
      doors_(std::move(doors)),
      cluster_(std::move(cluster)),
      begun_(ModelClock::wall_now()),
      parked_before_(parked_times(desk.engine())) {}

std::string Collector::scrape() {
  const std::lock_guard lock{mutex_};
  const auto begun = ModelClock::wall_now();
  auto families = metric_families(look());
  never_fall(families);
  std::string text = runtime::prometheus_text(families);
  if (text.size() > kScrapeBytesMax || runtime::series_of(families) > kSeriesMax) ++scrapes_.errors;
  scrapes_.last = ModelClock::wall_now() - begun;
  return text;
}

Sources Collector::look() {
  Sources s;
  s.facts = facts_;
  s.snapshot = desk_.look();
  s.detail = desk_.detail();
  s.uptime = ModelClock::wall_now() - begun_;
  s.workers = look_at_workers(s.uptime);
  s.mailboxes = look_at_mailboxes();
  if (recording_ != nullptr)
    s.journal = JournalFigures{recording_->status(), recording_->bytes_on_disk()};
  if (cluster_) add_cluster(s);
  for (std::size_t i = 0; log_ != nullptr && i < kLevels; ++i)
    s.log_lines[i] = log_->of(static_cast<Level>(i));
  for (std::size_t i = 0; log_ != nullptr && i < kLogLosses; ++i)
    s.log_lost[i] = log_->lost(static_cast<LogLoss>(i));
  if (doors_) s.doors = doors_();
  const auto process = process_figures();
  if (process) {
    s.process = *process;
  } else {
    ++scrapes_.errors;
  }
  measure_speed(s);
  s.scrapes = scrapes_;
  return s;
}

void Collector::add_cluster(Sources& s) const {
  ClusterView view = cluster_();
  s.cluster = std::move(view.figures);
  s.nodes = std::move(view.nodes);
  if (!s.nodes.empty()) s.facts.node = s.nodes.front().name;
  if (!view.journals) return;
  if (!s.journal) s.journal.emplace();
  auto& to = s.journal->status;
  const auto& from = view.journals->status;
  to.state = std::max(to.state, from.state);
  to.records += from.records;
  to.commits += from.commits;
  to.failures += from.failures;
  to.discarded += from.discarded;
  to.depth += from.depth;
  to.commit_times.merge(from.commit_times);
  s.journal->size_bytes += view.journals->size_bytes;
}

std::vector<WorkerFigures> Collector::look_at_workers(Nanos uptime) const {
  const auto& engine = desk_.engine();
  std::vector<WorkerFigures> all(engine.workers());
  for (unsigned w = 0; w < engine.workers(); ++w) {
    const auto& worker = engine.worker(w);
    const auto& c = worker.counters();
    auto& figures = all[w];
    // relaxed (all): counters.
    figures.activations = c.activations.load(std::memory_order_relaxed);
    figures.timers = c.timers.load(std::memory_order_relaxed);
    figures.failures = c.failures.load(std::memory_order_relaxed);
    figures.busy = std::max(Nanos{0}, uptime - (parked(worker) - parked_before_[w]));
    figures.lateness = worker.tick_lateness().snapshot();
  }
  return all;
}

std::array<MailboxFigures, network::kActorKinds> Collector::look_at_mailboxes() const {
  const auto& engine = desk_.engine();
  std::array<MailboxFigures, network::kActorKinds> all{};
  for (unsigned w = 0; w < engine.workers(); ++w) {
    const auto& c = engine.worker(w).counters();
    for (std::size_t k = 0; k < all.size(); ++k) {
      // relaxed (both): gauges; see Worker::publish_by_kind().
      all[k].waiting += c.waiting_by_kind[k].load(std::memory_order_relaxed);
      all[k].waiting_max += c.most_by_kind[k].load(std::memory_order_relaxed);
    }
  }
  return all;
}

void Collector::measure_speed(Sources& s) {
  const Nanos passed = s.uptime - measured_wall_;
  if (passed >= kSpeedOver) {
    speed_ratio_ = seconds(s.snapshot.sim - measured_sim_) / seconds(passed);
    measured_sim_ = s.snapshot.sim;
    measured_wall_ = s.uptime;
  }
  s.speed_ratio = speed_ratio_;
}

// Central takes a request back that timed out after all (D-125), a sleep is counted when it ends,
// figures are read one after the other. A counter that falls would be read as one that began anew;
// so it waits until it is caught up with.
void Collector::never_fall(std::vector<runtime::MetricFamily>& families) {
  for (auto& family : families) {
    if (family.type != runtime::MetricType::counter) continue;
    for (auto& series : family.series) {
      double& highest = highest_[key_of(family.name, series.labels)];
      highest = std::max(highest, series.value);
      series.value = highest;
    }
  }
}

}  // namespace chargemill::app::metrics
