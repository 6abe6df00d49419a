// The journal of a run: one writer, real threads, real waiting.
#include "actors/shell/recording.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>

#include "actors/central/clerk.hpp"
#include "tests/support/folder.hpp"

namespace chargemill {
namespace {

using namespace std::chrono_literals;

std::unique_ptr<Recording> open_recording(const std::string& directory) {
  Recording::Options options;
  options.journal.chain.directory = directory;
  options.journal.batch_time = 1ms;
  auto recording = Recording::open(std::move(options));
  EXPECT_TRUE(recording);
  return std::move(*recording);
}

NameBook names() {
  NameBook book;
  book.run = "test";
  book.point = [](PointId id, NameBuffer& buffer) {
    return numbered_name("CP-", index_of(id) + 1, buffer);
  };
  book.driver = [](DriverId, NameBuffer&) -> std::string_view { return "alice"; };
  return book;
}

TEST(Recording, HasOneWriterAndNamesItToTheNext) {
  const test::Folder folder;
  const auto first = open_recording(folder.path());
  Recording::Options options;
  options.journal.chain.directory = folder.path();
  const auto second = Recording::open(std::move(options));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::environment);
  EXPECT_NE(second.error().text.find(std::to_string(::getpid())), std::string::npos)
      << second.error().text;
}

TEST(NameBook, WritesNumbersOfSixDigitsAndMore) {
  NameBuffer buffer;
  EXPECT_EQ(numbered_name("CP-", 1, buffer), "CP-000001");
  EXPECT_EQ(numbered_name("DRV-", 999'999, buffer), "DRV-999999");
  EXPECT_EQ(numbered_name("DRV-", 4'294'967'295U, buffer), "DRV-4294967295");
}

TEST(Recording, CountsTheRunsOfADirectory) {
  const test::Folder folder;
  for (std::uint32_t run = 1; run <= 3; ++run) {
    const auto recording = open_recording(folder.path());
    EXPECT_EQ(recording->last_run().has_value(), run > 1);
    if (run > 1) {
      EXPECT_EQ(recording->last_run()->run.run, run - 1);
    }
    archive::RunBegan began;
    began.points = 1;
    began.shards = 1;
    recording->begin(began, archive::Origin{100 * run}, names(), 1);
    EXPECT_TRUE(recording->flush(10s));
  }
}

/// A worker that sleeps until somebody wakes it.
class Sleeper {
 public:
  void wake() {
    const std::lock_guard<std::mutex> lock(mutex_);
    is_awake_ = true;
    signal_.notify_one();
  }
  /// False: nobody did.
  bool sleep() {
    std::unique_lock<std::mutex> lock(mutex_);
    const bool woken = signal_.wait_for(lock, 20s, [this] { return is_awake_; });
    is_awake_ = false;
    return woken;
  }

 private:
  std::mutex mutex_;
  std::condition_variable signal_;
  bool is_awake_ = false;
};

TEST(Recording, WakesWhoeverWaitsForARecordEachTime) {
  const test::Folder folder;
  const auto recording = open_recording(folder.path());
  archive::RunBegan began;
  began.points = began.shards = 1;
  recording->begin(began, archive::Origin{0}, names(), 1);
  Recorder& recorder = recording->recorder(0);
  central::Clerk clerk{recorder, 1};
  Sleeper worker;
  recorder.add_waiter(clerk.waiter(), [&] { worker.wake(); });
  const central::ShardState shard = central::make_shard({}, {});
  const central::ShardEffect promise = DriverUpdate{};
  for (std::uint32_t i = 0; i < 2'000; ++i) {
    const central::ShardEffects said{archive::Record{archive::SessionStart{}}, promise};
    clerk.record(shard, said, SimTime{});
    const bool waits = clerk.holds(promise);
    std::uint32_t released = waits ? 0 : 1;
    while (released == 0) {
      while (clerk.release()) ++released;
      if (released > 0) break;
      if (clerk.must_look(shard)) continue;
      ASSERT_TRUE(worker.sleep()) << "round " << i;
      clerk.moved(shard);
    }
    ASSERT_EQ(released, 1U);
    ASSERT_GE(recorder.durable(), recorder.appended() - 1) << "not before it was on disk";
  }
  recording->stop_waking();
}

}  // namespace
}  // namespace chargemill
