// manifest.json: what was run, on which machine, from which files.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace chargemill::app {

struct ManifestFacts {
  std::uint64_t seed = 0;
  unsigned workers = 0;
  std::vector<std::string> argv;
  std::map<std::string, std::string> env;     ///< those that set keys: CHARGEMILL_...
  std::vector<std::filesystem::path> inputs;  ///< every file that was read
  std::string resolved;                       ///< scenario.resolved.toml
  std::filesystem::path journal;              ///< where it is kept; empty: nowhere
};

/// With the XXH3 (128 bit) of every input as it is now, so that somebody else can tell whether
/// theirs are the same.
[[nodiscard]] std::string manifest_text(const ManifestFacts& facts);

}  // namespace chargemill::app
