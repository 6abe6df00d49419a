#include "app/compare/run_set.hpp"

#include <fmt/format.h>

#include <fstream>
#include <map>
#include <optional>

namespace chargemill::app {

namespace fs = std::filesystem;

namespace {

/// 12 of `r12`; none of anything else.
std::optional<unsigned long> repeat_number(const std::string& name) {
  constexpr std::size_t kDigitsMax = 9;
  if (name.size() < 2 || name.size() > kDigitsMax || name.front() != 'r') return std::nullopt;
  if (name.find_first_not_of("0123456789", 1) != std::string::npos) return std::nullopt;
  return std::stoul(name.substr(1));
}

/// All that compare() takes for granted; the figures themselves may be missing.
bool is_summary(const nlohmann::json& summary) {
  const auto run = summary.is_object() ? summary.find("run") : summary.end();
  if (run == summary.end() || !run->is_object()) return false;
  for (const char* key : {"partial", "invalid"}) {
    if (!run->contains(key) || !run->at(key).is_boolean()) return false;
  }
  return run->contains("sim_s") && run->at("sim_s").is_number();
}

}  // namespace

Result<std::vector<fs::path>> run_directories(const fs::path& path) {
  std::error_code error;
  if (!fs::is_directory(path, error))
    return failure(ErrorKind::environment, fmt::format("{} is no directory", path.string()));
  if (fs::exists(path / "summary.json", error)) return std::vector<fs::path>{path};
  std::map<unsigned long, fs::path> numbered;
  for (const auto& entry : fs::directory_iterator(path, error)) {
    const auto number = repeat_number(entry.path().filename().string());
    if (!number) continue;
    // One that was killed would otherwise be left out without a word.
    if (!fs::exists(entry.path() / "summary.json", error))
      return failure(
          ErrorKind::environment,
          fmt::format("{} holds no finished run: it has no summary.json", entry.path().string()));
    numbered.emplace(*number, entry.path());
  }
  std::vector<fs::path> runs;
  runs.reserve(numbered.size());
  for (const auto& [number, run] : numbered) runs.push_back(run);
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
    if (!is_summary(summary))
      return failure(ErrorKind::environment,
                     fmt::format("{} is no summary of a run", (run / "summary.json").string()));
    summaries.push_back(std::move(summary));
  }
  return summaries;
}

}  // namespace chargemill::app
