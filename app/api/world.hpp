// All that the API reaches: the running network, its journal, and what others tell of the process.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "actors/archive/past.hpp"
#include "actors/network/desk.hpp"
#include "app/api/kept.hpp"
#include "app/directory/directory.hpp"
#include "app/nodes/node_table.hpp"
#include "runtime/journal/journal_status.hpp"

namespace chargemill::app::api {

using Task = std::function<void()>;
/// Runs a task later, elsewhere; false: too many wait already, or it is over.
using Post = std::function<bool(Task)>;
/// What has happened, to be asked, or why it cannot be.
using WithPast = std::function<void(Result<archive::Past*>)>;

/// Threads: the API's own, which tasks given to `later` run on.
struct World {
  World(network::Desk& at, const network::Scenario& of, Directory& who, Post post)
      : desk(at), scenario(of), names(who), later(std::move(post)) {}

  network::Desk& desk;
  const network::Scenario& scenario;
  Directory& names;
  Post later;
  /// Why nothing can be asked of what has happened.
  std::string no_past = "this run remembers nothing";
  /// Hands the past to a task, on another thread. Empty: nothing is kept.
  std::function<bool(WithPast)> read_past = {};
  /// Runs a task later, after so long, elsewhere. Empty: nobody keeps the time.
  std::function<void(Nanos, Task)> after = {};
  /// Event streams that are open. Written by each: in when it begins, out when it ends.
  std::shared_ptr<std::atomic<int>> streams = std::make_shared<std::atomic<int>>(0);
  /// How the journal fares; empty: there is none.
  std::function<runtime::journal::JournalStatus()> journal_status = {};
  /// Calls when it is known what has become of all that central has recorded. Empty: there is no
  /// journal.
  std::function<void(std::function<void(Kept)>)> when_on_disk = {};
  /// Why the nodes cannot agree on who is there: empty text: they can; empty: there is nobody to
  /// agree with.
  std::function<std::string()> agreement_trouble = {};
  /// Why too few nodes are there; empty text: enough are; empty: this process is alone.
  std::function<std::string()> nodes_trouble = {};
  /// The body of /metrics; empty: nobody counts.
  std::function<std::string()> metrics = {};
  /// The body of /api/v1/series; empty: nobody keeps it.
  std::function<std::string()> series = {};
  /// The body of /api/v1/log; empty: nobody keeps it.
  std::function<std::string()> log = {};
  /// The body of /api/v1/config; empty: nobody knows it.
  std::function<std::string()> config = {};
  /// The nodes that the run is on; empty: nobody knows.
  std::function<std::vector<NodeRow>()> nodes = {};
  /// Changes are taken from pages of this server too, not only from programs (http.control).
  bool pages_may_act = false;
  /// GET /cp and /telemetry answer with so many rows at most where no limit is given (D-184).
  std::int64_t full_list = 10'000;
  /// Tells whoever watches the run of a message that serves nothing (D-009). Empty: nobody does.
  std::function<void(std::string)> tell = {};
  /// Whether the run is about to end.
  std::function<bool()> is_draining = {};

  /// UTC of `at`, by the clock of the run.
  [[nodiscard]] archive::UtcMicros utc(SimTime at) const noexcept {
    return std::chrono::seconds{scenario.run.start_unix_s} +
           std::chrono::floor<archive::UtcMicros>(at.time_since_epoch());
  }
  [[nodiscard]] archive::UtcMicros now() const noexcept { return utc(desk.engine().reached()); }
};

}  // namespace chargemill::app::api
