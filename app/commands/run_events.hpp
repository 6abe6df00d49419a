// The lines that a run leaves in log.ndjson.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "actors/network/outcome.hpp"
#include "app/doors/doors.hpp"
#include "app/nodes/membership.hpp"
#include "app/output/run_log.hpp"
#include "app/scenario/load.hpp"
#include "app/simulation/journal_news.hpp"

namespace chargemill::app {

/// Before it: `start`, `plan`, and a `warning` for each of the scenario's. From now on lines come
/// from this node; `membership`: of other machines, null: it is not among them.
void log_plan(RunLog& log, const Loaded& loaded, const std::vector<std::string>& argv,
              const Membership* membership = nullptr);

/// Likewise: a `door` that is open.
void log_door(const RunLog& log, const DoorAddress& door);

/// While it runs: what there was to say of etcd; stderr has had it. None: `membership` is null.
void log_agreement(const RunLog& log, const Membership* membership);

/// While it runs: `refused`, so many commands that charge points have refused since the line before
/// (D-063, D-092, D-094). Whoever is refused all the time must not fill a log: a line in ten
/// seconds of the wall.
class RefusalLog {
 public:
  void look(const RunLog& log, const network::Snapshot& snapshot);
  /// At the end, whatever the time is.
  void tell(const RunLog& log, const network::Snapshot& snapshot);

 private:
  std::uint64_t refused_ = 0, invalid_ = 0;  // as told
  Nanos next_{0};
};

/// While it runs: `journal`, an error, of records that are lost; what it says is for stderr as
/// well.
class LossLog {
 public:
  [[nodiscard]] std::optional<std::string> look(const RunLog& log,
                                                const network::Snapshot& snapshot);

 private:
  LossNews news_;
};

/// After it: `stop`, a `warning` for each reason not to trust it and for each of the summary's,
/// each `threshold`, and `verdict` with the exit code.
void log_outcome(const RunLog& log, const nlohmann::ordered_json& summary, int exit_code);

}  // namespace chargemill::app
