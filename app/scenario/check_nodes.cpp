#include "app/scenario/check_nodes.hpp"

#include <fmt/format.h>

namespace chargemill::app {

void check_nodes(const network::Scenario& scenario, const DoorsSettings& doors,
                 const OutputSettings& output, bool is_central_elsewhere, const Origins& origins,
                 std::vector<Diagnostic>& found) {
  if (scenario.run.nodes == 1) return;
  const auto refuse = [&](const char* key, bool is_wanted) {
    const auto written = origins.find(key);
    if (!is_wanted || written == origins.end()) return;
    found.push_back({Code::not_built,
                     fmt::format("'{}' with {} nodes is not built yet", key, scenario.run.nodes),
                     written->second.place, "one node has it: --nodes 1"});
  };
  refuse("http.listen", doors.http.is_on());
  refuse("tcp.listen", doors.tcp.is_on());
  refuse("journal.dir", !output.data.empty() && output.data != "off");
  refuse("central.address", is_central_elsewhere);
  refuse("network.external", scenario.network.external > 0);
  refuse("drivers.external", scenario.drivers.external > 0);
}

}  // namespace chargemill::app
