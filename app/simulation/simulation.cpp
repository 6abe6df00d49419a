#include "app/simulation/simulation.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <memory>
#include <thread>

#include "actors/network/network.hpp"
#include "app/simulation/give_pages_back.hpp"
#include "app/simulation/resident_memory.hpp"
#include "runtime/engine/engine.hpp"

namespace chargemill::app {
namespace {

using runtime::ModelClock;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kLookEvery{100};
constexpr seconds kFreezeMax{30};
// For a central elsewhere to answer what it was told last.
constexpr seconds kAnswersMax{5};
// For messages under way to arrive, once no timer fires any more.
constexpr seconds kStandstillMax{5};
// For what was recorded to be on disk; and how often what was held back brings new records.
constexpr seconds kFlushMax{10};
/// Even if each answer causes another record.
constexpr seconds kSettleMax{30};

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto s = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  return s(usage.ru_utime) + s(usage.ru_stime);
}

/// What the process holds before its first run. Later runs have the pages of earlier ones in it.
std::int64_t resident_bytes_of_nothing() {
  static const std::int64_t bytes = resident_bytes();
  return bytes;
}

runtime::EngineOptions options_of(const network::Scenario& scenario) {
  runtime::EngineOptions options;
  options.workers = scenario.run.workers;
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

/// The engine and what runs on it, taken down in the right order: actors read the network's tables
/// until the last worker has stopped.
class Host {
 public:
  Host(const network::Scenario& scenario, const RunJournal& journal, elsewhere::Link* link)
      : recording_(journal.recording.get()),
        engine_(std::make_unique<runtime::Engine>(options_of(scenario))),
        network_(std::make_unique<network::Network>(scenario, engine_->coordinator(), recording_,
                                                    journal.image ? &*journal.image : nullptr,
                                                    link)),
        desk_(std::make_unique<network::Desk>(*network_, engine_->coordinator())) {
    if (journal.memory) network_->remember(*journal.memory);
  }
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;
  ~Host() {
    if (recording_ != nullptr) recording_->stop_waking();
    engine_.reset();
  }

  [[nodiscard]] runtime::Coordinator& engine() noexcept { return engine_->coordinator(); }
  [[nodiscard]] network::Network& network() noexcept { return *network_; }
  [[nodiscard]] network::Desk& desk() noexcept { return *desk_; }

 private:
  Recording* const recording_;
  std::unique_ptr<runtime::Engine> engine_;
  std::unique_ptr<network::Network> network_;
  std::unique_ptr<network::Desk> desk_;
};

/// Live looks with the wall time and the workers' load since the last one.
class Looker {
 public:
  explicit Looker(Host& host) : host_(host), started_(ModelClock::wall_now()), last_(started_) {}

  network::Snapshot look() {
    auto snapshot = host_.network().look();
    add_load(snapshot);
    return snapshot;
  }
  /// Since model time began, by worker.
  [[nodiscard]] std::vector<double> busy() {
    std::vector<double> shares;
    const double passed =
        std::max(1.0, static_cast<double>((ModelClock::wall_now() - started_).count()));
    for (unsigned w = 0; w < host_.engine().workers(); ++w)
      shares.push_back(std::clamp(1.0 - static_cast<double>(parked_ns(w)) / passed, 0.0, 1.0));
    return shares;
  }
  void add_load(network::Snapshot& snapshot) {
    const auto now = ModelClock::wall_now();
    snapshot.wall = now - started_;
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

 private:
  [[nodiscard]] std::uint64_t parked_ns(unsigned worker) {
    // relaxed: a counter.
    return host_.engine().worker(worker).counters().parked_ns.load(std::memory_order_relaxed);
  }

  Host& host_;
  const ModelClock::Wall started_;
  ModelClock::Wall last_;
  std::vector<std::uint64_t> parked_;
};

/// Virtual time stops for each row of the series, so that the rows are the same in every run.
constexpr std::int64_t kRows = 1'440;

/// Lets virtual time go on to `end`, or until a signal. Whoever asks at the desk is answered at the
/// end of the window that is under way: looking changes nothing, and nobody waits for a row.
void go_windows(Host& host, SimTime end, const StopRequest& stop) {
  for (bool is_there = false; !is_there;) {
    is_there = true;
    host.engine().go_until(end);
    while (!host.engine().await_pause(kLookEvery)) {
      if (stop.signal() == 0 && !host.desk().is_waited_for()) continue;
      host.engine().go_until(SimTime{});
      is_there = stop.signal() != 0;
    }
    host.desk().serve();
  }
}

/// Until the planned end or a signal, as fast as the machine goes.
void run_windows(Host& host, Looker& looker, const network::Scenario& scenario,
                 const StopRequest& stop, const Watcher& watch, const DigestSink& digests) {
  const SimTime end{scenario.run.duration};
  const Nanos row_step = std::max<Nanos>(seconds{1}, scenario.run.duration / kRows);
  const Nanos digest_step =
      digests && scenario.run.digest_every ? *scenario.run.digest_every : Nanos::max();
  SimTime row{row_step};
  SimTime digest = digest_step == Nanos::max() ? kNever : SimTime{digest_step};
  for (SimTime next{}; next < end && stop.signal() == 0 && host.network().failure().empty();) {
    next = std::min({row, digest, end});
    go_windows(host, next, stop);
    if (next == row) {
      if (end - next > row_step / 2) watch(looker.look());  // the last row is the exact count
      row += row_step;
    }
    if (next == digest && next < end) {
      digests(next, host.network().entity_digests());
      digest += digest_step;
    }
  }
}

/// Until the planned end or a signal.
void run_to_end(Host& host, Looker& looker, const StopRequest& stop, const Watcher& watch) {
  const SimTime end = host.engine().horizon();
  while (stop.signal() == 0 && host.network().failure().empty() && host.engine().reached() < end) {
    watch(looker.look());
    const auto target = host.engine().model_clock().wall_of(end);
    const auto left = target - ModelClock::wall_now();
    std::this_thread::sleep_for(std::clamp<Nanos>(left, milliseconds{1}, kLookEvery));
  }
}

/// Virtual time, after a signal: no new load, and model time for open requests to be decided.
void drain_windows(Host& host, Looker& looker, Nanos at_most, const Watcher& watch) {
  host.network().halt();
  const SimTime end = looker.look().sim + at_most;
  const auto deadline = ModelClock::wall_now() + at_most;
  for (SimTime next = looker.look().sim; next < end && ModelClock::wall_now() < deadline;) {
    next += seconds{1};
    host.engine().go_until(next);
    while (!host.engine().await_pause(kLookEvery)) continue;
    host.desk().serve();
    const auto snapshot = looker.look();
    watch(snapshot);
    if (snapshot.totals.requests_open == 0) return;
  }
}

/// After a signal: no new load, and time for open requests to be decided.
void drain(Host& host, Looker& looker, Nanos at_most, const Watcher& watch) {
  host.network().halt();
  const auto deadline = ModelClock::wall_now() + at_most;
  while (ModelClock::wall_now() < deadline) {
    const auto snapshot = looker.look();
    watch(snapshot);
    if (snapshot.totals.requests_open == 0) return;
    std::this_thread::sleep_for(milliseconds{20});
  }
}

/// Until all that was recorded is on disk, and all that waited for it is said, or a broken disk has
/// been waited for long enough; false: actors still run. Requires a frozen engine.
bool settle(runtime::Coordinator& engine, Recording& recording) {
  const auto deadline = ModelClock::wall_now() + kSettleMax;
  bool is_working = true;
  for (bool is_new = true; is_new;) {
    const std::uint64_t before = recording.appended();
    const Nanos left = std::max(Nanos{0}, deadline - ModelClock::wall_now());
    is_working = is_working && recording.flush(std::min<Nanos>(kFlushMax, left));
    // What a broken disk holds up is said all the same: sums count what was said.
    if (!is_working) recording.hold_no_more();
    if (!engine.freeze(kStandstillMax)) return false;
    is_new = recording.appended() != before && (is_working || left > Nanos{0});
  }
  return true;
}

/// The journal's last words. Requires a frozen engine.
void write_out(Host& host, Recording& recording, RunOutcome& outcome) {
  outcome.quiet = outcome.quiet && settle(host.engine(), recording);
  if (outcome.quiet) host.network().close_recording();
  outcome.quiet = outcome.quiet && settle(host.engine(), recording);
  outcome.journal =
      JournalOutcome{recording.status(), recording.appended(), recording.bytes_on_disk()};
}

/// What each charge point shows. Requires a frozen engine.
std::vector<DisplayState> shown_by_all(network::Network& network) {
  std::vector<DisplayState> display(network.topology().points.size(), DisplayState::disconnected);
  for (std::size_t s = 0; s < network.topology().shards.size(); ++s) {
    for (const auto& point : network.shard(ShardId{static_cast<std::uint16_t>(s)}).state().points) {
      // One that joined while it ran has no place in the layout.
      if (index_of(point.id) < display.size()) display[index_of(point.id)] = point.display;
    }
  }
  return display;
}

/// The figures of a network that stands still.
void count_exactly(Host& host, Looker& looker, const network::Scenario& scenario,
                   const DigestSink& digests, RunOutcome& outcome) {
  const bool is_virtual = scenario.run.speed.max;
  // In virtual time what was under way has been delivered beyond the end; time has not gone on.
  const SimTime end{scenario.run.duration};
  outcome.last =
      is_virtual && outcome.signal == 0 ? host.network().count(end) : host.network().count();
  looker.add_load(outcome.last);
  // Of a central elsewhere it is not known.
  if (!host.network().is_central_elsewhere()) outcome.display = shown_by_all(host.network());
  if (!is_virtual) return;
  const auto entities = host.network().entity_digests();
  outcome.digest = network::sum_of(entities);
  if (digests && scenario.run.digest_every) digests(outcome.last.sim, entities);
}

}  // namespace

RunOutcome simulate(const network::Scenario& scenario, const StopRequest& stop,
                    const Watcher& watcher, const DigestSink& digests, const ConsoleSink& console,
                    const RunJournal& journal, const DoorOpener& open_doors,
                    const CentralElsewhere& central) {
  RunOutcome outcome;
  const auto begun = ModelClock::wall_now();
  give_pages_back();  // of the run before
  const std::int64_t rss_before = resident_bytes_of_nothing();
  Host host{scenario, journal, central.link};
  auto& engine = host.engine();
  // All workers know their actors before time begins, or the first second would be late.
  outcome.was_ready = engine.freeze(kFreezeMax);
  engine.thaw();
  const bool is_virtual = scenario.run.speed.max;
  if (!is_virtual) engine.set_horizon(SimTime{scenario.run.duration});
  outcome.cost.workers = engine.workers();
  outcome.cost.startup_s =
      journal.restore_s + std::chrono::duration<double>(ModelClock::wall_now() - begun).count();
  if (console) host.network().open_consoles();
  const auto hear = [&] {
    if (!console) return;
    outcome.consoles_missed = host.network().hear(
        [&](const ConsoleNotice& notice) { console(host.network().topology(), notice); });
  };
  const Watcher watch = [&](const network::Snapshot& snapshot) {
    hear();
    watcher(snapshot);
  };
  auto doors = open_doors ? open_doors(host.desk()) : nullptr;
  if (central.link != nullptr) central.open(host.network());
  const double cpu_before = cpu_seconds();
  engine.start_clock();
  host.network().start();
  Looker looker{host};
  if (is_virtual) {
    run_windows(host, looker, scenario, stop, watch, digests);
  } else {
    run_to_end(host, looker, stop, watch);
  }
  outcome.signal = stop.signal();
  outcome.failure = host.network().failure();
  outcome.survived_failures = host.network().survived_failures();
  outcome.stop_reason = outcome.failure.empty() ? "duration" : "failed";
  if (outcome.signal != 0) {
    outcome.stop_reason = outcome.signal == SIGTERM ? "SIGTERM" : "SIGINT";
    (is_virtual ? drain_windows : drain)(host, looker, scenario.run.stop_timeout, watch);
  }
  doors.reset();
  // What was said is answered before it is counted.
  if (central.link != nullptr)
    outcome.link = central.close(std::min<Nanos>(scenario.run.stop_timeout, kAnswersMax));
  outcome.worker_busy = looker.busy();
  outcome.quiet = engine.freeze(kStandstillMax);
  if (journal.recording) write_out(host, *journal.recording, outcome);
  if (outcome.quiet) {
    count_exactly(host, looker, scenario, digests, outcome);
  } else {
    outcome.last = looker.look();
    outcome.stop_reason = "stuck";
  }
  hear();
  outcome.cost.cpu_s = cpu_seconds() - cpu_before;
  outcome.cost.rss_bytes = resident_bytes();
  const auto points = std::max<std::size_t>(1, host.network().topology().points.size());
  outcome.cost.bytes_per_charge_point =
      static_cast<double>(outcome.cost.rss_bytes - rss_before) / static_cast<double>(points);
  return outcome;
}

}  // namespace chargemill::app
