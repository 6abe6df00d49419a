// One run: a scenario on an engine, watched until it ends.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/network/desk.hpp"
#include "actors/network/digest.hpp"
#include "actors/network/outcome.hpp"
#include "actors/network/scenario.hpp"
#include "actors/network/topology.hpp"
#include "actors/shell/console_feed.hpp"
#include "actors/shell/memory.hpp"
#include "actors/shell/recording.hpp"
#include "app/nodes/journal_outcome.hpp"
#include "app/simulation/link_figures.hpp"
#include "app/simulation/stop_request.hpp"

namespace chargemill::app {

class Leader;

/// How a run went, apart from what happened in it.
struct RunCost {
  unsigned workers = 0;  ///< of each node
  unsigned nodes = 1;
  double startup_s = 0.0;  ///< wall time until model time began
  double cpu_s = 0.0;      ///< user and system time of the processes during the run
  std::int64_t rss_bytes = 0;
  /// Resident memory that the run added, without pages of files: those of a journal are the
  /// system's, which drops them when it needs room.
  std::int64_t network_bytes = 0;
  double bytes_per_charge_point = 0.0;  ///< network_bytes over the charge points
};

struct RunOutcome {
  network::Snapshot last;  ///< exact, all actors standing still
  RunCost cost;
  /// Model seconds a wall second until the end or the signal, without what comes after it; 0: not
  /// measured.
  double speed_reached = 0.0;
  std::vector<double> worker_busy;  ///< share of the run that each worker was not asleep
  /// "duration", "SIGINT", "SIGTERM", "failed", "stuck", "peers", "handed over"
  std::string stop_reason;
  std::string failure;  ///< of an actor that nobody can do without, or of a node; empty: none
  Failures::Survived survived_failures;   ///< of actors that were restarted; each is a defect
  network::TakenBack taken_back;          ///< of those who had joined an earlier run
  int signal = 0;                         ///< what ended it here before its time; 0: nothing did
  std::optional<Digest> digest;           ///< virtual time only
  std::uint64_t consoles_missed = 0;      ///< console notices that came faster than they were read
  std::optional<JournalOutcome> journal;  ///< if there is one
  std::optional<LinkFigures> link;        ///< if central is elsewhere
  std::vector<DisplayState> display;      ///< by PointId, at the end; empty: it is not known
  std::uint64_t sessions_carried = 0;     ///< of those started, open when the run before ended
  bool was_ready = true;                  ///< false: workers still took over actors when time began
  /// This node led, was asked to leave, and has: the run goes on without it. `last` is a look.
  bool has_left = false;
  std::string leader_now;  ///< then: the node that leads; empty: the others elect one
  bool quiet = true;       ///< false: actors still ran after the stop time-out; `last` is a look
};

/// What a look is good for.
enum class LookKind {
  live,  ///< to be shown: where things stand on the way
  row    ///< virtual time stands still for a row of the series, the same in every run
};

/// Called about ten times a second with a live look; in virtual time also for each row.
using Watcher = std::function<void(const network::Snapshot&, LookKind)>;

/// Called in virtual time after every run.digest_every, and at the end, with every entity's digest.
using DigestSink = std::function<void(SimTime, const std::vector<network::EntityDigest>&)>;

/// Called with what drivers, monitors and charge points show, a tenth of a second later at most; in
/// virtual time with each row, so that what is said has one order.
using ConsoleSink = std::function<void(const network::Topology&, const ConsoleNotice&)>;

/// Opens the doors, before time begins; they close when what it returns is destroyed, after the
/// planned end or the drain. May throw nothing.
using DoorOpener = std::function<std::shared_ptr<void>(network::Desk&)>;

/// Where a run writes what happens, and what an earlier one left there.
struct RunJournal {
  std::unique_ptr<Recording> recording;  ///< null: nothing is kept
  std::optional<archive::Image> image;   ///< it continues that one
  double restore_s = 0.0;                ///< what it took to read it; part of the start-up
  std::unique_ptr<Memory> memory;        ///< without a recording: what is remembered, or null
  std::filesystem::path first;           ///< of nodes: the journal of the first; empty: none
};

/// Central is another process.
struct CentralElsewhere {
  elsewhere::Link* link = nullptr;              ///< leads there; null: central is here
  std::function<void(network::Network&)> open;  ///< before time begins
  std::function<LinkFigures(Nanos)> close;      ///< after the end: waits so long for answers
};

/// What a node brings along that has followed and leads now: a network that runs.
struct Successor;

/// Runs `scenario` to its end or until `stop` asks: then no new load, at most run.stop_timeout for
/// the open requests to be decided. `leader`: the other nodes, whose part the outcome holds as
/// well; null: there are none. `successor`: it runs already, and goes on. Requires a checked
/// scenario.
[[nodiscard]] RunOutcome simulate(const network::Scenario& scenario, const StopRequest& stop,
                                  const Watcher& watch, const DigestSink& digests = {},
                                  const ConsoleSink& console = {}, const RunJournal& journal = {},
                                  const DoorOpener& open_doors = {},
                                  const CentralElsewhere& central = {}, Leader* leader = nullptr,
                                  Successor* successor = nullptr);

}  // namespace chargemill::app
