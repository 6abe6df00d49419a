#include "app/commands/machine_limits.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/magic.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <sstream>

namespace chargemill::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kWrites = 9;

/// One durable write of a page; nothing: the disk refused.
std::optional<double> sync_ms(int file) {
  static constexpr std::array<char, 4'096> kPage{};
  const auto begun = std::chrono::steady_clock::now();
  if (write(file, kPage.data(), kPage.size()) != static_cast<ssize_t>(kPage.size()) ||
      fdatasync(file) != 0)
    return std::nullopt;
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begun)
      .count();
}

/// "200000 100000": two CPUs; "max 100000": no limit.
std::optional<double> quota_in(const fs::path& file) {
  std::ifstream in{file};
  double quota = 0.0;
  double period = 0.0;
  if (in >> quota >> period && quota > 0.0 && period > 0.0) return quota / period;
  return std::nullopt;
}

/// The first version has two files, and -1 for no limit.
std::optional<double> quota_of_version_1(const fs::path& root) {
  std::ifstream quota_file{root / "cpu" / "cpu.cfs_quota_us"};
  std::ifstream period_file{root / "cpu" / "cpu.cfs_period_us"};
  double quota = 0.0;
  double period = 0.0;
  if (quota_file >> quota && period_file >> period && quota > 0.0 && period > 0.0)
    return quota / period;
  return std::nullopt;
}

}  // namespace

Result<DiskFacts> disk_facts(const fs::path& folder) {
  struct statfs status {};
  if (statfs(folder.c_str(), &status) != 0)
    return failure(ErrorKind::environment, fmt::format("cannot look at {}", folder.string()));
  DiskFacts facts;
  facts.free_bytes = static_cast<std::int64_t>(status.f_bavail) * status.f_bsize;
  facts.is_memory = status.f_type == TMPFS_MAGIC;
  const auto name = (folder / fmt::format(".chargemill-doctor-{}", getpid())).string();
  const int file = open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0)
    return failure(ErrorKind::environment, fmt::format("cannot write in {}", folder.string()));
  std::array<double, kWrites> times{};
  bool is_sound = true;
  for (auto& time : times) {
    const auto took = sync_ms(file);
    is_sound = is_sound && took.has_value();
    time = took.value_or(0.0);
  }
  close(file);
  unlink(name.c_str());
  if (!is_sound)
    return failure(ErrorKind::environment,
                   fmt::format("cannot write durably in {}", folder.string()));
  std::nth_element(times.begin(), times.begin() + kWrites / 2, times.end());
  facts.sync_ms = times[kWrites / 2];
  return facts;
}

std::optional<double> cpu_limit(const fs::path& root, const std::string& own) {
  std::optional<double> least = quota_of_version_1(root);
  std::istringstream lines{own};
  fs::path group;
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("0::/", 0) == 0) group = line.substr(4);
  }
  // A group is bound by all those above it.
  for (;; group = group.parent_path()) {
    const auto limit = quota_in(root / group / "cpu.max");
    if (limit) least = std::min(*limit, least.value_or(*limit));
    if (group.empty()) return least;
  }
}

std::string chosen_word(const std::string& text) {
  const auto open = text.find('[');
  const auto close = text.find(']', open == std::string::npos ? 0 : open);
  if (open == std::string::npos || close == std::string::npos) return {};
  return text.substr(open + 1, close - open - 1);
}

}  // namespace chargemill::app
