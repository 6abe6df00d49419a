// What connects one node to the others of its run.
#pragma once

#include <memory>

#include "actors/network/scenario.hpp"
#include "app/nodes/membership.hpp"
#include "app/nodes/succession.hpp"
#include "runtime/base/result.hpp"
#include "runtime/cluster/exchange.hpp"

namespace chargemill::app {

/// The node that leads at the beginning.
inline constexpr unsigned kFirstLeader = 0;

/// Binds, and begins to connect; nobody need be there yet. Nodes talk only if they simulate the
/// same with the same program.
[[nodiscard]] Result<std::unique_ptr<runtime::Exchange>> open_links(
    const network::Scenario& scenario, const Membership& membership);

/// Null: the run ends with any of its nodes.
[[nodiscard]] std::unique_ptr<Succession> succession_of(runtime::Exchange& exchange,
                                                        const Membership& membership);

}  // namespace chargemill::app
