// Which journals are meant.
#pragma once

#include <filesystem>
#include <vector>

#include "runtime/base/result.hpp"

namespace chargemill::app {

/// Each of `named` is a directory with segments, or one with such a `journal` in it (a run
/// directory); those of the other nodes of its run come with it.
[[nodiscard]] Result<std::vector<std::filesystem::path>> find_journals(
    const std::vector<std::filesystem::path>& named);

}  // namespace chargemill::app
