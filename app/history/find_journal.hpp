// Which journal is meant.
#pragma once

#include <filesystem>

#include "runtime/base/result.hpp"

namespace chargemill::app {

/// `named`: a directory with segments, or one with such a `journal` in it (a run directory). Empty:
/// the newest run of `runs` that has one.
[[nodiscard]] Result<std::filesystem::path> find_journal(const std::filesystem::path& named,
                                                         const std::filesystem::path& runs);

}  // namespace chargemill::app
