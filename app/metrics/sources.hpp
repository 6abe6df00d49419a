// All that a scrape is made from, as plain values.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "actors/network/detail.hpp"
#include "actors/network/outcome.hpp"
#include "app/metrics/door_figures.hpp"
#include "app/metrics/edges.hpp"
#include "app/output/log_counts.hpp"
#include "runtime/journal/journal_status.hpp"
#include "runtime/observe/latency_histogram.hpp"

namespace chargemill::app::metrics {

/// What does not change during a run.
struct RunFacts {
  std::string version;
  std::string revision;
  std::string node = "local";       ///< this process, as the cluster calls it
  std::vector<std::string> zones;   ///< names, by ZoneId
  std::optional<double> speed = 1;  ///< model seconds a wall second; none: as fast as it goes
  Edges edges;
};

/// One worker of the engine.
struct WorkerFigures {
  std::uint64_t activations = 0, timers = 0, failures = 0;
  Nanos busy{0};                       ///< wall time not asleep since the start
  runtime::LatencyHistogram lateness;  ///< of its timers
};

/// Messages in the mailboxes of the actors of one kind.
struct MailboxFigures {
  std::uint64_t waiting = 0;
  std::uint64_t waiting_max = 0;  ///< the sum of each worker's most
};

struct JournalFigures {
  runtime::journal::JournalStatus status;
  std::uint64_t size_bytes = 0;  ///< of all segments
};

/// Of this process, as the operating system tells.
struct ProcessFigures {
  double cpu_s = 0.0;
  double start_unix_s = 0.0;
  std::uint64_t resident_bytes = 0;
  std::uint64_t open_files = 0, files_max = 0;
};

enum class NodeState : std::uint8_t { alive, suspect, lost };
inline constexpr std::size_t kNodeStates = 3;

/// The other nodes, seen from here.
struct ClusterFigures {
  struct Link {
    std::string node;
    std::uint64_t bytes = 0;  ///< both ways
    runtime::LatencyHistogram rtt;
  };
  std::array<std::uint64_t, kNodeStates> nodes{};  ///< by NodeState, this one too
  std::uint64_t expected = 0;
  std::vector<Link> links;
};

/// One node of several, as it told of itself lately.
struct NodeFigures {
  std::string name;
  std::uint64_t messages = 0, shed = 0;
  SimTime sim{};
};

/// What a node that speaks for all knows of the others.
struct ClusterView {
  ClusterFigures figures;
  std::vector<NodeFigures> nodes;          ///< this one too
  std::optional<JournalFigures> journals;  ///< of the others, together
};

/// What earlier scrapes cost.
struct ScrapeFigures {
  Nanos last{0};
  std::uint64_t errors = 0;
};

struct Sources {
  RunFacts facts;
  network::Snapshot snapshot;
  network::Detail detail;
  std::vector<WorkerFigures> workers;
  std::array<MailboxFigures, network::kActorKinds> mailboxes{};  ///< by ActorKind, supervisors last
  std::optional<JournalFigures> journal;
  std::optional<ClusterFigures> cluster;
  std::vector<NodeFigures> nodes;  ///< empty: this one is alone
  DoorFigures doors;
  std::array<std::uint64_t, kLevels> log_lines{};    ///< by Level
  std::array<std::uint64_t, kLogLosses> log_lost{};  ///< by LogLoss
  ProcessFigures process;
  ScrapeFigures scrapes;
  Nanos uptime{0};           ///< of the run
  double speed_ratio = 0.0;  ///< measured lately
};

}  // namespace chargemill::app::metrics
