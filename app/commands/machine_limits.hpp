// What the machine says of itself that a large run would feel; read for `chargemill doctor`.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "runtime/base/result.hpp"

namespace chargemill::app {

struct DiskFacts {
  std::int64_t free_bytes = 0;
  double sync_ms = 0.0;    ///< median of a few small durable writes, as a journal's commit makes
  bool is_memory = false;  ///< a tmpfs: nothing in it outlives the machine
};

/// Of the disk of `folder`, which must exist; writes a small file there and removes it. Fails when
/// it cannot.
[[nodiscard]] Result<DiskFacts> disk_facts(const std::filesystem::path& folder);

/// The CPUs that the control groups of this process leave it, the least of all of them; nothing:
/// they set no limit. `root` is /sys/fs/cgroup, `own` what /proc/self/cgroup says.
[[nodiscard]] std::optional<double> cpu_limit(const std::filesystem::path& root,
                                              const std::string& own);

/// The word in brackets, by which the kernel marks its choice: "always [madvise] never".
[[nodiscard]] std::string chosen_word(const std::string& text);

}  // namespace chargemill::app
