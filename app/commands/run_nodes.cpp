#include "app/commands/run_nodes.hpp"

#include <unistd.h>

#include <cstdio>
#include <functional>

#include "actors/network/letter_kinds.hpp"
#include "app/commands/exit_code.hpp"
#include "app/scenario/resolved_toml.hpp"
#include "app/simulation/follower.hpp"
#include "app/simulation/host.hpp"
#include "app/version.hpp"
#include "runtime/base/digest.hpp"

namespace chargemill::app {
namespace {

constexpr std::chrono::milliseconds kLookEvery{200};

/// Nodes talk only if they simulate the same with the same program.
std::uint64_t plan_of(const network::Scenario& scenario) {
  // Each machine has as many workers as suit it.
  network::Scenario shared = scenario;
  shared.run.workers = 0;
  DigestWriter w{0, 0};
  w.add_list(resolved_toml(shared));
  w.add_list(std::string{kVersion} + kCommit);
  return w.finish().low;
}

/// Two lives of one place differ; a process number alone comes back after a restart of a machine.
runtime::Incarnation new_incarnation() {
  const auto now = std::chrono::system_clock::now().time_since_epoch().count();
  const auto mixed =
      static_cast<std::uint64_t>(now) ^ (static_cast<std::uint64_t>(::getpid()) << 20U);
  return runtime::Incarnation{static_cast<std::uint32_t>(mixed ^ (mixed >> 32U))};
}

std::string names_of(const std::vector<unsigned>& nodes, const Membership& membership) {
  std::string text;
  for (const unsigned node : nodes) text += (text.empty() ? "" : ", ") + membership.names[node];
  return text;
}

/// `dead`, if there is one, tells which node is known to have ended: nobody waits for it.
Result<std::unique_ptr<runtime::Exchange>> join(const network::Scenario& scenario,
                                                const Membership& membership,
                                                const StopRequest* stop,
                                                const std::function<std::string()>& dead = {}) {
  runtime::Exchange::Options options;
  options.links.nodes = membership.nodes;
  options.links.self = static_cast<std::uint16_t>(membership.self);
  options.links.incarnation = new_incarnation();
  options.links.plan = plan_of(scenario);
  options.links.secret_key = membership.secret_key;
  options.kinds = network::letter_kinds();
  options.workers = workers_of(scenario);
  options.is_virtual = scenario.run.speed.max;
  auto exchange = runtime::Exchange::open(std::move(options));
  if (!exchange) return exchange;
  const Bound bound{membership.bond.get(), **exchange};
  const auto deadline = std::chrono::steady_clock::now() + membership.meet_max;
  while (!(*exchange)->await_all(kLookEvery)) {
    if (!(*exchange)->failure().empty())
      return failure(ErrorKind::environment, (*exchange)->failure());
    if (const std::string who = dead ? dead() : std::string{}; !who.empty())
      return failure(ErrorKind::environment, who);
    const bool is_stopped = stop != nullptr && stop->signal() != 0;
    if (is_stopped || std::chrono::steady_clock::now() > deadline)
      return failure(ErrorKind::environment,
                     "nodes are missing: " + names_of((*exchange)->missing(), membership));
  }
  return exchange;
}

/// Whom etcd knows to be lost before all have met; empty: there is none to know.
std::function<std::string()> lost_node_of(const Membership& membership) {
  if (!membership.bond) return {};
  return [bond = membership.bond.get()] { return bond->lost_node(); };
}

Membership membership_of(unsigned self, const std::vector<runtime::NodeEndpoints>& endpoints) {
  Membership membership;
  membership.nodes = endpoints;
  membership.self = self;
  for (std::size_t n = 0; n < endpoints.size(); ++n)
    membership.names.push_back("node " + std::to_string(n));
  return membership;
}

}  // namespace

std::function<std::string()> trouble_of(const Membership* membership) {
  if (membership == nullptr || !membership->bond) return {};
  return [bond = membership->bond] { return bond->trouble(); };
}

Result<void> follow_others(const network::Scenario& scenario, const Membership& membership,
                           const StopRequest* stop) {
  auto exchange = join(scenario, membership, stop, lost_node_of(membership));
  if (!exchange) return tl::unexpected<Error>(exchange.error());
  const Bound bound{membership.bond.get(), **exchange};
  if (follow(scenario, **exchange, stop)) return {};
  const auto why = (*exchange)->failure();
  return failure(ErrorKind::environment, why.empty() ? "stopped" : why);
}

Result<std::unique_ptr<RunNodes>> RunNodes::start(const network::Scenario& scenario) {
  std::unique_ptr<RunNodes> nodes{new RunNodes};
  // What becomes of a child its parent sees by its exit code, or that it is gone.
  auto processes = LocalNodes::start(
      scenario.run.nodes,
      [&scenario](unsigned node, const std::vector<runtime::NodeEndpoints>& endpoints) {
        return follow_others(scenario, membership_of(node, endpoints), nullptr) ? 0 : kExitPeers;
      });
  if (!processes) return tl::unexpected<Error>(processes.error());
  nodes->processes_ = std::move(*processes);
  const auto dead = [processes = nodes->processes_.get()] { return processes->dead(); };
  auto exchange = join(scenario, membership_of(0, nodes->processes_->endpoints()), nullptr, dead);
  if (!exchange) return tl::unexpected<Error>(exchange.error());
  nodes->exchange_ = std::move(*exchange);
  nodes->leader_ = std::make_unique<Leader>(*nodes->exchange_, dead);
  return nodes;
}

Result<std::unique_ptr<RunNodes>> RunNodes::meet(const network::Scenario& scenario,
                                                 const Membership& membership,
                                                 const StopRequest& stop) {
  std::unique_ptr<RunNodes> nodes{new RunNodes};
  auto exchange = join(scenario, membership, &stop, lost_node_of(membership));
  if (!exchange) return tl::unexpected<Error>(exchange.error());
  nodes->exchange_ = std::move(*exchange);
  nodes->bound_ = std::make_unique<Bound>(membership.bond.get(), *nodes->exchange_);
  nodes->leader_ = std::make_unique<Leader>(*nodes->exchange_);
  return nodes;
}

RunNodes::~RunNodes() {
  leader_.reset();
  bound_.reset();
  exchange_.reset();  // takes leave: children that still wait for this node end
}

}  // namespace chargemill::app
