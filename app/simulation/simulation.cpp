#include "app/simulation/simulation.hpp"

#include <algorithm>
#include <csignal>
#include <memory>
#include <utility>

#include "app/nodes/leader.hpp"
#include "app/simulation/give_pages_back.hpp"
#include "app/simulation/host.hpp"
#include "app/simulation/inherit.hpp"
#include "app/simulation/real_course.hpp"
#include "app/simulation/resident_memory.hpp"
#include "app/simulation/successor.hpp"

namespace chargemill::app {
namespace {

using runtime::ModelClock;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kLookEvery{100};
constexpr seconds kFreezeMax{30};
// For other nodes to build their part.
constexpr seconds kReadyMax{120};
// For a central elsewhere to answer what it was told last.
constexpr seconds kAnswersMax{5};
// For messages under way to arrive, once no timer fires any more.
constexpr seconds kStandstillMax{5};
// For what was recorded to be on disk; and how often what was held back brings new records.
constexpr seconds kFlushMax{10};
/// Even if each answer causes another record.
constexpr seconds kSettleMax{30};

/// Virtual time stops for each row of the series, so that the rows are the same in every run.
constexpr std::int64_t kRows = 1'440;

/// On all nodes.
void hurry_all(Leader* leader, Recording* recording) {
  hurry(recording);
  if (leader != nullptr) leader->hurry();
}

/// Lets virtual time go on to `end`, or until a signal, and shows how far it is; true: it is there.
/// Whoever asks at the desk is answered at the end of the window that is under way: looking changes
/// nothing, and nobody waits for a row. Workers may stand where a journal has no room: a
/// signal ends that.
bool go_windows(Host& host, Looker& looker, SimTime end, const StopRequest& stop,
                const Watcher& watch, Leader* leader, Recording* recording) {
  bool is_hurried = false;
  for (bool is_there = false; !is_there;) {
    is_there = true;
    host.engine().go_until(end);
    while (!host.engine().await_pause(kLookEvery)) {
      if (leader != nullptr && !leader->failure().empty()) return false;  // its workers stand
      if (leader != nullptr) leader->refresh();
      watch(looker.look(), LookKind::live);
      if (stop.signal() == 0 && !host.desk().is_waited_for()) continue;
      if (stop.signal() != 0 && !std::exchange(is_hurried, true)) hurry_all(leader, recording);
      // Where it is, and not before: a look shows that limit.
      host.engine().go_until(host.engine().reached());
      is_there = stop.signal() != 0;
    }
    host.desk().serve();
  }
  return host.engine().reached() >= end;
}

std::vector<network::EntityDigest> all_entities(Host& host, Leader* leader) {
  auto entities = host.network().entity_digests();
  if (leader != nullptr) leader->add_entities(entities);
  return entities;
}

/// Until the planned end or a signal, as fast as the machine goes.
void run_windows(Host& host, Looker& looker, const network::Scenario& scenario,
                 const StopRequest& stop, const Watcher& watch, const DigestSink& digests,
                 Leader* leader, Recording* recording) {
  const SimTime end{scenario.run.duration};
  const Nanos row_step = std::max<Nanos>(seconds{1}, scenario.run.duration / kRows);
  const Nanos digest_step =
      digests && scenario.run.digest_every ? *scenario.run.digest_every : Nanos::max();
  SimTime row{row_step};
  SimTime digest = digest_step == Nanos::max() ? kNever : SimTime{digest_step};
  for (SimTime next{}; next < end && stop.signal() == 0 && failure_of(host, leader).empty();) {
    next = std::min({row, digest, end});
    if (!go_windows(host, looker, next, stop, watch, leader, recording)) return;
    if (next == row) {
      // The last row is the exact count.
      if (end - next > row_step / 2) watch(looker.look(LookKind::row), LookKind::row);
      row += row_step;
    }
    if (next == digest && next < end) {
      digests(next, all_entities(host, leader));
      digest += digest_step;
    }
  }
}

/// Virtual time, after a signal: no new load, and model time for open requests to be decided.
void drain_windows(Host& host, Looker& looker, Nanos at_most, const Watcher& watch,
                   Leader* leader) {
  halt(host, leader);
  SimTime next = host.network().stands_at();
  const SimTime end = next + at_most;
  const auto deadline = ModelClock::wall_now() + at_most;
  while (next < end && ModelClock::wall_now() < deadline) {
    next = std::min(end, next + seconds{1});
    host.engine().go_until(next);
    while (!host.engine().await_pause(kLookEvery)) {
      if (leader != nullptr && !leader->failure().empty()) return;
      watch(looker.look(), LookKind::live);
    }
    host.desk().serve();
    const auto snapshot = looker.look(LookKind::row);
    watch(snapshot, LookKind::row);
    if (snapshot.totals.requests_open == 0) return;
  }
}

/// Until nothing moves on any node.
bool stand_still(Host& host, Leader* leader, bool is_virtual) {
  const auto here = [&host] { return host.engine().freeze(kStandstillMax); };
  // In virtual time all nodes' workers pause at one meeting.
  if (leader == nullptr || is_virtual) return here();
  return leader->stand_still(here, kFreezeMax);
}

/// All nodes bring what they recorded to the disk, waiting for it so long at most.
Written write_all(Recording* recording, Leader* leader, Nanos patience) {
  const auto here = [&] { return write_down(recording, patience); };
  return leader == nullptr ? here() : leader->write_down(patience, here);
}

/// Until all that was recorded is on disk, and all that waited for it is said, or a broken disk has
/// been waited for long enough; false: actors still run. Requires that they stood still.
bool settle(Host& host, Leader* leader, Recording* recording, bool is_virtual) {
  const auto deadline = ModelClock::wall_now() + kSettleMax;
  bool is_working = true;
  for (std::optional<std::uint64_t> before;;) {
    const Nanos left = std::max(Nanos{0}, deadline - ModelClock::wall_now());
    const Nanos patience = is_working ? std::min<Nanos>(kFlushMax, left) : Nanos{0};
    const Written written = write_all(recording, leader, patience);
    is_working = is_working && written.is_on_disk;
    // Nothing new since actors stood still: all has been said.
    if (before && (written.appended == *before || (!is_working && left == Nanos{0}))) return true;
    before = written.appended;
    if (!stand_still(host, leader, is_virtual)) return false;
  }
}

/// What is counted, and said to the journal, is of this time; none: of where time stands.
std::optional<SimTime> time_of_end(const network::Scenario& scenario, const RunOutcome& outcome) {
  // In virtual time what was under way has been delivered beyond the end; time has not gone on.
  if (!scenario.run.speed.max || outcome.signal != 0) return std::nullopt;
  return SimTime{scenario.run.duration};
}

/// The journals' last words. Requires that all actors stand still.
void write_out(Host& host, Leader* leader, Recording* recording, const network::Scenario& scenario,
               RunOutcome& outcome) {
  const bool is_virtual = scenario.run.speed.max;
  outcome.quiet = outcome.quiet && settle(host, leader, recording, is_virtual);
  if (outcome.quiet) {
    const auto at = time_of_end(scenario, outcome);
    if (recording != nullptr) host.network().close_recording(at);
    if (leader != nullptr) leader->close_recordings(at);
  }
  outcome.quiet = outcome.quiet && settle(host, leader, recording, is_virtual);
  outcome.journal = outcome_of(recording);
}

/// All points in order of ids: a node says what those of its shards show, shard by shard. Empty: a
/// node has not said it.
std::vector<DisplayState> in_order_of_ids(const network::Network& network,
                                          const std::vector<NodeReport>& reports) {
  std::vector<DisplayState> display;
  std::vector<std::size_t> told(reports.size(), 0);
  const auto& shards = network.topology().shards;
  for (std::uint32_t s = 0; s < shards.size(); ++s) {
    const unsigned node = network.node_of(s);
    for (std::uint32_t p = 0; p < shards[s].points; ++p) {
      const auto& states = reports[node].display;
      if (told[node] < states.size()) display.push_back(states[told[node]++]);
    }
  }
  if (display.size() != network.topology().points.size()) display.clear();
  return display;
}

/// Adds what the other nodes have counted; without a node's count the whole means nothing.
void add_others(Host& host, Leader& leader, std::optional<SimTime> at, RunOutcome& outcome) {
  auto reports = leader.count(at);
  reports[leader.exchange().self()].display = std::move(outcome.display);
  for (unsigned node = 0; node < reports.size(); ++node) {
    if (node == leader.exchange().self() || !leader.is_present(node)) continue;
    const NodeReport& report = reports[node];
    network::add(outcome.last, report.snapshot);
    outcome.quiet = outcome.quiet && report.is_quiet;
    if (outcome.failure.empty()) outcome.failure = report.failure;
    outcome.survived_failures.count += report.survived_failures;
    if (outcome.survived_failures.first.empty())
      outcome.survived_failures.first = report.first_survived;
    outcome.worker_busy.insert(outcome.worker_busy.end(), report.worker_busy.begin(),
                               report.worker_busy.end());
    outcome.cost.cpu_s += report.cpu_s;
    outcome.cost.rss_bytes += report.rss_bytes;
    outcome.cost.network_bytes += report.network_bytes;
    outcome.sessions_carried += report.sessions_carried;
    if (outcome.digest) *outcome.digest += report.digest;
    if (!report.journal) continue;
    if (!outcome.journal) outcome.journal.emplace();
    add(*outcome.journal, *report.journal);
  }
  // Whoever was lost cannot be counted any more: what was seen of it last is what there is.
  network::add_left(outcome.last, leader.left());
  outcome.display = in_order_of_ids(host.network(), reports);
}

/// The figures of a network that stands still.
void count_exactly(Host& host, Looker& looker, const network::Scenario& scenario,
                   const DigestSink& digests, Leader* leader, RunOutcome& outcome) {
  const bool is_virtual = scenario.run.speed.max;
  const auto at = time_of_end(scenario, outcome);
  outcome.last = at ? host.network().count(*at) : host.network().count();
  looker.add_load(outcome.last);
  // Of a central elsewhere it is not known.
  if (!host.network().is_central_elsewhere()) outcome.display = shown_here(host.network());
  if (is_virtual) outcome.digest = network::sum_of(host.network().entity_digests());
  if (leader != nullptr) add_others(host, *leader, at, outcome);
  if (is_virtual && digests && scenario.run.digest_every)
    digests(outcome.last.sim, all_entities(host, leader));
}

/// All actors are in their places, on all nodes: time may begin. False: they were not in time.
bool make_ready(Host& host, Leader* leader) {
  const bool are_all_there = leader == nullptr || leader->await_ready(kReadyMax);
  if (!are_all_there) leader->exchange().abandon("a node does not get ready");
  // All workers know their actors before time begins, or the first second would be late.
  const bool is_ready = are_all_there && host.engine().freeze(kFreezeMax);
  host.engine().thaw();
  return is_ready;
}

/// Switches everything on, everywhere, and lets time begin.
void begin(Host& host, Leader* leader) {
  if (leader != nullptr) host.network().fence(leader->token());
  const auto here = [&host] {
    host.engine().start_clock();
    host.network().start();
  };
  if (leader == nullptr) return here();
  leader->start(here);
  leader->outlive_losses(host.topology().shards.size());
}

/// Until the planned end, or a signal and what follows it; or until this node has left.
void run_course(const Course& course, const network::Scenario& scenario, const DigestSink& digests,
                const Heir& heir, RunOutcome& outcome) {
  auto& [host, looker, stop, watch, leader, recording] = course;
  const bool is_virtual = scenario.run.speed.max;
  const auto begun = ModelClock::wall_now();
  const SimTime from = host.engine().reached();  // not the beginning, of a node that leads now
  if (is_virtual) {
    run_windows(host, looker, scenario, stop, watch, digests, leader, recording);
  } else if (auto departure = run_to_end(course, heir)) {
    outcome.has_left = true;
    outcome.leader_now = departure->leader;
    outcome.last = std::move(departure->last);
    outcome.signal = stop.leave_signal();  // it ends before its time, as any node that leaves
  }
  const std::chrono::duration<double> passed = ModelClock::wall_now() - begun;
  const std::chrono::duration<double> done = host.engine().reached() - from;
  outcome.speed_reached = done.count() / std::max(1e-9, passed.count());
  if (leader != nullptr) leader->end_course();
  outcome.survived_failures = host.network().survived_failures();
  outcome.taken_back = host.network().taken_back();
  if (outcome.has_left) return;
  outcome.signal = stop.signal();
  outcome.failure = failure_of(host, leader);
  outcome.stop_reason = outcome.failure.empty() ? "duration" : "failed";
  if (outcome.signal == 0) return;
  outcome.stop_reason = outcome.signal == SIGTERM ? "SIGTERM" : "SIGINT";
  if (!is_virtual) return drain(course, scenario.run.stop_timeout);
  hurry_all(leader, recording);
  drain_windows(host, looker, scenario.run.stop_timeout, watch, leader);
}

/// What this process adds to the cost of the run.
void add_cost(const Host& host, double cpu_before, std::int64_t held_before, RunCost& cost) {
  const auto memory = resident_memory();
  cost.cpu_s += cpu_seconds() - cpu_before;
  cost.rss_bytes += memory.anonymous + memory.of_files;
  cost.network_bytes += memory.anonymous - held_before;
  const auto points = std::max<std::size_t>(1, host.topology().points.size());
  cost.bytes_per_charge_point =
      static_cast<double>(cost.network_bytes) / static_cast<double>(points);
}

/// Of a node that led and has left: the others go on, and count what they have.
void end_of_leaver(const RunJournal& journal, RunOutcome& outcome) {
  outcome.quiet = false;
  outcome.stop_reason = "handed over";
  outcome.journal = outcome_of(journal.recording.get());
  if (!outcome.leader_now.empty()) return;
  outcome.stop_reason = "peers";
  outcome.failure = "this node has left, and no other one was seen to lead";
}

/// The other nodes are done. One that was lost on the way makes the run worthless.
void take_leave(Leader& leader, RunOutcome& outcome) {
  if (const auto why = leader.failure(); !why.empty()) {
    outcome.failure = why;
    outcome.stop_reason = "peers";
  }
  leader.finish();
}

}  // namespace

RunOutcome simulate(const network::Scenario& scenario, const StopRequest& stop,
                    const Watcher& watcher, const DigestSink& digests, const ConsoleSink& console,
                    const RunJournal& journal, const DoorOpener& open_doors,
                    const CentralElsewhere& central, Leader* leader, Successor* successor) {
  RunOutcome outcome;
  const auto begun = ModelClock::wall_now();
  if (successor == nullptr) give_pages_back();  // of the run before
  const std::int64_t held_before =
      successor != nullptr ? successor->held_before : anonymous_bytes_of_nothing();
  const std::unique_ptr<Host> built =
      successor != nullptr
          ? std::move(successor->host)
          : std::make_unique<Host>(scenario, journal, central.link,
                                   leader != nullptr ? &leader->exchange() : nullptr, leader);
  Host& host = *built;
  const bool is_virtual = scenario.run.speed.max;
  if (successor == nullptr) {
    outcome.was_ready = make_ready(host, leader);
    if (!is_virtual) host.engine().set_horizon(SimTime{scenario.run.duration});
  }
  Heir heir;
  if (leader != nullptr) heir = heir_of(host, leader->exchange(), scenario, journal);
  outcome.sessions_carried = sessions_carried(journal);
  outcome.cost.workers = host.engine().workers();
  outcome.cost.nodes = host.network().nodes();
  outcome.cost.startup_s =
      journal.restore_s + std::chrono::duration<double>(ModelClock::wall_now() - begun).count();
  if (console) host.network().open_consoles();
  const auto hear = [&] {
    if (!console) return;
    outcome.consoles_missed = host.network().hear(
        [&](const ConsoleNotice& notice) { console(host.network().topology(), notice); });
  };
  const Watcher watch = [&](const network::Snapshot& snapshot, LookKind kind) {
    if (!is_virtual || kind == LookKind::row) hear();
    watcher(snapshot, kind);
  };
  auto doors = open_doors ? open_doors(host.desk()) : nullptr;
  if (central.link != nullptr) central.open(host.network());
  const double cpu_before = successor != nullptr ? successor->cpu_before : cpu_seconds();
  if (successor == nullptr) begin(host, leader);
  Looker looker{host, leader};
  run_course({host, looker, stop, watch, leader, journal.recording.get()}, scenario, digests, heir,
             outcome);
  doors.reset();
  // What was said is answered before it is counted.
  if (central.link != nullptr)
    outcome.link = central.close(std::min<Nanos>(scenario.run.stop_timeout, kAnswersMax));
  outcome.worker_busy = looker.busy();
  if (outcome.has_left) {
    end_of_leaver(journal, outcome);
    hear();
    add_cost(host, cpu_before, held_before, outcome.cost);
    return outcome;
  }
  outcome.quiet = stand_still(host, leader, is_virtual);
  if (journal.recording || leader != nullptr)
    write_out(host, leader, journal.recording.get(), scenario, outcome);
  if (outcome.quiet) {
    count_exactly(host, looker, scenario, digests, leader, outcome);
  } else {
    outcome.last = looker.look();
    outcome.stop_reason = "stuck";
  }
  hear();
  add_cost(host, cpu_before, held_before, outcome.cost);
  if (leader != nullptr) take_leave(*leader, outcome);
  return outcome;
}

}  // namespace chargemill::app
