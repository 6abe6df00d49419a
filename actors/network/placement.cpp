#include "actors/network/placement.hpp"

#include <algorithm>

#include "runtime/base/assert.hpp"

namespace chargemill::network {
namespace {

/// Nodes that are there for it, in order.
std::vector<unsigned> nodes_with(Role role, unsigned nodes, const std::vector<Roles>& roles) {
  std::vector<unsigned> result;
  for (unsigned node = 0; node < nodes; ++node) {
    if (roles.empty() || roles[node].has(role)) result.push_back(node);
  }
  CHARGEMILL_ASSERT(!result.empty());
  return result;
}

}  // namespace

Placement::Placement(std::size_t shards, unsigned nodes, const std::vector<Roles>& roles) {
  CHARGEMILL_ASSERT(roles.empty() || roles.size() == nodes);
  const auto bear = nodes_with(Role::shards, nodes, roles);
  const auto drive = nodes_with(Role::drivers, nodes, roles);
  const auto bearers = static_cast<unsigned>(bear.size());
  std::vector<unsigned> fleets(nodes);
  for (unsigned s = 0; s < shards; ++s) {
    shards_.push_back({bear[s % bearers], s / bearers});
    ++fleets[shards_[s].node];
  }
  fleets_ = shards_;
  for (Home& home : fleets_) {
    if (std::find(drive.begin(), drive.end(), home.node) != drive.end()) continue;
    home.node = *std::min_element(drive.begin(), drive.end(),
                                  [&](unsigned a, unsigned b) { return fleets[a] < fleets[b]; });
    home.worker = fleets[home.node]++;
  }
}

std::string to_text(const std::vector<Roles>& roles) {
  if (std::all_of(roles.begin(), roles.end(), [](const Roles& one) { return one.are_all(); }))
    return {};
  std::string text;
  for (const Roles& one : roles) text += (text.empty() ? "" : ";") + to_text(one);
  return text;
}

}  // namespace chargemill::network
