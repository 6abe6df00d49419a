// What this program was built from, for `version` and for manifest.json.
#pragma once

#include <nlohmann/json.hpp>

namespace chargemill::app {

/// version, commit (with -dirty when the tree had changes), build_type, compiler, flags, sanitizer,
/// allocator, libraries.
[[nodiscard]] nlohmann::ordered_json build_facts();

}  // namespace chargemill::app
