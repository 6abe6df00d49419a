#include "app/compare/run_set.hpp"

#include <fmt/format.h>

#include <fstream>

namespace chargemill::app {

namespace fs = std::filesystem;

Result<std::vector<fs::path>> run_directories(const fs::path& path) {
  std::error_code error;
  if (!fs::is_directory(path, error))
    return failure(ErrorKind::environment, fmt::format("{} is no directory", path.string()));
  if (fs::exists(path / "summary.json", error)) return std::vector<fs::path>{path};
  std::vector<fs::path> runs;
  for (unsigned i = 1; fs::exists(path / fmt::format("r{}", i) / "summary.json", error); ++i)
    runs.push_back(path / fmt::format("r{}", i));
  if (runs.empty())
    return failure(ErrorKind::environment,
                   fmt::format("{} holds no finished run: neither summary.json nor r1/summary.json",
                               path.string()));
  return runs;
}

Result<std::vector<nlohmann::json>> summaries_in(const fs::path& path) {
  const auto runs = run_directories(path);
  if (!runs) return tl::unexpected<Error>(runs.error());
  std::vector<nlohmann::json> summaries;
  for (const auto& run : *runs) {
    std::ifstream file(run / "summary.json");
    auto summary = nlohmann::json::parse(file, nullptr, false);
    if (!summary.is_object() || !summary.contains("/run/partial"_json_pointer) ||
        !summary.contains("/run/invalid"_json_pointer))
      return failure(ErrorKind::environment,
                     fmt::format("{} is no summary of a run", (run / "summary.json").string()));
    summaries.push_back(std::move(summary));
  }
  return summaries;
}

}  // namespace chargemill::app
