// Who may register a charge point (D-042).
#pragma once

#include "actors/codec/bodies.hpp"
#include "actors/network/desk.hpp"
#include "app/directory/directory.hpp"

namespace chargemill::app {

/// What is wrong with a registration, whoever sends it; empty: nothing. As a scenario does, it
/// names a price of 1,000 EUR/kWh at most. To be asked before admit(): what is refused changes
/// nothing (D-042).
[[nodiscard]] std::string_view flaw_of(const codec::CPRegistration& body) noexcept;

/// The charge point that a monitor registers: one that is known, or a stranger, who takes one of
/// the places of `network.external` in the zone with which its location begins, else in the first.
/// What it says of itself is noted. Requires desk.may_change() and a body without flaw. Error: it
/// may not come in.
[[nodiscard]] Result<PointId> admit(network::Desk& desk, Directory& names,
                                    const codec::CPRegistration& body);

}  // namespace chargemill::app
