// The journals of the newest run, wherever it keeps them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "runtime/base/result.hpp"

namespace chargemill::app {

struct NewestRun {
  std::vector<std::filesystem::path> journals;  ///< one a node
  std::string remark;  ///< what whoever named no directory would not expect; empty: nothing
};

/// Of the run directories in `runs` the one that began last and has a journal: its own, or that of
/// `--data`, which its manifest names. Fails if there is none, or `runs` cannot be read.
[[nodiscard]] Result<NewestRun> find_newest_run(const std::filesystem::path& runs);

}  // namespace chargemill::app
