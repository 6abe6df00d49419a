#include "app/scenario/check_nodes.hpp"

#include <fmt/format.h>

namespace chargemill::app {

void check_nodes(const network::Scenario& scenario, bool is_central_elsewhere,
                 const Origins& origins, std::vector<Diagnostic>& found) {
  if (const auto etcd = origins.find("cluster.etcd");
      scenario.run.recover_within && etcd != origins.end())
    found.push_back({Code::not_built, "'cluster.recover' with 'cluster.etcd' is not built yet",
                     etcd->second.place, "a list of [[node]] has it"});
  if (scenario.run.nodes == 1) return;
  const auto refuse = [&](const std::string& key, bool is_wanted) {
    const auto written = origins.find(key);
    if (!is_wanted || written == origins.end()) return;
    found.push_back({Code::not_built,
                     fmt::format("'{}' with {} nodes is not built yet", key, scenario.run.nodes),
                     written->second.place, "one node has it: --nodes 1"});
  };
  refuse("central.address", is_central_elsewhere);
  refuse("network.external", scenario.network.external > 0);
  refuse("drivers.external", scenario.drivers.external > 0);
  for (std::size_t i = 0; i < scenario.network.points.size(); ++i)
    refuse(fmt::format("charge_point[{}].external", i), scenario.network.points[i].is_outside);
  for (std::size_t i = 0; i < scenario.drivers.named.size(); ++i)
    refuse(fmt::format("driver[{}].external", i), scenario.drivers.named[i].is_outside);
}

}  // namespace chargemill::app
