// Power cuts: how many, when, and the disks that they leave.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "tests/runtime/journal/child/child.hpp"
#include "tests/runtime/journal/child/disk_log.hpp"
#include "tests/runtime/journal/story.hpp"

namespace chargemill::runtime::journal::test {

[[nodiscard]] inline unsigned cuts() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody sets it
  const char* const count = std::getenv("CHARGEMILL_POWER_CUTS");
  return count == nullptr ? 500 : static_cast<unsigned>(std::strtoul(count, nullptr, 10));
}
/// Memory where there is some: what is on disk is what the model says.
[[nodiscard]] inline std::string images() {
  return ::access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
}

/// A life of a journal that is at `orders.directory`, whose events are added to `events`. `fault`:
/// as disk_fault.hpp has it. How it ended.
[[nodiscard]] inline int live(ChildOrders orders, const std::string& fault,
                              std::vector<DiskEvent>& events) {
  const std::string log = orders.directory + ".log";
  orders.has_shim = true;
  orders.environment = {"DISK_LOG=" + log};
  if (!fault.empty()) orders.environment.push_back("DISK_FAULT=" + fault);
  Child child{orders};
  EXPECT_TRUE(child.listen(std::chrono::minutes{2}));
  const auto more = read_disk_log(log);
  events.insert(events.end(), more.begin(), more.end());
  return child.report().exit_code;
}

/// While which events the power fails, in order.
using Moments = std::vector<std::size_t>;

[[nodiscard]] inline Moments any_moments(const std::vector<DiskEvent>& events, unsigned count) {
  std::mt19937 random{count};
  Moments moments;
  for (unsigned i = 0; i < count; ++i) moments.push_back(random() % events.size());
  std::sort(moments.begin(), moments.end());
  return moments;
}

/// What is on that disk, and nothing else.
inline void put_down(const Folder& folder, const std::map<std::string, std::string>& disk) {
  folder.clear();
  for (const auto& [name, bytes] : disk)
    std::ofstream{folder.path() + "/" + name, std::ios::binary} << bytes;
}

}  // namespace chargemill::runtime::journal::test
