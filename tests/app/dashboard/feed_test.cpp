// The dashboard's WebSocket of a running network, through real sockets. Time moves by hand.
#include "app/dashboard/feed.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "app/doors/doors.hpp"
#include "bench/support/web_socket_client.hpp"
#include "runtime/net/endpoint.hpp"
#include "tests/simulation/virtual_network.hpp"
#include "tests/support/still_engine.hpp"

namespace chargemill::app::dashboard {
namespace {

using namespace std::chrono_literals;
using bench::WebSocketClient;
using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

constexpr auto kPatience = 60s;
const std::string kOffer = "Sec-WebSocket-Protocol: chargemill.v1\r\n";

network::Scenario of(std::uint32_t points) {
  network::Scenario s;
  s.network.charge_points = points;
  s.network.zones = 3;
  s.central.shards = 4;
  s.run.duration = 1h;
  return s;
}

/// Real actors, hand-moved time, an open door.
struct Station {
  explicit Station(std::uint32_t points, const std::filesystem::path& journal = {})
      : scenario(of(points)),
        still(2),
        network(scenario, still.engine),
        desk(network, still.engine) {
    DoorsSettings settings;
    settings.tcp.listen = kDoorOff;
    settings.http.listen = "127.0.0.1:0";
    settings.http.is_chosen = true;
    settings.http.connections = 100;
    doors = std::move(*Doors::bind(settings));
    port = runtime::parse_endpoint(doors->addresses().front().at)->port;
    open = doors->open({desk, scenario, journal});
    network.start();
    still.pass(3s);
  }

  const network::Scenario scenario;
  test::StillEngine still;
  network::Network network;
  network::Desk desk;
  std::unique_ptr<Doors> doors;
  std::shared_ptr<void> open;
  std::uint16_t port = 0;
};

/// A tab of the dashboard.
struct Tab {
  explicit Tab(Station& at)
      : station(at), client(at.port), states(at.scenario.network.charge_points) {
    head = client.shake_hands("/ws", kOffer);
  }
  /// Hears messages, while the actors work, until `is_it` holds; false: it never did.
  template <class F>
  bool hear_until(F is_it) {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (!is_it()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      station.still.settle();
      if (!client.has_bytes()) continue;
      const auto frame = client.next();
      if (!frame) return false;
      if (frame->opcode == WebSocketClient::binary) {
        if (first.empty()) first = "states";
        const auto applied = apply_frame(frame->payload, held, states);
        EXPECT_TRUE(applied || may_miss);
        if (!applied && !may_miss) return false;
        if (!applied) continue;
        held = applied->number;
        client.send(WebSocketClient::binary, to_bytes({Said::Kind::taken, held}));
      } else if (frame->opcode == WebSocketClient::text) {
        auto message = json::parse(frame->payload);
        const std::string type = message["type"];
        if (first.empty()) first = type;
        if (type == "faults") {
          for (auto& row : message["rows"]) faults.push_back(row);
        }
        last[type] = std::move(message);
      } else if (frame->opcode == WebSocketClient::close) {
        is_closed = true;
      }
    }
    return true;
  }

  Station& station;
  WebSocketClient client;
  std::string head;
  PackedStates states;
  std::uint32_t held = 0;
  std::string first;  ///< what was said first
  bool may_miss = false;
  std::map<std::string, json> last;
  std::vector<json> faults;
  bool is_closed = false;
};

TEST(Feed, TellsANewTabWhatThereIsAndThenWhatChanges) {
  Station station{50};
  Tab tab{station};
  EXPECT_THAT(tab.head, StartsWith("HTTP/1.1 101 "));
  EXPECT_THAT(tab.head, HasSubstr(kOffer));
  ASSERT_TRUE(tab.hear_until([&] { return tab.held > 0 && tab.last.count("pulse") > 0; }));
  const json& hello = tab.last.at("hello");
  EXPECT_EQ(hello["points"], 50);
  EXPECT_EQ(hello["may_act"], false);
  EXPECT_EQ(hello["has_journal"], false);
  for (std::uint32_t i = 0; i < 50; ++i) ASSERT_EQ(tab.states.get(i), StateCode::available) << i;
  EXPECT_EQ(tab.last.at("pulse")["states"], json({50, 0, 0, 0, 0, 0}));

  station.desk.inject({director::FaultKind::engine_ko, PointId{7}, 1h});
  station.still.pass(5s);
  ASSERT_TRUE(tab.hear_until([&] { return tab.states.get(7) == StateCode::faulted; }));
  ASSERT_TRUE(tab.hear_until([&] { return !tab.faults.empty(); }));
  EXPECT_EQ(tab.faults.front()["cp_id"], "CP-000008");
  EXPECT_EQ(tab.faults.front()["event_type"], "FAULT");
  ASSERT_TRUE(tab.hear_until([&] { return tab.last.at("pulse")["faults"]["raised"] == 1; }));
}

TEST(Feed, WhoJoinsWhileATabIsOpenIsShownToIt) {  // G6
  Station station{50};
  Tab tab{station};
  ASSERT_TRUE(tab.hear_until([&] { return tab.held > 0; }));
  network::PointSpec newcomer;
  newcomer.id = "CP-NEW";
  ASSERT_TRUE(station.desk.add(newcomer));
  station.still.pass(3s);
  ASSERT_TRUE(tab.hear_until(
      [&] { return tab.states.size() == 51 && tab.states.get(50) == StateCode::available; }));
  station.desk.inject({director::FaultKind::engine_ko, PointId{50}, 1h});
  station.still.pass(5s);
  ASSERT_TRUE(tab.hear_until([&] { return tab.states.get(50) == StateCode::faulted; }));
  ASSERT_TRUE(tab.hear_until([&] { return !tab.faults.empty(); }));
  EXPECT_EQ(tab.faults.front()["cp_id"], "CP-NEW");
  Tab later{station};
  ASSERT_TRUE(later.hear_until([&] { return later.held > 0; }));
  EXPECT_EQ(later.last.at("hello")["points"], 51);
}

TEST(Feed, GreetsEveryTabBeforeItTellsItAnythingElse) {
  // A journal is asked first, here in vain; states may be there before its answer is.
  Station station{50, "/nowhere/journal"};
  for (int i = 0; i < 4; ++i) {
    Tab tab{station};
    ASSERT_TRUE(tab.hear_until([&] { return tab.held > 0 && tab.last.count("pulse") > 0; })) << i;
    EXPECT_EQ(tab.first, "hello") << i;
    EXPECT_EQ(tab.last.at("hello")["has_journal"], false);
  }
}

TEST(Feed, TellsFaultsFromTheStatesWhenItsJournalDoesNotAnswer) {
  Station station{50, "/nowhere/journal"};
  Tab tab{station};
  ASSERT_TRUE(tab.hear_until([&] { return tab.held > 1; }));
  station.desk.inject({director::FaultKind::engine_ko, PointId{7}, 1h});
  station.still.pass(5s);
  ASSERT_TRUE(tab.hear_until([&] { return !tab.faults.empty(); }));
  EXPECT_EQ(tab.faults.front()["cp_id"], "CP-000008");
  EXPECT_EQ(tab.faults.front()["event_type"], "FAULT");
  EXPECT_TRUE(tab.faults.front()["id"].is_null());
}

std::uint64_t messages_of(const Station& station) {
  return station.network.look().totals.messages_delivered;
}

/// Waits for the beat that notices that all tabs have gone: from then on nothing moves in a network
/// at rest. False: somebody still looks.
bool comes_to_rest(Station& station) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  auto last = messages_of(station);
  for (int quiet = 0; quiet < 3;) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    const auto until = std::chrono::steady_clock::now() + 2 * Feed::kBeat;
    while (std::chrono::steady_clock::now() < until) station.still.settle();
    quiet = messages_of(station) == last ? quiet + 1 : 0;
    last = messages_of(station);
  }
  return true;
}

TEST(Feed, LooksAtNobodyWhileNobodyWatches) {
  Station station{50};
  station.still.settle();
  const auto before = messages_of(station);
  {
    Tab tab{station};
    ASSERT_TRUE(tab.hear_until([&] { return tab.held >= 2; }));
  }
  EXPECT_GT(messages_of(station), before);
  EXPECT_TRUE(comes_to_rest(station)) << "somebody still looks";
}

TEST(Feed, WhoComesAfterNobodyWatchedIsShownWhatIsAndNotWhatWas) {
  Station station{50};
  {
    Tab tab{station};
    ASSERT_TRUE(tab.hear_until([&] { return tab.held >= 2; }));
  }
  ASSERT_TRUE(comes_to_rest(station));
  station.desk.inject({director::FaultKind::engine_ko, PointId{7}, 1h});
  station.still.pass(5s);
  Tab later{station};
  ASSERT_TRUE(later.hear_until([&] { return later.held > 0; }));
  EXPECT_EQ(later.states.get(7), StateCode::faulted);
}

TEST(Feed, ManyTabsSeeTheSame) {
  Station station{301};
  std::vector<std::unique_ptr<Tab>> tabs;
  tabs.reserve(10);
  for (int i = 0; i < 10; ++i) tabs.push_back(std::make_unique<Tab>(station));
  station.desk.inject({director::FaultKind::engine_ko, PointId{300}, 1h});
  station.still.pass(5s);
  for (auto& tab : tabs)
    ASSERT_TRUE(tab->hear_until([&] { return tab->states.get(300) == StateCode::faulted; }));
  for (auto& tab : tabs) EXPECT_EQ(tab->states.bytes(), tabs.front()->states.bytes());
}

TEST(Feed, AKeyframeIsGivenToWhoeverHasLostTheirs) {
  Station station{20};
  Tab tab{station};
  ASSERT_TRUE(tab.hear_until([&] { return tab.held >= 2; }));
  tab.held = 0;
  tab.states = PackedStates{20};
  tab.client.send(WebSocketClient::binary, to_bytes({Said::Kind::lost, 0}));
  tab.may_miss = true;  // a difference that was under way is of no use to it any more
  ASSERT_TRUE(tab.hear_until([&] { return tab.held > 0; }));
  EXPECT_EQ(tab.states.get(3), StateCode::available);
}

TEST(Feed, WhoSpeaksAnotherProtocolOrNonsenseIsRefused) {
  Station station{5};
  WebSocketClient other{station.port};
  EXPECT_THAT(other.shake_hands("/ws", "Sec-WebSocket-Protocol: v9\r\n"),
              StartsWith("HTTP/1.1 400 "));
  WebSocketClient stranger{station.port};
  EXPECT_THAT(stranger.shake_hands("/ws", kOffer + "Origin: http://evil.example\r\n"),
              StartsWith("HTTP/1.1 403 "));
  Tab tab{station};
  tab.client.send(WebSocketClient::binary, "nonsense");
  EXPECT_TRUE(tab.hear_until([&] { return tab.is_closed; }));
}

TEST(Feed, WhoFindsNoRoomIsToldSoInWordsAndMayComeAgain) {
  Station station{5};
  std::vector<std::unique_ptr<Tab>> tabs;
  for (int i = 0; i < Feed::kWatchersMax; ++i) tabs.push_back(std::make_unique<Tab>(station));
  {
    Tab late{station};
    EXPECT_THAT(late.head, StartsWith("HTTP/1.1 101 "));
    // A page says at once whether it wants states; that is no reason to hear less.
    late.client.send(WebSocketClient::binary, to_bytes({Said::Kind::paused, 0}));
    ASSERT_TRUE(late.hear_until([&] { return late.is_closed; }));
    EXPECT_EQ(late.first, "full");
    EXPECT_EQ(late.last.at("full")["watchers"], 64);
    EXPECT_EQ(late.last.size(), 1U) << "and nothing else";
    EXPECT_EQ(late.held, 0U);
  }
  tabs.pop_back();
  std::string first;
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (first != "hello" && std::chrono::steady_clock::now() < deadline) {
    Tab again{station};
    ASSERT_TRUE(again.hear_until([&] { return !again.first.empty(); }));
    first = again.first;
  }
  EXPECT_EQ(first, "hello") << "there is room again, once the server knows that one has gone";
}

TEST(Feed, SaysThatTheRunIsOverAndClosesInTime) {
  Station station{5};
  Tab tab{station};
  ASSERT_TRUE(tab.hear_until([&] { return tab.held > 0; }));
  std::thread closing{[&] { station.open.reset(); }};
  EXPECT_TRUE(tab.hear_until([&] { return tab.is_closed; }));
  EXPECT_EQ(tab.last.at("end")["reason"], "duration");
  tab.client.send(WebSocketClient::close, "\x03\xE9");
  closing.join();
}

}  // namespace
}  // namespace chargemill::app::dashboard
