// One task after the other, and how long it has been at one.
#include "app/api/task_thread.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <string>
#include <vector>

#include "app/api/api.hpp"

namespace chargemill::app::api {
namespace {

using namespace std::chrono_literals;

TEST(TaskThread, SaysHowLongItHasBeenAtOneTask) {  // what /livez asks
  std::promise<void> begun;
  std::promise<void> may_end;
  TaskThread thread{"test", 4};
  EXPECT_EQ(thread.busy_for(), 0ns);
  ASSERT_TRUE(thread.post()([&] {
    begun.set_value();
    may_end.get_future().wait();
  }));
  begun.get_future().wait();
  const Nanos first = thread.busy_for();
  EXPECT_GT(first, 0ns);
  EXPECT_GT(thread.busy_for(), first) << "and counts on";
  may_end.set_value();
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  while (thread.busy_for() > 0ns && std::chrono::steady_clock::now() < deadline)
    std::this_thread::yield();
  EXPECT_EQ(thread.busy_for(), 0ns);
}

/// A clock that moves when it is told to.
struct HandClock {
  std::atomic<Nanos::rep> at{1'000};

  void pass(Nanos time) { at.fetch_add(time.count()); }
  [[nodiscard]] TaskThread::Clock clock() {
    return [this] { return std::chrono::steady_clock::time_point{Nanos{at.load()}}; };
  }
};

/// A thread at a task that ends when it is told to.
struct Stuck {
  HandClock clock;
  std::promise<void> begun;
  std::promise<void> may_end;
  TaskThread thread;

  explicit Stuck(std::size_t waiting_max = 1) : thread{"test", waiting_max, clock.clock()} {
    EXPECT_TRUE(thread.post()([&] {
      begun.set_value();
      may_end.get_future().wait();
    }));
    begun.get_future().wait();
  }
  /// The status of /livez without that thread; 0: it may answer itself.
  [[nodiscard]] unsigned livez(const char* target = "/livez") const {
    const auto answer = answer_if_stuck(target, thread.busy_for());
    return answer ? answer->status : 0U;
  }
};

TEST(TaskThread, FinishesWhatHasBegunBeforeAllThatIsNewHoweverMuchWaits) {  // law 6
  Stuck s;
  std::vector<std::string> done;
  std::promise<void> is_over;
  EXPECT_TRUE(s.thread.post()([&] {
    done.emplace_back("new");
    is_over.set_value();
  }));
  EXPECT_FALSE(s.thread.post()([] {})) << "no room for another";
  EXPECT_TRUE(s.thread.post_begun()([&] { done.emplace_back("first"); }));
  EXPECT_TRUE(s.thread.post_begun()([&] { done.emplace_back("second"); }));
  s.may_end.set_value();
  is_over.get_future().wait();
  EXPECT_EQ(done, (std::vector<std::string>{"first", "second", "new"}));
  s.thread.close();
  EXPECT_FALSE(s.thread.post_begun()([] {}));
}

TEST(TaskThread, LeavesHalfOfItsRoomToThoseWhoAreKnown) {  // issue, section 6; law 6
  Stuck s{4};
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(s.thread.post_of_stranger()([] {}));
  EXPECT_FALSE(s.thread.post_of_stranger()([] {}));
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(s.thread.post()([] {}));
  EXPECT_FALSE(s.thread.post()([] {}));
  s.may_end.set_value();
}

TEST(Livez, SaysThatAThreadIsStuckAfterFiveSecondsAtOneTaskAndNoSooner) {  // contract, section 4
  Stuck s;
  EXPECT_EQ(s.livez(), 0U);
  s.clock.pass(5s - 1ns);
  EXPECT_EQ(s.livez(), 0U);
  s.clock.pass(1ns);
  EXPECT_EQ(s.livez(), 503U);
  EXPECT_EQ(s.livez("/livez?since=a"), 503U) << "a query does not hide it";
  EXPECT_EQ(s.livez("/readyz"), 0U) << "which is asked something else";
  EXPECT_NE(answer_if_stuck("/livez", 5s)->body.find("held up"), std::string::npos);
  s.clock.pass(1h);
  EXPECT_EQ(s.livez(), 503U) << "until it is over";
  s.may_end.set_value();
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  while (s.thread.busy_for() > 0ns && std::chrono::steady_clock::now() < deadline)
    std::this_thread::yield();
  EXPECT_EQ(s.livez(), 0U);
}

TEST(Livez, CountsFromTheBeginningOfEachTask) {
  Stuck s;
  s.clock.pass(3s);
  std::promise<void> begun;
  std::promise<void> may_end;
  EXPECT_TRUE(s.thread.post()([&] {
    begun.set_value();
    may_end.get_future().wait();
  }));
  s.may_end.set_value();
  begun.get_future().wait();
  s.clock.pass(3s);
  EXPECT_EQ(s.livez(), 0U) << "two tasks of three seconds hold up nobody for five";
  may_end.set_value();
  s.thread.close();
}

TEST(Livez, IsNoMatterOfHowManyWait) {
  Stuck s;
  EXPECT_TRUE(s.thread.post()([] {}));
  EXPECT_FALSE(s.thread.post()([] {})) << "no room for another";
  EXPECT_EQ(answer_if_full("/livez").status, 200U);
  EXPECT_EQ(answer_if_full("/livez").body, "ok\n");
  EXPECT_EQ(answer_if_full("/api/v1/summary").status, 503U);
  s.may_end.set_value();
}

}  // namespace
}  // namespace chargemill::app::api
