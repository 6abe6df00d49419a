// A scenario with another load.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "actors/network/scenario.hpp"
#include "runtime/base/result.hpp"

namespace chargemill::app {

enum class LoadKind { charge_points, request_rate };

/// How much of it `scenario` has: charge points, or requests a second (the most that its stages
/// reach before it ends, else the daily sessions spread evenly). Fails when it has none that could
/// be scaled.
[[nodiscard]] Result<double> load_of(const network::Scenario& scenario, LoadKind kind);

/// The same scenario with `load`: drivers grow with the charge points; a rate goes into the stages
/// that have one, else it is one steady stage. Requires load_of() to succeed, load > 0.
[[nodiscard]] network::Scenario scaled(const network::Scenario& scenario, LoadKind kind,
                                       double load);

/// What scaled() changes, for people.
[[nodiscard]] std::string scaled_keys(const network::Scenario& scenario, LoadKind kind);

/// Of stages that ask for more than any before the scenario's end does: how much, when, and what to
/// do about it; empty: there are none.
[[nodiscard]] std::string later_load(const network::Scenario& scenario);

/// The keys that scaled() changed, with their values, to run a load again. Stages have no keys.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> changed_keys(
    const network::Scenario& scaled, LoadKind kind);

/// The stage that scaled() adds to `scenario`, in TOML; empty: none.
[[nodiscard]] std::string added_stage(const network::Scenario& scenario, LoadKind kind,
                                      double load);

}  // namespace chargemill::app
