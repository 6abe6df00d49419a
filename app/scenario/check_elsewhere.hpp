// What makes no sense in a run whose central is another process.
#pragma once

#include <filesystem>
#include <vector>

#include "app/scenario/key_table.hpp"

namespace chargemill::app {

/// If central is elsewhere: adds what it finds wrong to `found`, and switches off the doors and the
/// journal of which nothing was said, for they are central's. Before check_doors().
void check_elsewhere(Draft& draft, const Origins& origins, const std::filesystem::path& folder,
                     std::vector<Diagnostic>& found);

}  // namespace chargemill::app
