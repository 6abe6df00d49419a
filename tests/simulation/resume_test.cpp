// A short form of tests/fuzz/resume_fuzz.cpp, and what that has found.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>

#include "tests/simulation/damaged_past.hpp"
#include "tests/support/folder.hpp"

namespace chargemill::test {
namespace {

using Edits = std::vector<std::uint8_t>;

TEST(Resume, GoesOnFromAPastThatNobodyHasTouched) {  // D-084
  const Folder folder;
  const DamagedPast past{folder.path() + "/journal"};
  ASSERT_GT(past.records(), 150U);
  EXPECT_EQ(past.resume(nullptr, 0), "");
}

TEST(Resume, MakesANetworkOfWhateverRecordsAreThere) {  // D-084, D-085
  const Folder folder;
  const DamagedPast past{folder.path() + "/journal"};
  constexpr unsigned kSeeds = 60;
  for (unsigned seed = 0; seed < kSeeds; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random{seed};
    Edits edits(DamagedPast::kEditBytes * (1 + random() % 40));
    std::generate(edits.begin(), edits.end(), [&] { return static_cast<std::uint8_t>(random()); });
    EXPECT_EQ(past.resume(edits.data(), edits.size()), "");
  }
}

// Each eight bytes of a record become a number at the end of its range, all records at a time.
TEST(Resume, MakesNothingOfNumbersThatNoNetworkHas) {
  const Folder folder;
  const DamagedPast past{folder.path() + "/journal"};
  for (unsigned extreme = 0; extreme < 8; ++extreme) {
    for (const unsigned place : {1U, 9U, 17U, 25U, 33U, 41U, 49U, 57U, 65U, 73U}) {
      SCOPED_TRACE(testing::Message() << "extreme " << extreme << " at " << place);
      Edits edits;
      for (std::size_t which = 1; which < past.records(); which += 3) {
        const std::size_t bytes[] = {7, which & 0xFFU, which >> 8U, place, extreme};
        for (const std::size_t byte : bytes) edits.push_back(static_cast<std::uint8_t>(byte));
      }
      EXPECT_EQ(past.resume(edits.data(), edits.size()), "");
    }
  }
}

}  // namespace
}  // namespace chargemill::test
