#include "app/nodes/neighbours.hpp"

#include <algorithm>
#include <string_view>

namespace chargemill::app {
namespace {

/// `tcp://10.0.0.1:7101` without its port; one text for all that stay on a machine.
std::string_view machine_of(const runtime::NodeEndpoints& node) {
  const std::string_view address = node.data;
  return runtime::is_on_this_machine(address) ? "this" : address.substr(0, address.rfind(':'));
}

}  // namespace

unsigned neighbours_of(const Membership& membership) {
  const auto& nodes = membership.nodes;
  const auto here = machine_of(nodes[membership.self]);
  return static_cast<unsigned>(std::count_if(nodes.begin(), nodes.end(), [&](const auto& node) {
    return !runtime::is_absent(node) && machine_of(node) == here;
  }));
}

}  // namespace chargemill::app
