// What the dashboard's eye does when an answer does not reach it: no sockets, beats by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

#include "actors/shell/memory.hpp"
#include "app/dashboard/feed.hpp"
#include "tests/support/still_engine.hpp"

namespace chargemill::app::dashboard {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

network::Scenario town() {
  network::Scenario s;
  s.network.charge_points = 20;
  s.network.zones = 2;
  s.central.shards = 2;
  s.run.duration = 1h;
  return s;
}

/// One who watches a small network. What the feed is told waits here, and finds no room if it is
/// to be refused.
struct Watch {
  enum class Room : std::uint8_t { enough, none };

  Watch() {
    network.remember(memory);
    network.start();
    still.pass(3s);
    world.after = [this](Nanos, api::Task task) { beats.push_back(std::move(task)); };
    world.read_past = [this](const api::WithPast& use) {
      if (is_broken) {
        use(failure(ErrorKind::environment, "it is broken"));
      } else {
        use(&memory.look());
      }
      return true;
    };
  }

  /// The first beat is that of who comes.
  void open(Room room) {
    auto reply = feed->open({"GET", "/ws", {{"sec-websocket-protocol", Feed::kProtocol}}, ""});
    session = std::move(reply.session);
    ASSERT_NE(session, nullptr);
    held = 0;
    states = PackedStates{20};
    work(room);
  }
  /// The next beat is the last.
  void leave() {
    session.reset();
    is_listening = true;  // there is nobody to listen to
    beat(Room::enough);
    EXPECT_TRUE(beats.empty());
    is_listening = false;
  }
  void beat(Room room) {
    ASSERT_FALSE(beats.empty());
    const auto next = std::move(beats.front());
    beats.pop_front();
    next();
    work(room);
  }

  network::Scenario scenario = town();
  Memory memory;
  test::StillEngine still{2};
  network::Network network{scenario, still.engine};
  network::Desk desk{network, still.engine};
  Directory names{network.topology(), &network.annex()};
  bool is_full = false;
  bool is_broken = false;  ///< nobody can read what was
  std::deque<api::Task> tasks;
  std::deque<api::Task> beats;
  api::World world{desk, scenario, names, [this](api::Task task) {
                     if (!is_full) tasks.push_back(std::move(task));
                     return !is_full;
                   }};
  std::shared_ptr<Feed> feed = std::make_shared<Feed>(world, FeedSettings{false, true});
  std::shared_ptr<runtime::WebSocketSession> session;
  bool is_listening = false;
  int hellos = 0;
  std::string hello;  ///< the last one
  PackedStates states{20};
  std::uint32_t held = 0;  ///< the frame that is shown

 private:
  /// What is there to be done, and what comes of it: the latter only if there is room for it.
  void work(Room room) {
    is_full = room == Room::none;
    run_tasks();
    still.settle();
    is_full = false;
    for (bool is_news = true; is_news;) {
      if (!is_listening) listen();
      still.settle();
      is_news = !tasks.empty();
      run_tasks();
    }
  }
  void run_tasks() {
    while (!tasks.empty()) {
      const auto task = std::move(tasks.front());
      tasks.pop_front();
      task();
    }
  }
  void listen() {
    is_listening = true;
    session->next([this](const runtime::WebSocketMessage& message) {
      is_listening = false;
      if (message.bytes == nullptr) return;
      if (message.is_text) {
        if (message.bytes->find(R"("type":"hello")") == std::string::npos) return;
        ++hellos;
        hello = *message.bytes;
        return;
      }
      const auto head = apply_frame(*message.bytes, held, states);
      ASSERT_TRUE(head);
      held = head->number;
      EXPECT_TRUE(session->hear(to_bytes({Said::Kind::taken, held}), false));
    });
  }
};

TEST(FeedAsks, AtTheNextBeatForWhatFoundNoRoom) {
  Watch watch;
  watch.open(Watch::Room::none);
  EXPECT_EQ(watch.hellos, 0) << "the journal's answer is lost";
  EXPECT_EQ(watch.held, 0U) << "so is what was seen";
  watch.beat(Watch::Room::enough);
  EXPECT_EQ(watch.hellos, 1);
  EXPECT_EQ(watch.held, 1U);
  watch.beat(Watch::Room::none);
  EXPECT_EQ(watch.held, 1U) << "a later one may be lost as well";
  watch.beat(Watch::Room::enough);
  EXPECT_EQ(watch.held, 2U);
  EXPECT_EQ(watch.hellos, 1);
}

TEST(FeedAsks, EverySecondBeatForStatesAsLongAsAllIsWell) {
  Watch watch;
  watch.open(Watch::Room::enough);
  EXPECT_EQ(watch.held, 1U);
  for (const std::uint32_t frames : {1U, 2U, 2U, 3U}) {
    watch.beat(Watch::Room::enough);
    EXPECT_EQ(watch.held, frames);
  }
}

TEST(FeedAsks, ABrokenJournalAgainOnceNobodyWatchesAnyMore) {
  Watch watch;
  watch.is_broken = true;
  watch.open(Watch::Room::enough);
  EXPECT_THAT(watch.hello, HasSubstr(R"("has_journal":false)"));
  watch.is_broken = false;
  watch.leave();
  watch.open(Watch::Room::enough);
  EXPECT_THAT(watch.hello, HasSubstr(R"("has_journal":true)"));
}

TEST(Owed, IsLostOnceNobodyHoldsItAnyMoreOrItTakesTooLong) {
  Owed owed;
  EXPECT_FALSE(owed.is_awaited(1));
  EXPECT_FALSE(owed.is_lost(1)) << "nobody was asked";
  auto held = owed.ask(1);
  EXPECT_TRUE(owed.is_awaited(40));
  EXPECT_TRUE(owed.is_lost(41));
  held = owed.ask(41);
  EXPECT_TRUE(owed.is_awaited(42));
  held.reset();
  EXPECT_FALSE(owed.is_awaited(42));
  EXPECT_TRUE(owed.is_lost(42));
  held = owed.ask(42);
  owed.settle();
  held.reset();
  EXPECT_FALSE(owed.is_lost(43)) << "it was answered";
}

}  // namespace
}  // namespace chargemill::app::dashboard
