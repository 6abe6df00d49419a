// What a process holds itself is told apart from pages of files, which the system may drop.
#include "app/simulation/resident_memory.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <fstream>
#include <string>

namespace chargemill::app {
namespace {

constexpr std::size_t kBytes = 64U << 20U;

/// The kernel counts resident pages a few at a time for each thread.
constexpr std::int64_t kSlack = 2 << 20;

/// Reads or writes a byte of each page.
void touch(volatile char* bytes, bool write) {
  constexpr std::size_t kPage = 4096;
  for (std::size_t i = 0; i < kBytes; i += kPage) {
    if (write) bytes[i] = 1;
    (void)bytes[i];
  }
}

TEST(ResidentMemory, CountsWhatIsAllocatedAsItsOwn) {
  const auto before = resident_memory();
  void* own = mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(own, MAP_FAILED);
  touch(static_cast<char*>(own), true);
  const auto after = resident_memory();
  munmap(own, kBytes);
  EXPECT_GE(after.anonymous - before.anonymous, static_cast<std::int64_t>(kBytes) - kSlack);
  EXPECT_LT(after.of_files - before.of_files, kSlack);
}

TEST(ResidentMemory, CountsAMappedFileApart) {
  const std::string path = testing::TempDir() + "resident_memory_" + std::to_string(getpid());
  {
    std::ofstream file{path, std::ios::binary};
    file << std::string(kBytes, 'x');
  }
  const int fd = open(path.c_str(), O_RDONLY);
  ASSERT_GE(fd, 0);
  void* map = mmap(nullptr, kBytes, PROT_READ, MAP_SHARED, fd, 0);
  ASSERT_NE(map, MAP_FAILED);
  const auto before = resident_memory();
  touch(static_cast<char*>(map), false);
  const auto after = resident_memory();
  munmap(map, kBytes);
  close(fd);
  unlink(path.c_str());
  EXPECT_GE(after.of_files - before.of_files, static_cast<std::int64_t>(kBytes) - kSlack);
  EXPECT_LT(after.anonymous - before.anonymous, kSlack);
}

}  // namespace
}  // namespace chargemill::app
