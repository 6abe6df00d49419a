// What the dashboard's eye does when an answer does not reach it: no sockets, beats by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <iterator>

#include "actors/shell/memory.hpp"
#include "app/dashboard/feed.hpp"
#include "tests/support/still_engine.hpp"

namespace chargemill::app::dashboard {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

network::Scenario town(std::uint32_t points) {
  network::Scenario s;
  s.network.charge_points = points;
  s.network.zones = 2;
  s.central.shards = 2;
  s.run.duration = 1h;
  return s;
}

/// One who watches a small network. What the feed is told waits here, and finds no room if it is
/// to be refused.
struct Watch {
  /// late: what is answered is heard when catch_up() is called.
  enum class Room : std::uint8_t { enough, none, late };

  explicit Watch(std::uint32_t points = 20) : scenario(town(points)), states(points) {
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
    states = PackedStates{scenario.network.charge_points};
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

  /// The server closes.
  void end(Room room) {
    session->close();
    work(room);
  }

  void catch_up() {
    tasks.swap(late);
    work(Room::enough);
  }

  network::Scenario scenario;
  Memory memory;
  test::StillEngine still{2};
  network::Network network{scenario, still.engine};
  network::Desk desk{network, still.engine};
  Directory names{network.topology(), &network.annex()};
  bool is_full = false;
  bool is_broken = false;  ///< nobody can read what was
  std::deque<api::Task> tasks;
  std::deque<api::Task> late;
  std::deque<api::Task> beats;
  api::World world{desk, scenario, names, [this](api::Task task) {
                     if (!is_full) tasks.push_back(std::move(task));
                     return !is_full;
                   }};
  std::shared_ptr<Feed> feed = std::make_shared<Feed>(world, FeedSettings{false, true});
  std::shared_ptr<runtime::WebSocketSession> session;
  bool is_listening = false;
  bool is_over = false;  ///< that was all
  int faults = 0;        ///< messages of them
  int missed = 0;
  int hellos = 0;
  std::string hello;  ///< the last one
  PackedStates states;
  std::uint32_t held = 0;  ///< the frame that is shown

 private:
  /// What is there to be done, and what comes of it: the latter only if there is room for it.
  void work(Room room) {
    is_full = room == Room::none;
    run_tasks();
    still.settle();
    is_full = false;
    if (room == Room::late) {
      std::move(tasks.begin(), tasks.end(), std::back_inserter(late));
      tasks.clear();
    }
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
      is_over = message.bytes == nullptr;
      is_listening = is_over;  // there is nothing more to listen to
      if (is_over) return;
      if (message.is_text) {
        if (message.bytes->find(R"("type":"faults")") != std::string::npos) ++faults;
        if (message.bytes->find(R"("type":"missed")") != std::string::npos) ++missed;
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

TEST(FeedAsks, ABrokenJournalAgainWhileSomebodyWatches) {
  constexpr int kBeatsMax = 50;
  Watch watch;
  watch.is_broken = true;
  watch.open(Watch::Room::enough);
  EXPECT_THAT(watch.hello, HasSubstr(R"("has_journal":false)"));
  watch.is_broken = false;
  for (int i = 0; i < kBeatsMax; ++i) watch.beat(Watch::Room::enough);
  EXPECT_THAT(watch.hello, HasSubstr(R"("has_journal":true)"));
  EXPECT_EQ(watch.hellos, 2) << "it is said once";
}

TEST(FeedAsks, NobodyToTakeALookThatCameTooLateForWhatIs) {
  constexpr int kBeatsMax = 50;
  Watch watch;
  watch.open(Watch::Room::enough);
  watch.beat(Watch::Room::enough);
  watch.beat(Watch::Room::late);
  EXPECT_EQ(watch.held, 1U);
  for (int i = 0; i < kBeatsMax && watch.held == 1; ++i) watch.beat(Watch::Room::enough);
  EXPECT_EQ(watch.held, 2U) << "another one was asked for";
  watch.catch_up();
  EXPECT_EQ(watch.held, 2U) << "what is older is not shown after it";
}

TEST(FeedAsks, NobodyToHearTwiceWhatALateLookHasTold) {
  constexpr int kBeatsUntilLost = 40;
  Watch watch;
  watch.is_broken = true;  // changes are told from the states
  watch.open(Watch::Room::enough);
  watch.beat(Watch::Room::enough);
  watch.desk.inject({director::FaultKind::engine_ko, PointId{7}, 1h});
  watch.still.pass(5s);
  watch.beat(Watch::Room::late);
  for (int i = 1; i < kBeatsUntilLost; ++i) watch.beat(Watch::Room::enough);
  EXPECT_EQ(watch.faults, 0);
  watch.beat(Watch::Room::late);
  EXPECT_EQ(watch.late.size(), 2U) << "both saw the same change";
  watch.catch_up();
  EXPECT_EQ(watch.faults, 1);
  EXPECT_EQ(watch.states.get(7), StateCode::faulted);
}

TEST(FeedAsks, ForNoMoreThanAThousandChangesOfALookAndSaysSo) {
  constexpr std::uint32_t kPoints = 1'100;
  Watch watch{kPoints};
  watch.is_broken = true;  // changes are told from the states
  watch.open(Watch::Room::enough);
  for (std::uint32_t i = 0; i < kPoints; ++i)
    watch.desk.inject({director::FaultKind::engine_ko, PointId{i}, 1h});
  watch.still.pass(5s);
  EXPECT_EQ(watch.missed, 0);
  watch.beat(Watch::Room::enough);
  watch.beat(Watch::Room::enough);
  EXPECT_EQ(watch.faults, 1);
  EXPECT_EQ(watch.missed, 1) << "there were more";
}

TEST(FeedAsks, NobodyToWaitForALookWhereALateOneIsAllThereIs) {
  Watch watch;
  watch.open(Watch::Room::enough);
  watch.beat(Watch::Room::enough);
  watch.beat(Watch::Room::late);
  watch.catch_up();
  EXPECT_EQ(watch.held, 2U);
}

TEST(FeedAsks, OnceMoreForHowItEnded) {
  Watch watch;
  watch.open(Watch::Room::enough);
  watch.desk.inject({director::FaultKind::engine_ko, PointId{7}, 1h});
  watch.still.pass(5s);
  EXPECT_EQ(watch.held, 1U);
  watch.end(Watch::Room::enough);
  EXPECT_FALSE(watch.is_over) << "the journal may not have all yet";
  watch.beat(Watch::Room::enough);
  EXPECT_TRUE(watch.is_over);
  EXPECT_EQ(watch.states.get(7), StateCode::faulted);
  EXPECT_EQ(watch.faults, 1) << "what has happened since the last beat is told as well";
}

TEST(FeedAsks, NoJournalThatIsBrokenForHowItEnded) {
  Watch watch;
  watch.is_broken = true;
  watch.open(Watch::Room::enough);
  watch.desk.inject({director::FaultKind::engine_ko, PointId{7}, 1h});
  watch.still.pass(5s);
  watch.end(Watch::Room::enough);
  EXPECT_TRUE(watch.is_over);
  EXPECT_EQ(watch.states.get(7), StateCode::faulted);
  EXPECT_EQ(watch.faults, 1);
}

TEST(FeedAsks, NotForLongForHowItEnded) {
  Watch watch;
  watch.open(Watch::Room::enough);
  watch.end(Watch::Room::late);
  EXPECT_FALSE(watch.is_over) << "it may be answered";
  watch.beat(Watch::Room::enough);
  EXPECT_FALSE(watch.is_over);
  watch.beat(Watch::Room::enough);
  EXPECT_TRUE(watch.is_over);
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
  EXPECT_TRUE(owed.settle(held));
  held.reset();
  EXPECT_FALSE(owed.is_lost(43)) << "it was answered";
}

TEST(Owed, TakesNoAnswerAfterThatToALaterQuestion) {
  Owed owed;
  const auto first = owed.ask(1);
  const auto second = owed.ask(41);
  EXPECT_TRUE(owed.settle(first)) << "late, but the newest that there is";
  EXPECT_TRUE(owed.is_awaited(42)) << "the other one is still to come";
  EXPECT_TRUE(owed.settle(second));
  EXPECT_FALSE(owed.is_awaited(42));
  EXPECT_FALSE(owed.settle(first));
  EXPECT_FALSE(owed.settle(second)) << "once is enough";
  const auto third = owed.ask(43);
  owed.forget();
  EXPECT_FALSE(owed.settle(third)) << "it is not wanted any more";
}

}  // namespace
}  // namespace chargemill::app::dashboard
