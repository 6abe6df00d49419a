// Replies that wait for a journal, by a status and a clock of the test's own.
#include "app/doors/disk_barrier.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace chargemill::app {
namespace {

using namespace std::chrono_literals;
using runtime::journal::JournalState;
using runtime::journal::JournalStatus;
using testing::ElementsAre;
using testing::IsEmpty;

struct Disk {
  void wait() {
    barrier.after([this](bool is_kept) { heard.push_back(is_kept); });
  }

  JournalStatus status;
  DiskBarrier::Clock::time_point now{};
  boost::asio::io_context context;  // stands still: look() is called by hand
  DiskBarrier barrier{context, [this] { return status; }, [this] { return now; }};
  std::vector<bool> heard;
};

TEST(DiskBarrier, AnswersAtOnceWhereNothingHasToBeWritten) {
  boost::asio::io_context context;
  DiskBarrier none{context, {}};
  bool is_kept = false;
  none.after([&](bool kept) { is_kept = kept; });
  EXPECT_TRUE(is_kept) << "without a journal";
  Disk disk;
  disk.wait();
  disk.status.depth = 3;
  disk.status.state = JournalState::abandoned;
  disk.wait();
  EXPECT_THAT(disk.heard, ElementsAre(true, true));
}
TEST(DiskBarrier, AnswersWhenWhatWasQueuedIsOnDiskAndNotBefore) {  // D-177
  Disk disk;
  disk.status.queues = {{103, 100}, {7, 7}};
  disk.status.depth = 3;
  disk.wait();
  disk.barrier.look();
  EXPECT_THAT(disk.heard, IsEmpty());
  disk.status.queues = {{110, 102}, {100'000, 50'000}};
  disk.status.depth = 50'008;  // more has come
  disk.wait();
  disk.barrier.look();
  EXPECT_THAT(disk.heard, IsEmpty()) << "younger records of another worker are not those";
  disk.status.queues = {{110, 103}, {100'000, 50'000}};
  disk.barrier.look();
  EXPECT_THAT(disk.heard, ElementsAre(true)) << "what came later is not waited for";
  disk.status.depth = 0;
  disk.barrier.look();
  EXPECT_THAT(disk.heard, ElementsAre(true, true));
}
TEST(DiskBarrier, NobodyHangsOnAJournalThatStandsStill) {
  Disk disk;
  disk.status.queues = {{3, 0}};
  disk.status.depth = 3;
  disk.status.state = JournalState::stalled;
  disk.wait();
  disk.now += DiskBarrier::kPatience - 1ms;
  disk.barrier.look();
  EXPECT_THAT(disk.heard, IsEmpty());
  disk.now += 1ms;
  disk.barrier.look();
  EXPECT_THAT(disk.heard, ElementsAre(false)) << "it is not on disk, and that is said";
  disk.wait();
  disk.status.state = JournalState::abandoned;
  disk.barrier.look();
  EXPECT_THAT(disk.heard, ElementsAre(false, true)) << "given up: nothing is kept any more";
}

}  // namespace
}  // namespace chargemill::app
