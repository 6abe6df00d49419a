// What the API says of the past beside its rows. The past is told by hand.
#include <gtest/gtest.h>

#include <memory>
#include <optional>

#include "app/api/route.hpp"
#include "app/history/history_times.hpp"
#include "tests/actors/archive/told.hpp"
#include "tests/support/still_engine.hpp"

namespace chargemill::app::api {
namespace {

using namespace std::chrono_literals;
using archive::History;

/// A run of few charge points, of which somebody asks.
class Door {
 public:
  explicit Door(History& past) {
    world_.read_past = [&past](const WithPast& use) {
      use(&past);
      return true;
    };
  }
  nlohmann::ordered_json get(const char* path, const Arguments& query) {
    const auto found = match("GET", {"api", "v1", path});
    std::optional<runtime::HttpResponse> answer;
    const auto hear = [&](runtime::HttpResponse said) { answer = std::move(said); };
    const auto call =
        std::make_shared<Call>(Call{world_, *found.route, {}, {}, {}, {}, query, {}, {}, {}, hear});
    found.route->handle(call);
    return nlohmann::ordered_json::parse(answer.value().body);
  }

 private:
  static network::Scenario scenario() {
    network::Scenario s;
    s.network.charge_points = 2;
    s.central.shards = 1;
    return s;
  }

  network::Scenario scenario_ = scenario();
  test::StillEngine still_;
  network::Network network_{scenario_, still_.engine};
  network::Desk desk_{network_, still_.engine};
  Directory names_{network_.topology()};
  World world_{desk_, scenario_, names_, [](const Task&) { return true; }};
};

// Whoever reads rows has to know that there may be others.
TEST(ApiHistory, SaysHowFarItLookedForWhatIsRare) {
  archive::Told told;
  told.start(1s, archive::kFirst);  // it is open
  for (unsigned i = 1; i <= 500; ++i) {
    const SessionId session{index_of(archive::kFirst) + i};
    told.start(i * 10s, session);
    told.end(i * 10s + 5s, session, 100);
  }
  auto past = told.history();
  past.set_patience(3'000);
  Door door{past};
  Arguments active;
  active.set("status", std::string{"ACTIVE"});
  const auto answer = door.get("sessions", active);
  EXPECT_TRUE(answer["sessions"].empty());
  ASSERT_TRUE(answer.contains("looked_back_to"));
  const auto reached = parse_time(answer["looked_back_to"].get<std::string>(), {});
  ASSERT_TRUE(reached);
  EXPECT_EQ(*reached, past.looked_back_to());
  active.set("until", reached->count());
  EXPECT_NE(door.get("sessions", active)["looked_back_to"], answer["looked_back_to"]);
  EXPECT_FALSE(door.get("sessions", {}).contains("looked_back_to")) << "of those there are enough";
  Arguments whose;
  whose.set("cp", std::string{"CP-001"});
  EXPECT_FALSE(door.get("meter", whose).contains("looked_back_to"));
}

}  // namespace
}  // namespace chargemill::app::api
