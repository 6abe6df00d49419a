// A scenario written out in full: every key with its value, self-contained.
#pragma once

#include <string>

#include "actors/network/scenario.hpp"

namespace chargemill::app {

/// Loads to an equal scenario again, without any other file: request lists, recorded sessions and a
/// profile of one's own are written out.
[[nodiscard]] std::string resolved_toml(const network::Scenario& scenario);

}  // namespace chargemill::app
