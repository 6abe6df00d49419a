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
    barrier.after([this](Kept kept) { heard.push_back(kept); });
  }

  JournalStatus status;
  DiskBarrier::Clock::time_point now{};
  boost::asio::io_context context;  // stands still: look() is called by hand
  DiskBarrier barrier{context, [this] { return status; }, [this] { return now; }};
  std::vector<Kept> heard;
};

TEST(DiskBarrier, AnswersAtOnceWhereNothingHasToBeWritten) {
  boost::asio::io_context context;
  DiskBarrier none{context, {}};
  Kept is_kept = Kept::never;
  none.after([&](Kept kept) { is_kept = kept; });
  EXPECT_EQ(is_kept, Kept::on_disk) << "without a journal";
  Disk disk;
  disk.wait();
  disk.status.queues = {{100, 100}};
  disk.wait();
  EXPECT_THAT(disk.heard, ElementsAre(Kept::on_disk, Kept::on_disk));
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
  EXPECT_THAT(disk.heard, ElementsAre(Kept::on_disk)) << "what came later is not waited for";
  disk.status.queues = {{110, 110}, {100'000, 100'000}};
  disk.status.depth = 0;
  disk.barrier.look();
  EXPECT_THAT(disk.heard, ElementsAre(Kept::on_disk, Kept::on_disk));
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
  EXPECT_THAT(disk.heard, ElementsAre(Kept::not_yet)) << "it is not on disk, and that is said";
}
TEST(DiskBarrier, NothingIsSaidToBeKeptByAJournalThatWasGivenUp) {
  Disk disk;
  disk.status.queues = {{3, 2}};
  disk.status.depth = 1;
  disk.status.state = JournalState::stalled;
  disk.wait();
  disk.status.queues = {{4, 3}};  // this came through, the next one does not
  disk.wait();
  disk.status.state = JournalState::abandoned;
  disk.barrier.look();
  EXPECT_THAT(disk.heard, ElementsAre(Kept::on_disk, Kept::never));
  disk.status.depth = 0;  // it throws away what comes
  disk.wait();
  EXPECT_THAT(disk.heard, ElementsAre(Kept::on_disk, Kept::never, Kept::never));
}
TEST(DiskBarrier, AnEmptyQueueIsNoDisk) {
  Disk disk;
  disk.status.queues = {{3, 2}};
  disk.status.depth = 1;
  disk.status.state = JournalState::stalled;
  disk.wait();
  // It was given up between two looks at it: state, then queues.
  disk.status.depth = 0;
  disk.barrier.look();
  EXPECT_THAT(disk.heard, IsEmpty());
  disk.status.state = JournalState::abandoned;
  disk.barrier.look();
  EXPECT_THAT(disk.heard, ElementsAre(Kept::never));
}

}  // namespace
}  // namespace chargemill::app
