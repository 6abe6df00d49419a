#include "app/simulation/memory_limit.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <fstream>
#include <string>

namespace chargemill::app {
namespace {

constexpr std::int64_t kUnknown = INT64_MAX;

std::int64_t machine() {
  std::ifstream file{"/proc/meminfo"};
  for (std::string name; file >> name;) {
    std::int64_t kib = 0;
    if (name == "MemAvailable:" && file >> kib) return kib * 1024;
    std::getline(file, name);
  }
  return kUnknown;
}

/// Of the control group, second version or first; a group without a limit says "max", or a number
/// that no machine has.
std::int64_t control_group() {
  for (const char* path :
       {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}) {
    std::int64_t bytes = 0;
    if (std::ifstream{path} >> bytes) return bytes;
  }
  return kUnknown;
}

std::int64_t address_space() {
  rlimit limit{};
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return kUnknown;
  return static_cast<std::int64_t>(limit.rlim_cur);
}

std::string gib(std::int64_t bytes) {
  const auto tenths = static_cast<std::int64_t>(static_cast<double>(bytes) / 0x1p30 * 10.0);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " GiB";
}

}  // namespace

std::int64_t available_memory() { return std::min({machine(), control_group(), address_space()}); }

Result<void> check_memory(std::int64_t needed, std::int64_t available) {
  if (needed <= available) return {};
  return failure(ErrorKind::environment,
                 "not enough memory: the scenario needs about " + gib(needed) + ", " +
                     gib(available) +
                     " can be had; try fewer --charge-points and --drivers, or a larger limit");
}

}  // namespace chargemill::app
