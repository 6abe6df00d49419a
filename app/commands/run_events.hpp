// The lines that a run leaves in log.ndjson.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/nodes/membership.hpp"
#include "app/output/run_log.hpp"
#include "app/scenario/load.hpp"

namespace chargemill::app {

/// Before it: `start`, `plan`, and a `warning` for each of the scenario's.
void log_plan(const RunLog& log, const Loaded& loaded, const std::vector<std::string>& argv);

/// While it runs: what there was to say of etcd; stderr has had it. None: `membership` is null.
void log_agreement(const RunLog& log, const Membership* membership);

/// After it: `stop`, a `warning` for each reason not to trust it and for each of the summary's,
/// each `threshold`, and `verdict` with the exit code.
void log_outcome(const RunLog& log, const nlohmann::ordered_json& summary, int exit_code);

}  // namespace chargemill::app
