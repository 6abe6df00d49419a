// The way of a run to a central that is another process.
#pragma once

#include <memory>

#include "actors/network/scenario.hpp"
#include "app/elsewhere/carrier.hpp"
#include "app/scenario/elsewhere_settings.hpp"
#include "app/simulation/simulation.hpp"

namespace chargemill::app {

/// Errors, all of the environment: nobody listens there, or one who is not believed; the token's
/// file, more connections than files. Requires settings that are on and checked.
[[nodiscard]] Result<std::unique_ptr<Carrier>> reach_central(const ElsewhereSettings& settings,
                                                             const network::Scenario& scenario);

/// What simulate() wants of it; null: central is here. `carrier` outlives it.
[[nodiscard]] CentralElsewhere central_of(Carrier* carrier);

}  // namespace chargemill::app
