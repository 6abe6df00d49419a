// The disk, the directory and the memory fail. What was acknowledged is there all the same; what
// was not is written again; when nothing helps the journal says so and acknowledges nothing more.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>

#include "tests/runtime/journal/child/child.hpp"
#include "tests/runtime/journal/story.hpp"

namespace chargemill::runtime::journal::test {
namespace {

constexpr std::uint64_t kRecords = 6'000;

struct Fault {
  const char* call;
  int code;
  int times;
};
std::string text_of(const Fault& fault, int after) {
  return std::string{fault.call} + ":" + std::to_string(fault.code) + ":" + std::to_string(after) +
         ":" + std::to_string(fault.times);
}
ChildOrders orders_for(const Folder& folder, const std::string& fault) {
  ChildOrders orders;
  orders.directory = folder.path();
  orders.records = kRecords;
  orders.has_shim = true;
  orders.environment = {"DISK_FAULT=" + fault};
  return orders;
}

// clang-format off
constexpr Fault kPassing[] = {
    {"write",  ENOSPC, 1}, {"write",  EIO,    2}, {"short",  0, 1},
    {"sync",   EIO,    1}, {"meta",   EIO,    1}, {"meta",   ENOSPC, 2},
    {"open",   EMFILE, 1}, {"rename", EIO,    1}, {"memory", ENOMEM, 1},
    {"folder", EIO,    1},
};
// clang-format on

std::size_t segment_files_in(const Folder& folder) {
  using Files = std::filesystem::directory_iterator;
  return static_cast<std::size_t>(
      std::count_if(Files{folder.path()}, Files{},
                    [](const auto& file) { return file.path().extension() == ".segment"; }));
}

TEST(Fault, ThatPassesCostsNothingButTime) {
  std::uint64_t failures = 0;
  for (const Fault& fault : kPassing) {
    for (const int after : {0, 1, 2, 7, 30}) {
      const Folder folder;
      SCOPED_TRACE(text_of(fault, after));
      const auto begun = std::chrono::steady_clock::now();
      Child child{orders_for(folder, text_of(fault, after))};
      ASSERT_TRUE(child.listen(std::chrono::minutes{5}));
      const auto took = std::chrono::steady_clock::now() - begun;
      ASSERT_EQ(child.report().exit_code, 0);
      EXPECT_EQ(child.report().state, "working");
      failures += child.report().failures;
      EXPECT_EQ(child.report().told.empty(), child.report().failures == 0);
      EXPECT_LE(child.report().told.size(),
                3U + 2 * static_cast<std::size_t>(took / std::chrono::seconds{1}))
          << "a failure and its end, and one beside the writing, once a second each";
      const std::vector<std::uint64_t> all(2, kRecords);
      EXPECT_EQ(child.acknowledged(), all);
      EXPECT_EQ(tally_of(folder.path(), 2).upto, all);
      EXPECT_EQ(segment_files_in(folder), list_segments(folder.path())->size())
          << "what failed before it held anything is gone";
    }
  }
  EXPECT_GE(failures, 30U) << "the faults were felt";
}

TEST(Fault, ThatStallsTheJournalIsToldTogetherWithItsEnd) {
  const Folder folder;
  Child child{orders_for(folder, text_of({"sync", ENOSPC, 5}, 2))};
  ASSERT_TRUE(child.listen(std::chrono::minutes{5}));
  ASSERT_EQ(child.report().exit_code, 0);
  EXPECT_EQ(child.report().state, "working");
  EXPECT_EQ(child.report().failures, 5U);
  using testing::AllOf;
  using testing::HasSubstr;
  using testing::StartsWith;
  const auto told = [](const char* state) {
    return AllOf(StartsWith(state), HasSubstr("No space left on device"), HasSubstr(".segment"));
  };
  // What lasts for longer than a second is told again.
  auto news = child.report().told;
  const auto is_again = [](const std::string& a, const std::string& b) {
    return a.substr(0, 8) == b.substr(0, 8);
  };
  news.erase(std::unique(news.begin(), news.end(), is_again), news.end());
  EXPECT_THAT(news,
              testing::ElementsAre(told("working "), told("stalled "), testing::StrEq("working")));
  EXPECT_EQ(child.acknowledged(), std::vector<std::uint64_t>(2, kRecords));
  EXPECT_EQ(tally_of(folder.path(), 2).upto, child.acknowledged());
}

constexpr Fault kLasting[] = {{"write", ENOSPC, -1}, {"sync", EIO, -1},   {"meta", EIO, -1},
                              {"open", EMFILE, -1},  {"folder", EIO, -1}, {"rename", EIO, -1}};

/// Nothing is acknowledged any more, and the journal says so.
void expect_abandoned(const Fault& fault, int after) {
  const Folder folder;
  SCOPED_TRACE(text_of(fault, after));
  ChildOrders orders = orders_for(folder, text_of(fault, after));
  orders.records = 200'000;
  orders.give_up_ms = 150;
  Child child{orders};
  ASSERT_TRUE(child.listen(std::chrono::minutes{5}));
  ASSERT_EQ(child.report().exit_code, 0);
  EXPECT_EQ(child.report().state, "abandoned");
  ASSERT_FALSE(child.report().told.empty());
  EXPECT_THAT(child.report().told.back(), testing::StartsWith("abandoned cannot "));
  const Tally tally = tally_of(folder.path(), 2);
  for (std::size_t p = 0; p < 2; ++p) {
    EXPECT_GE(tally.upto[p], child.acknowledged()[p]);
    EXPECT_LT(child.acknowledged()[p], orders.records);
  }
}

TEST(Fault, ThatLastsEndsTheAcknowledgementsAndTheJournalSaysSo) {
  for (const Fault& fault : kLasting) {
    for (const int after : {0, 20}) expect_abandoned(fault, after);
  }
}

TEST(Fault, OfTheShimIsThatOfTheFolderThatIsNamedAlone) {
  for (const Fault& fault : kLasting) {
    for (const bool is_here : {true, false}) {
      const Folder folder;
      SCOPED_TRACE(text_of(fault, 0));
      ChildOrders orders = orders_for(folder, text_of(fault, 0));
      orders.environment.push_back("DISK_FAULT_IN=" + folder.path() + (is_here ? "" : "/node-1"));
      orders.give_up_ms = 150;
      Child child{orders};
      ASSERT_TRUE(child.listen(std::chrono::minutes{5}));
      ASSERT_EQ(child.report().exit_code, 0);
      EXPECT_EQ(child.report().state, is_here ? "abandoned" : "working");
      EXPECT_EQ(child.report().failures > 0, is_here);
    }
  }
}

#ifndef CHARGEMILL_SANITIZED  // whose allocator is its own

TEST(Fault, OfMemoryThatLastsEndsTheAcknowledgements) {
  for (const int after : {0, 20, 60, 100}) expect_abandoned({"memory", ENOMEM, -1}, after);
}

// Each of the first allocations that LMDB makes, of all kinds, and some of those that come later.
TEST(Fault, OfMemoryThatPassesCostsNothingButTime) {
  std::uint64_t failures = 0;
  for (int after = 0; after < 120; after += after < 40 ? 1 : 16) {
    for (const int times : {1, 2}) {
      const Folder folder;
      SCOPED_TRACE(text_of({"memory", ENOMEM, times}, after));
      ChildOrders orders = orders_for(folder, text_of({"memory", ENOMEM, times}, after));
      orders.records = 2'000;
      Child child{orders};
      ASSERT_TRUE(child.listen(std::chrono::minutes{5}));
      ASSERT_EQ(child.report().exit_code, 0);
      EXPECT_EQ(child.report().state, "working");
      failures += child.report().failures;
      EXPECT_EQ(child.acknowledged(), std::vector<std::uint64_t>(2, orders.records));
      EXPECT_EQ(tally_of(folder.path(), 2).upto, child.acknowledged());
    }
  }
  EXPECT_GE(failures, 40U) << "the faults were felt";
}

// Of the journal's own threads: a batch is written again, a seal may be left out.
TEST(Fault, OfTheWritersMemoryThatPassesCostsNothingButTime) {
  std::uint64_t failures = 0;
  for (int after = 0; after < 400; after += after < 60 ? 1 : 20) {
    const Folder folder;
    SCOPED_TRACE(text_of({"writer", ENOMEM, 1}, after));
    Child child{orders_for(folder, text_of({"writer", ENOMEM, 1}, after))};
    ASSERT_TRUE(child.listen(std::chrono::minutes{5}));
    ASSERT_EQ(child.report().exit_code, 0);
    EXPECT_EQ(child.report().state, "working");
    failures += child.report().failures;
    EXPECT_EQ(child.acknowledged(), std::vector<std::uint64_t>(2, kRecords));
    EXPECT_EQ(tally_of(folder.path(), 2).upto, child.acknowledged());
  }
  EXPECT_GE(failures, 20U) << "the faults were felt";
}

// What its producers lack is not the journal's: the process ends, and has promised nothing that it
// did not keep.
TEST(Fault, OfMemoryInTheProgramItselfEndsItAsAKillDoes) {
  unsigned ended = 0;
  unsigned promised = 0;
  // The producers' texts are most of them.
  for (int after = 0; after < 40'000; after += after < 60 ? 4 : 1'500) {
    const Folder folder;
    SCOPED_TRACE(text_of({"heap", ENOMEM, -1}, after));
    ChildOrders orders = orders_for(folder, text_of({"heap", ENOMEM, -1}, after));
    orders.records = 20'000;
    Child child{orders};
    ASSERT_TRUE(child.listen(std::chrono::minutes{5}));
    const bool is_done = child.report().exit_code == 0;
    EXPECT_TRUE(is_done || child.report().exit_code == -SIGABRT) << child.report().exit_code;
    ended += is_done ? 0 : 1;
    if (!std::filesystem::exists(folder.path() + "/writer.lock")) continue;
    const Tally tally = tally_of(folder.path(), 2);
    for (std::size_t p = 0; p < 2; ++p) {
      EXPECT_GE(tally.upto[p], child.acknowledged()[p]);
      promised += !is_done && child.acknowledged()[p] > 0 ? 1 : 0;
    }
  }
  EXPECT_GT(ended, 10U);
  EXPECT_GT(promised, 5U) << "some ended in the middle of their work";
}

#endif

}  // namespace
}  // namespace chargemill::runtime::journal::test
