// A scenario with another load.
#pragma once

#include "actors/network/scenario.hpp"
#include "runtime/base/result.hpp"

namespace chargemill::app {

enum class LoadKind { charge_points, request_rate };

/// How much of it `scenario` has: charge points, or requests a second (the largest stage, else the
/// daily sessions spread evenly). Fails when it has none that could be scaled.
[[nodiscard]] Result<double> load_of(const network::Scenario& scenario, LoadKind kind);

/// The same scenario with `load`: drivers grow with the charge points; a rate goes into the stages,
/// else into the sessions a day. Requires load_of() to succeed, load > 0.
[[nodiscard]] network::Scenario scaled(const network::Scenario& scenario, LoadKind kind,
                                       double load);

/// The key of the scenario file that scaled() changes, and its value: to run a load again.
[[nodiscard]] std::string override_text(const network::Scenario& scaled, LoadKind kind);

}  // namespace chargemill::app
