// Who may register a charge point (D-042).
#pragma once

#include "actors/codec/bodies.hpp"
#include "actors/network/desk.hpp"
#include "app/directory/directory.hpp"

namespace chargemill::app {

/// The charge point that a monitor registers: one that is known, or a stranger, who takes one of
/// the places of `network.external` in the zone with which its location begins, else in the first.
/// What it says of itself is noted. Requires desk.may_change(). Error: it may not come in.
[[nodiscard]] Result<PointId> admit(network::Desk& desk, Directory& names,
                                    const codec::CPRegistration& body);

}  // namespace chargemill::app
