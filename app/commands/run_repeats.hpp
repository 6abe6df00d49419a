// A row of runs of the same scenario (--repeat): what they come to together.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace chargemill::app {

/// Which of two exit codes a row of runs ends with: 1, then 98, then the environment, then a
/// signal, then 99 (contract).
[[nodiscard]] int worse_of(int a, int b);

/// The runs in the directories below `path`, in virtual time, did not come to the same digest, as
/// they must: a text that names two of them. None: they did, or there are none.
[[nodiscard]] std::optional<std::string> differing_repeats(const std::filesystem::path& path);

}  // namespace chargemill::app
