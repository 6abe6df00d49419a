// What is wrong with the doors of a run.
#pragma once

#include <filesystem>
#include <vector>

#include "app/scenario/door_settings.hpp"
#include "app/scenario/load.hpp"

namespace chargemill::app {

/// Notes which ports somebody asked for and where the files are that a scenario in `folder` names,
/// and adds what it finds wrong to `found`.
void check_doors(DoorsSettings& doors, const Origins& origins, const std::filesystem::path& folder,
                 std::vector<Diagnostic>& found);

}  // namespace chargemill::app
