// The course of a run in real time.
#pragma once

#include <optional>
#include <string>

#include "app/nodes/leader.hpp"
#include "app/simulation/host.hpp"
#include "app/simulation/leaving_lead.hpp"
#include "app/simulation/simulation.hpp"
#include "app/simulation/stop_request.hpp"

namespace chargemill::app {

/// What is run, and who watches it; all outlives this.
struct Course {
  Host& host;
  Looker& looker;
  const StopRequest& stop;
  const Watcher& watch;
  Leader* leader = nullptr;        ///< null: there are no other nodes
  Recording* recording = nullptr;  ///< null: nothing is kept
};

/// Why a run cannot go on; empty: it can.
[[nodiscard]] std::string failure_of(Host& host, Leader* leader);
/// No new load.
void halt(Host& host, Leader* leader);

/// Until the planned end, a signal, a failure; or until this node has left, and another one leads.
/// None: it has not.
[[nodiscard]] std::optional<Departure> run_to_end(const Course& course, const Heir& heir);
/// After a signal: no new load, and time for open requests to be decided.
void drain(const Course& course, Nanos at_most);

}  // namespace chargemill::app
