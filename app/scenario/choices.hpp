// A key that takes several of a few words.
#pragma once

#include "app/scenario/value.hpp"

namespace chargemill::app {

/// Type::choices: a list of them, or a text with commas, as it is given on a command line. At least
/// one, each once.
[[nodiscard]] ValueOr choices_from(const toml::node& node, const KeyInfo& key);

}  // namespace chargemill::app
