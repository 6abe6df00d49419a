#include "app/output/manifest.hpp"

#define XXH_INLINE_ALL  // as in runtime/base: nothing to link
#include <fmt/format.h>
#include <sys/utsname.h>
#include <xxhash.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "app/output/build_facts.hpp"
#include "app/version.hpp"

namespace chargemill::app {
namespace {

using nlohmann::ordered_json;

std::string xxh3_of(const std::string& content) {
  const XXH128_hash_t hash = XXH3_128bits(content.data(), content.size());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

std::string content_of(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream{path, std::ios::binary}.rdbuf();
  return text.str();
}

/// What follows "name : " in a file of such lines; "unknown" if it says nothing.
std::string fact_of(const char* path, const std::string& name) {
  std::ifstream file{path};
  for (std::string line; std::getline(file, line);) {
    const auto colon = line.find(':');
    if (line.rfind(name, 0) != 0 || colon == std::string::npos) continue;
    const auto begin = line.find_first_not_of(" \t", colon + 1);
    if (begin != std::string::npos) return line.substr(begin);
  }
  return "unknown";
}

std::string first_line_of(const char* path) {
  std::string line;
  std::ifstream file{path};
  return std::getline(file, line) ? line : "unknown";
}

ordered_json host() {
  utsname names{};
  (void)uname(&names);
  return {{"name", names.nodename},
          {"system", names.release},
          {"machine", names.machine},
          {"cpu", fact_of("/proc/cpuinfo", "model name")},
          {"cores", std::thread::hardware_concurrency()},
          {"memory", fact_of("/proc/meminfo", "MemTotal")},
          {"governor", first_line_of("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")},
          {"huge_pages", first_line_of("/sys/kernel/mm/transparent_hugepage/enabled")}};
}

}  // namespace

std::string manifest_text(const ManifestFacts& facts) {
  auto inputs = ordered_json::array();
  for (const auto& path : facts.inputs)
    inputs.push_back({{"path", path.string()}, {"xxh3", xxh3_of(content_of(path))}});
  const auto journal = facts.journal.empty()
                           ? ordered_json()
                           : ordered_json(std::filesystem::absolute(facts.journal).string());
  const ordered_json manifest = {
      {"version", kVersion},    {"commit", kCommit},
      {"build", build_facts()}, {"host", host()},
      {"seed", facts.seed},     {"workers", facts.workers},
      {"argv", facts.argv},     {"env", facts.env},
      {"inputs", inputs},       {"resolved_xxh3", xxh3_of(facts.resolved)},
      {"journal", journal}};
  return manifest.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace chargemill::app
