// The journal of a run: one writer, real threads, real waiting.
#include "actors/shell/recording.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <future>
#include <mutex>
#include <thread>

#include "actors/central/clerk.hpp"
#include "runtime/journal/directory.hpp"
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
    const bool woken = signal_.wait_for(lock, 60s, [this] { return is_awake_; });
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
    // Behind it may come the mark of a round, and with that the name of the run.
    ASSERT_GE(recorder.durable(), recorder.appended() - 2) << "not before it was on disk";
  }
  recording->stop_waking();
}

/// A journal of small segments of which one closed one is to be kept.
std::unique_ptr<Recording> open_forgetful(const std::string& directory) {
  Recording::Options options;
  options.journal.chain.directory = directory;
  options.journal.chain.segment_bytes = 1U << 20U;
  options.journal.chain.retain_bytes = 1U << 20U;
  options.journal.batch_time = 1ms;
  options.pace = Recorder::Pace::own_time;
  return std::move(*Recording::open(std::move(options)));
}
archive::RunBegan run_of_one_shard() {
  archive::RunBegan run;
  run.points = 4;
  run.shards = 1;
  return run;
}
std::size_t segments_of(const test::Folder& folder) {
  return runtime::journal::list_segments(folder.path())->size();
}

TEST(Recording, GoesOnAsTheSameRunThoughItsBeginningIsDropped) {  // D-084
  const test::Folder folder;
  {
    const auto recording = open_forgetful(folder.path());
    recording->begin(run_of_one_shard(), archive::Origin{0}, names(), 1);
    central::ShardState shard =
        central::make_shard({}, {{PointId{0}, {}, {}, {}}, {PointId{1}, {}, {}, {}}});
    shard.points[1].operator_stopped = true;
    central::Clerk clerk{recording->recorder(0), shard.points.size()};
    const central::ShardEffects said{archive::Record{archive::Health{}}};
    for (int i = 0; i < 40'000; ++i) clerk.record(shard, said, SimTime{i * 1ms});
    ASSERT_TRUE(recording->flush(30s));
    EXPECT_GT(recording->status().segments, 6U);
    EXPECT_LE(segments_of(folder), 4U) << "it is dropped as it should be";
  }
  const auto next = open_forgetful(folder.path());
  ASSERT_TRUE(next->last_run());
  EXPECT_EQ(next->last_run()->run.run, 1U);
  EXPECT_EQ(next->last_run()->run.points, 4U);
  EXPECT_TRUE(next->restore(archive::Origin{0}).value().points[1].is_stopped);
}

/// A journal whose disk is gone when its first batch is due, which it is with a full queue: of its
/// eight places one is taken. It does not try for long.
std::unique_ptr<Recording> open_doomed(const std::string& directory,
                                       Recorder::Pace pace = Recorder::Pace::real_time) {
  Recording::Options options;
  options.pace = pace;
  options.journal.chain.directory = directory;
  options.journal.queue_records = options.journal.batch_records = 8;
  options.journal.batch_time = 1h;
  options.journal.give_up_after = 0ms;
  auto recording = std::move(*Recording::open(std::move(options)));
  std::filesystem::remove_all(directory);
  recording->begin(run_of_one_shard(), archive::Origin{0}, names(), 1);
  return recording;
}

TEST(Recording, WakesWhoeverAsksForRoomBetweenItsEndAndItsLettingGo) {
  const test::Folder folder;
  const auto recording = open_doomed(folder.path());
  Recorder& recorder = recording->recorder(0);
  const central::ShardState shard = central::make_shard({}, {});
  const central::ShardEffects said{archive::Record{archive::SessionStart{}}};
  central::Clerk clerk{recorder, 1};
  Sleeper bystander;
  int woken = 0;
  // By the journal's writer, which plays the shard: so it asks exactly then.
  recorder.add_waiter(clerk.waiter(), [&] {
    if (++woken == 1) {
      clerk.record(shard, said, SimTime{});
      EXPECT_TRUE(clerk.is_busy()) << "the queue is still full";
      EXPECT_FALSE(clerk.must_look(shard));
      return;
    }
    clerk.moved(shard);
    bystander.wake();
  });
  clerk.waiter().is_asking.store(true, std::memory_order_relaxed);  // relaxed: before the records
  for (int i = 0; i < 7; ++i) ASSERT_TRUE(recorder.try_append(archive::Health{}));
  const bool is_told = bystander.sleep();
  recording->stop_waking();
  EXPECT_TRUE(is_told) << "there is room, and nobody says so";
  EXPECT_FALSE(clerk.is_busy());
}

TEST(Recording, WakesWhoeverAsksForRoomInEachBurstOnceItIsGivenUp) {
  const test::Folder folder;
  const auto recording = open_doomed(folder.path());
  Recorder& recorder = recording->recorder(0);
  const central::ShardState shard = central::make_shard({}, {});
  const central::ShardEffects said{archive::Record{archive::SessionStart{}}};
  central::Clerk clerk{recorder, 1};
  Sleeper worker;
  recorder.add_waiter(clerk.waiter(), [&] { worker.wake(); });
  bool is_told = true;
  for (int i = 0; is_told && i < 200; ++i) {
    clerk.record(shard, said, SimTime{});
    while (is_told && clerk.is_busy()) {
      (void)clerk.must_look(shard);
      if (!clerk.is_busy()) break;
      is_told = worker.sleep();
      clerk.moved(shard);
    }
  }
  recording->stop_waking();
  EXPECT_TRUE(is_told) << "there is room, and nobody says so";
  EXPECT_EQ(recording->status().state, runtime::journal::JournalState::abandoned);
  EXPECT_EQ(clerk.lost(), 0U);
}

TEST(Recording, SaysAfterItsEndWhatCameOfIt) {
  const test::Folder folder;
  const auto recording = open_doomed(folder.path());
  const auto added = recording->close();
  EXPECT_EQ(added.state, runtime::journal::JournalState::abandoned);
  EXPECT_EQ(added.records, 0U);
  EXPECT_EQ(added.discarded, 1U) << "the beginning of the run, which nobody could write";
  EXPECT_GT(added.failures, 0U);
  EXPECT_EQ(recording->status().failures, added.failures);
  EXPECT_EQ(recording->status().last_failure, added.last_failure);
  const auto news = recording->take_news();
  ASSERT_FALSE(news.empty());
  EXPECT_EQ(news.back().state, runtime::journal::JournalState::abandoned);
}

/// Whether a thread of this process sleeps at the moment, as its kernel sees it.
bool is_asleep(pid_t thread) {
  std::string text;
  std::getline(std::ifstream{"/proc/self/task/" + std::to_string(thread) + "/stat"}, text);
  const auto name = text.rfind(") ");
  return name != std::string::npos && text[name + 2] == 'S';
}

// At full pace a worker waits for room: asking over and over it would take a core.
TEST(Recording, SleepsWhileThereIsNoRoomAlsoOnceItIsGivenUp) {
  const test::Folder folder;
  const auto recording = open_doomed(folder.path(), Recorder::Pace::own_time);
  Recorder& recorder = recording->recorder(0);
  archive::Waiter waiter;
  std::promise<void> given_up;
  std::promise<void> may_go_on;
  // The journal's writer is held where it says so, before it makes room.
  recorder.add_waiter(waiter, [&, goes_on = may_go_on.get_future().share()] {
    given_up.set_value();
    goes_on.wait();
  });
  waiter.is_asking.store(true, std::memory_order_relaxed);  // relaxed: before the records
  for (int i = 0; i < 7; ++i) ASSERT_TRUE(recorder.try_append(archive::Health{}));
  EXPECT_EQ(given_up.get_future().wait_for(60s), std::future_status::ready);
  EXPECT_EQ(recorder.appender().depth(), recorder.appender().capacity());
  std::atomic<pid_t> thread{0};
  std::thread worker{[&] {
    thread.store(::gettid());
    EXPECT_TRUE(recorder.try_append(archive::Health{}));
  }};
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  const auto sleeps = [&] { return thread.load() != 0 && is_asleep(thread.load()); };
  bool is_seen = sleeps();
  while (!is_seen && std::chrono::steady_clock::now() < deadline) is_seen = sleeps();
  EXPECT_TRUE(is_seen) << "it asks without a rest";
  may_go_on.set_value();
  worker.join();
  recording->stop_waking();
}

TEST(Recording, DropsNothingThatARestartWouldRead) {  // D-078, D-084
  const test::Folder folder;
  {
    const auto recording = open_forgetful(folder.path());
    recording->begin(run_of_one_shard(), archive::Origin{0}, names(), 1);
    Recorder& recorder = recording->recorder(0);
    ASSERT_TRUE(recorder.try_append(archive::OperatorState{SimTime{}, PointId{3}, {}, true}));
    // No round says it again.
    for (int i = 0; i < 40'000; ++i) ASSERT_TRUE(recorder.try_append(archive::Health{}));
    ASSERT_TRUE(recording->flush(30s));
    EXPECT_GT(segments_of(folder), 4U) << "more than it would keep";
  }
  const auto next = open_forgetful(folder.path());
  ASSERT_TRUE(next->last_run());
  EXPECT_TRUE(next->restore(archive::Origin{0}).value().points[3].is_stopped);
}

}  // namespace
}  // namespace chargemill
