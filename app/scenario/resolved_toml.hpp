// A scenario written out in full: every key with its value, self-contained.
#pragma once

#include <string>

#include "actors/network/scenario.hpp"
#include "app/scenario/value.hpp"

namespace chargemill::app {

/// Loads to an equal scenario again, without any other file: request lists, recorded sessions and a
/// profile of one's own are written out.
[[nodiscard]] std::string resolved_toml(const network::Scenario& scenario);

/// Of all keys, those whose value is part of it.
[[nodiscard]] bool is_of_the_scenario(const KeyInfo& key);

// What it writes for the contents of files: a section of its own, and a key of [drivers].
void append_profile(std::string& out, const fleet::Profile& profile);
void append_recorded(std::string& out, const std::vector<network::ReplaySession>& sessions);

}  // namespace chargemill::app
