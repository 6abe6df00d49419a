// The disk fails a journal that is there already: while it is opened, read, gone on with, sealed.
// What was acknowledged, now or before, is there all the same, and the next one goes on with it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <optional>
#include <random>

#include "runtime/journal/environment.hpp"
#include "runtime/journal/segment_file.hpp"
#include "tests/runtime/journal/batch.hpp"
#include "tests/runtime/journal/child/child.hpp"
#include "tests/runtime/journal/story.hpp"

namespace chargemill::runtime::journal::test {
namespace {

constexpr std::uint64_t kRecords = 6'000;
/// Exit codes of a child that could not read what there was, or not open it for writing.
constexpr int kNotRead = 3;
constexpr int kNotOpened = 4;

struct Fault {
  const char* call;
  int code;
  int after = 0;
  int times = 1;
};
std::string order_of(const Fault& fault) {
  return std::string{fault.call} + ":" + std::to_string(fault.code) + ":" +
         std::to_string(fault.after) + ":" + std::to_string(fault.times);
}

// clang-format off
constexpr Fault kFaults[] = {
    {"open",  EMFILE}, {"read", EIO}, {"lock", ENOSPC}, {"write",  ENOSPC}, {"write",  EIO},
    {"short", 0},      {"sync", EIO}, {"meta", EIO},    {"range",  EIO},    {"rename", EIO},
    {"folder", EIO},   {"unlink", EACCES},
#ifndef CHARGEMILL_SANITIZED  // whose allocator is its own
    {"memory", ENOMEM}, {"writer", ENOMEM},
#endif
};
// clang-format on

/// What the child finds.
enum class Beginning { fresh, left_open, three_unsealed };
constexpr Beginning kBeginnings[] = {Beginning::fresh, Beginning::left_open,
                                     Beginning::three_unsealed};

/// How many records of the first producer there are then; of the second there are none.
std::uint64_t begin(const Folder& folder, Beginning beginning) {
  switch (beginning) {
    case Beginning::fresh:
      return 0;
    case Beginning::left_open:
      append(open_journal(small_options(folder.path()))->add_appender(), 0, 1, 8'000);
      return 8'000;
    case Beginning::three_unsealed:
      leave(folder.path(), 1, 250);
      leave(folder.path(), 251, 500);
      leave(folder.path(), 501, 550);
      return 550;
  }
  return 0;
}

ChildOrders orders_for(const Folder& folder) {
  ChildOrders orders;
  orders.directory = folder.path();
  orders.records = kRecords;
  orders.has_shim = true;
  return orders;
}

/// A child whose disk fails, and one after it whose disk is sound.
class Lives {
 public:
  Lives(Beginning beginning, const Fault& fault, std::uint64_t keep_bytes = 0)
      : before_(begin(folder_, beginning)),
        extent_(keep_bytes == 0 ? Extent::all : Extent::rest),
        may_end_(std::string_view{fault.call} == "writer"),
        orders_(orders_for(folder_)) {
    orders_.keep_bytes = keep_bytes;
    ChildOrders orders = orders_;
    orders.environment = {"DISK_FAULT=" + order_of(fault)};
    if (fault.times < 0) orders.give_up_ms = 150;
    first_.emplace(orders);
    EXPECT_TRUE(first_->listen(std::chrono::minutes{5}));
  }

  [[nodiscard]] const ChildReport& report() const { return first_->report(); }
  [[nodiscard]] std::string path() const { return folder_.path(); }
  [[nodiscard]] bool was_open() const { return report().exit_code == 0; }

  /// All that was acknowledged is there; all there was to write, if it worked to its end.
  void expect_kept() const {
    const int code = report().exit_code;
    const bool has_ended = may_end_ && code == -SIGABRT;
    EXPECT_TRUE(code == 0 || code == kNotRead || code == kNotOpened || has_ended) << code;
    const Tally tally = tally_of(path(), 2, extent_);
    for (std::size_t p = 0; p < 2; ++p) {
      if (extent_ == Extent::rest && tally.upto[p] == 0) continue;  // all of it was dropped
      EXPECT_GE(tally.upto[p], first_->acknowledged()[p]);
      EXPECT_GE(tally.upto[p], p == 0 ? before_ : 0);
      if (!was_open() || report().state != "working") continue;
      EXPECT_EQ(tally.upto[p], (p == 0 ? before_ : 0) + kRecords);
    }
  }
  void expect_to_go_on() const {
    const Tally before = tally_of(path(), 2, extent_);
    Child next{orders_};
    ASSERT_TRUE(next.listen(std::chrono::minutes{5}));
    ASSERT_EQ(next.report().exit_code, 0);
    EXPECT_EQ(next.report().state, "working");
    EXPECT_EQ(next.report().failures, 0U);
    const Tally after = tally_of(path(), 2, extent_);
    for (std::size_t p = 0; p < 2; ++p) {
      if (extent_ == Extent::all || after.upto[p] > 0) {
        EXPECT_EQ(after.upto[p], before.upto[p] + kRecords);
      }
    }
  }

 private:
  const Folder folder_;
  const std::uint64_t before_;
  const Extent extent_;
  const bool may_end_;  // no memory while it is opened: as a kill would (FORMAT.md)
  ChildOrders orders_;
  std::optional<Child> first_;
};

// Each of the first calls of its kind, and some of those that come later.
TEST(Fault, OfAJournalThatIsThereCostsNothingThatItHeld) {
  unsigned refused = 0;
  std::uint64_t failures = 0;
  for (const Beginning beginning : {Beginning::left_open, Beginning::three_unsealed}) {
    for (Fault fault : kFaults) {
      for (const int after : {0, 2, 9}) {
        fault.after = after;
        SCOPED_TRACE(testing::Message()
                     << order_of(fault) << " of beginning " << static_cast<int>(beginning));
        const Lives lives{beginning, fault};
        lives.expect_kept();
        if (after == 0) lives.expect_to_go_on();
        refused += lives.was_open() ? 0 : 1;
        failures += lives.report().failures;
        if (testing::Test::HasFailure()) return;
      }
    }
  }
  EXPECT_GE(refused, 3U) << "no fault was met by who reads and opens";
  EXPECT_GE(failures, 20U) << "the faults were felt";
}

/// Segments without a manifest, but for the last one, which grows.
std::size_t unsealed_in(const std::string& directory) {
  std::size_t count = 0;
  auto names = list_segments(directory);
  EXPECT_TRUE(names && names->size() > 1);
  if (!names || names->empty()) return count;
  names->pop_back();
  for (const SegmentName name : *names) {
    const auto file = Environment::open(path_of(directory, name), Environment::Access::read);
    EXPECT_TRUE(file);
    if (!file) continue;
    const auto transaction = Transaction::begin(**file, MDB_RDONLY);
    EXPECT_TRUE(transaction);
    if (!transaction) continue;
    const auto seal = read_seal(**file, *transaction);
    EXPECT_TRUE(seal);
    count += seal && *seal ? 0 : 1;
  }
  return count;
}

// The pieces of a merged run are written by nobody else.
TEST(Fault, OfASealIsToldAndTheNextOneSeals) {
  for (const Beginning beginning : {Beginning::fresh, Beginning::three_unsealed}) {
    SCOPED_TRACE(static_cast<int>(beginning));
    const Lives lives{beginning, {"range", EIO}};
    ASSERT_TRUE(lives.was_open());
    EXPECT_EQ(lives.report().state, "working");
    EXPECT_EQ(lives.report().failures, 1U);
    EXPECT_THAT(lives.report().told,
                testing::ElementsAre(testing::AllOf(testing::StartsWith("working cannot seal "),
                                                    testing::HasSubstr(".segment"))));
    EXPECT_EQ(unsealed_in(lives.path()), 1U);
    lives.expect_kept();
    lives.expect_to_go_on();
    EXPECT_EQ(unsealed_in(lives.path()), 0U);
  }
}

unsigned faults() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody sets it
  const char* const count = std::getenv("CHARGEMILL_FAULTS");
  return count == nullptr ? 60 : static_cast<unsigned>(std::strtoul(count, nullptr, 10));
}

TEST(Fault, ByChanceCostsNothingThatWasAcknowledged) {
  unsigned felt = 0;
  unsigned refused = 0;
  unsigned abandoned = 0;
  for (unsigned n = 0; n < faults(); ++n) {
    std::mt19937 random{n};
    const auto below = [&random](unsigned bound) { return static_cast<int>(random() % bound); };
    Fault fault = kFaults[random() % std::size(kFaults)];
    fault.after = below(2) == 0 ? below(12) : below(200);
    fault.times = below(8) == 0 ? -1 : 1 + below(4);
    const Beginning beginning = kBeginnings[random() % std::size(kBeginnings)];
    const std::uint64_t keep_bytes = below(3) == 0 ? 2 * kSmallSegment : 0;
    SCOPED_TRACE(testing::Message() << "fault " << n << ": " << order_of(fault) << " of beginning "
                                    << static_cast<int>(beginning) << ", keeps " << keep_bytes);
    const Lives lives{beginning, fault, keep_bytes};
    lives.expect_kept();
    lives.expect_to_go_on();
    felt += lives.report().failures > 0 ? 1 : 0;
    refused += lives.was_open() ? 0 : 1;
    abandoned += lives.report().state == "abandoned" ? 1 : 0;
    if (testing::Test::HasFailure()) return;
  }
  if (faults() >= 60) {
    EXPECT_GE(felt, 6U) << "the faults were felt";
  }
  std::printf("%u faults: %u felt, %u not opened, %u given up\n", faults(), felt, refused,
              abandoned);
}

}  // namespace
}  // namespace chargemill::runtime::journal::test
