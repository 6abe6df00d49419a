#include "app/commands/node_links.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <string>

#include "actors/network/letter_kinds.hpp"
#include "actors/network/placement.hpp"
#include "app/scenario/resolved_toml.hpp"
#include "app/simulation/host.hpp"
#include "app/version.hpp"
#include "runtime/base/digest.hpp"

namespace chargemill::app {
namespace {

/// Nodes talk only if they simulate the same with the same program. Of a list each has read for
/// itself what they are there for; through etcd all have it from the same cards, and whoever joins
/// does not know yet how the others began.
std::uint64_t plan_of(const network::Scenario& scenario, bool is_list) {
  // Each machine has as many workers as suit it.
  network::Scenario shared = scenario;
  shared.run.workers = 0;
  DigestWriter w{0, 0};
  w.add_list(resolved_toml(shared));
  w.add_list(std::string{kVersion} + kCommit);
  const std::string roles = is_list ? network::to_text(scenario.run.roles) : std::string{};
  if (!roles.empty()) w.add_list(roles);
  return w.finish().low;
}

/// Two lives of one place differ; a process number alone comes back after a restart of a machine.
runtime::Incarnation new_incarnation() {
  const auto now = std::chrono::system_clock::now().time_since_epoch().count();
  const auto mixed =
      static_cast<std::uint64_t>(now) ^ (static_cast<std::uint64_t>(::getpid()) << 20U);
  return runtime::Incarnation{static_cast<std::uint32_t>(mixed ^ (mixed >> 32U))};
}

std::filesystem::path recovery_log(const std::filesystem::path& folder, unsigned node) {
  return folder / ("node-" + std::to_string(node) + ".log");
}

}  // namespace

Result<std::unique_ptr<runtime::Exchange>> open_links(const network::Scenario& scenario,
                                                      const Membership& membership) {
  runtime::Exchange::Options options;
  options.links.nodes = membership.nodes;
  // Others may join.
  if (membership.bond && membership.outlives_losses)
    options.links.nodes.resize(runtime::agreement::kPlaces);
  options.links.joins = membership.joins;
  options.links.self = static_cast<std::uint16_t>(membership.self);
  options.links.incarnation = new_incarnation();
  options.links.plan = plan_of(scenario, membership.bond == nullptr);
  options.links.secret_key = membership.secret_key;
  options.names = membership.names;
  options.kinds = network::letter_kinds();
  options.workers = workers_of(scenario);
  options.is_virtual = scenario.run.speed.max;
  // A link may come back until it is decided who stops for it (app/nodes/silence.hpp).
  if (membership.bond && membership.outlives_losses)
    options.links.lost_after = std::max<Nanos>(options.links.lost_after, 4 * membership.lease);
  if (scenario.run.recover_within) {
    options.links.may_return = true;
    options.links.lost_after = *scenario.run.recover_within;
    options.save_every = scenario.run.save_every;
    if (membership.self != kFirstLeader)
      options.log = recovery_log(membership.recovery, membership.self).string();
  }
  return runtime::Exchange::open(std::move(options));
}

std::unique_ptr<Succession> succession_of(runtime::Exchange& exchange,
                                          const Membership& membership) {
  if (!membership.bond || !membership.outlives_losses) return nullptr;
  return std::make_unique<Succession>(exchange, membership);
}

}  // namespace chargemill::app
