// Which nodes share a machine.
#pragma once

#include "app/nodes/membership.hpp"

namespace chargemill::app {

/// How many of the nodes are on the machine of this one, itself among them, as far as their
/// addresses say. Those that have not come yet are none.
[[nodiscard]] unsigned neighbours_of(const Membership& membership);

}  // namespace chargemill::app
