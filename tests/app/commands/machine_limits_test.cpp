#include "app/commands/machine_limits.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace chargemill::app {
namespace {

namespace fs = std::filesystem;

class MachineLimits : public testing::Test {
 public:
  MachineLimits() : folder_(fs::temp_directory_path() / ("cm-limits-" + std::to_string(getpid()))) {
    fs::create_directories(folder_);
  }
  MachineLimits(const MachineLimits&) = delete;
  MachineLimits& operator=(const MachineLimits&) = delete;
  ~MachineLimits() override { fs::remove_all(folder_); }

 protected:
  void write(const std::string& name, const std::string& text) const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << text;
  }
  [[nodiscard]] const fs::path& folder() const { return folder_; }

 private:
  fs::path folder_;
};

TEST_F(MachineLimits, ADiskTellsItsRoomAndItsSpeedAndKeepsNothing) {
  const auto facts = disk_facts(folder());
  ASSERT_TRUE(facts) << facts.error().text;
  EXPECT_GT(facts->free_bytes, 0);
  EXPECT_GT(facts->sync_ms, 0.0);
  EXPECT_TRUE(fs::is_empty(folder()));
  EXPECT_FALSE(disk_facts(folder() / "nowhere"));
  EXPECT_FALSE(disk_facts("/proc")) << "nobody can write there";
}

TEST_F(MachineLimits, AGroupIsBoundByAllThoseAboveIt) {
  EXPECT_FALSE(cpu_limit(folder(), "0::/a/b\n"));
  write("a/b/cpu.max", "max 100000\n");
  EXPECT_FALSE(cpu_limit(folder(), "0::/a/b\n"));
  write("a/cpu.max", "150000 100000\n");
  EXPECT_DOUBLE_EQ(cpu_limit(folder(), "0::/a/b\n").value_or(0), 1.5);
  write("a/b/cpu.max", "50000 100000\n");
  EXPECT_DOUBLE_EQ(cpu_limit(folder(), "0::/a/b\n").value_or(0), 0.5);
  EXPECT_FALSE(cpu_limit(folder(), "0::/\n")) << "another group's";
}

TEST_F(MachineLimits, TheFirstVersionOfGroupsIsReadToo) {
  write("cpu/cpu.cfs_period_us", "100000\n");
  write("cpu/cpu.cfs_quota_us", "-1\n");
  EXPECT_FALSE(cpu_limit(folder(), "4:cpu,cpuacct:/\n"));
  write("cpu/cpu.cfs_quota_us", "200000\n");
  EXPECT_DOUBLE_EQ(cpu_limit(folder(), "4:cpu,cpuacct:/\n").value_or(0), 2.0);
}

TEST_F(MachineLimits, TheKernelMarksItsChoice) {
  EXPECT_EQ(chosen_word("always [madvise] never"), "madvise");
  EXPECT_EQ(chosen_word(""), "");
  EXPECT_EQ(chosen_word("always ] [never"), "");
}

}  // namespace
}  // namespace chargemill::app
