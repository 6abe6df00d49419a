#include "app/compare/same_work.hpp"

#include <fstream>
#include <set>
#include <string>
#include <vector>

namespace chargemill::app {
namespace {

bool is_without_effect(const std::string& section, const std::string& line) {
  static const std::set<std::string> keys{"workers", "stop_timeout", "lateness_limit",
                                          "warmup",  "digest_every", "name"};
  return section == "[journal]" || section == "[cluster]" || section == "[[thresholds]]" ||
         (section == "[run]" && keys.count(line.substr(0, line.find(' '))) != 0);
}

/// The lines of scenario.resolved.toml that a digest depends on: one key a line, in one order.
std::vector<std::string> work_in(const std::filesystem::path& run) {
  std::vector<std::string> lines;
  std::ifstream file(run / "scenario.resolved.toml");
  std::string section;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line.front() == '[') section = line;
    if (!line.empty() && !is_without_effect(section, line)) lines.push_back(line);
  }
  return lines;
}

}  // namespace

bool is_same_work(const nlohmann::json& a, const nlohmann::json& b,
                  const std::filesystem::path& run_a, const std::filesystem::path& run_b) {
  const auto& left = a.at("run");
  const auto& right = b.at("run");
  if (left.at("partial") == true || right.at("partial") == true) return false;
  for (const char* key : {"scenario", "seed", "sim_s"}) {
    if (left.value(key, nlohmann::json()) != right.value(key, nlohmann::json())) return false;
  }
  const auto work_a = work_in(run_a);
  const auto work_b = work_in(run_b);
  return work_a.empty() || work_b.empty() || work_a == work_b;
}

}  // namespace chargemill::app
