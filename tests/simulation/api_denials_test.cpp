// Who was denied, and why: for drivers and for operators (D-052, D-199).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/simulation/api_office.hpp"
#include "tests/simulation/virtual_network.hpp"

namespace chargemill::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

/// CP-001 in Z01, CP-002 in Z02. Alice charges at CP-001 first, bob comes too late.
network::Scenario scenario() {
  auto result = StillNetwork::scenario(2, {{"CP-001"}, {}, {}});
  result.network.points[1].zone = ZoneId{1};
  return result;
}

struct Denials : ApiOffice {
  Denials() : ApiOffice(scenario()) {
    pass(1s);
    ask_for("driver-1", {{"cp_id", "CP-001"}});
  }
  void ask_for(const std::string& driver, const json& what) {
    post("/api/v1/drivers/" + driver + "/requests", what, 202);
    pass(1s);
  }
  json rows(const std::string& query = {}) { return get("/api/v1/denials" + query)["denials"]; }
};

TEST(Denials, AreListedWithTheReasonThatTheDriverHeard) {
  Denials api;
  const json rows = api.rows();
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0]["driver_id"], "driver-1");
  EXPECT_EQ(rows[0]["cp_id"], "CP-001");
  EXPECT_EQ(rows[0]["zone"], "Z01");
  EXPECT_EQ(rows[0]["status"], "denied");
  EXPECT_EQ(rows[0]["reason"], "Charging point not available (state: SUPPLYING)");
  EXPECT_TRUE(rows[0]["request_id"].is_string());
  EXPECT_TRUE(rows[0]["ts"].is_string());
}
TEST(Denials, OfAZoneInWhichNothingWasFreeAreCentralsOwn) {
  Denials api;
  api.ask_for("driver-2", {{"zone", "Z01"}});
  const json rows = api.rows("?driver=driver-2");
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0]["cp_id"], nullptr) << "any would have done";
  EXPECT_EQ(rows[0]["zone"], "Z01");
  EXPECT_EQ(rows[0]["reason"], "No charging point available in this zone");
}
TEST(Denials, AreFilteredAndTheNewestComeFirst) {
  Denials api;
  (void)api.post("/api/v1/charge-points/CP-002/stop", nullptr);
  api.pass(1s);
  api.ask_for("driver-2", {{"cp_id", "CP-002"}});
  const json all = api.rows();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0]["cp_id"], "CP-002");
  EXPECT_EQ(all[0]["reason"], "Charging point not available (state: STOPPED)");
  EXPECT_EQ(api.rows("?limit=1"), json::array({all[0]}));
  EXPECT_EQ(api.rows("?zone=Z01"), json::array({all[1]}));
  EXPECT_EQ(api.rows("?cp=CP-002"), json::array({all[0]}));
  EXPECT_EQ(api.rows("?driver=driver-0"), json::array());
}
TEST(Denials, AreAmongTheRequestsOfTheirDriver) {
  Denials api;
  json mine = api.get("/api/v1/drivers/driver-1/requests")["requests"];
  ASSERT_EQ(mine.size(), 1U) << "asked here and denied: one request";
  EXPECT_EQ(mine[0]["status"], "denied");
  mine = api.get("/api/v1/drivers/driver-0/requests")["requests"];
  ASSERT_EQ(mine.size(), 1U) << "of its own list, and open";
  EXPECT_EQ(mine[0]["status"], "in_progress");
  EXPECT_EQ(mine[0]["cp_id"], "CP-001");
  EXPECT_GT(mine[0]["kwh"].get<double>(), 0.0);
}
TEST(Denials, OfALoadAreListedInVirtualTimeToo) {
  network::Scenario busy;
  busy.network.charge_points = 40;
  busy.network.zones = 4;
  busy.central.shards = 3;
  busy.drivers.count = 400;
  busy.drivers.sessions_per_cp_per_day = 2'000;
  busy.drivers.choose = network::Choice::any_in_zone;
  busy.run.duration = 1h;
  VirtualNetwork net{busy, 2};
  network::Desk desk{net.network(), net.engine()};
  app::Directory names{net.network().topology()};
  std::deque<app::api::Task> tasks;
  app::api::World world{desk, busy, names, [&](app::api::Task task) {
                          tasks.push_back(std::move(task));
                          return true;
                        }};
  net.run_until(SimTime{30min});
  std::optional<runtime::HttpResponse> answer;
  app::api::answer(world, {"GET", "/api/v1/denials?limit=10000", {}, {}},
                   [&](runtime::HttpResponse response) { answer = std::move(response); });
  desk.serve();
  ASSERT_EQ(tasks.size(), 1U);
  tasks.front()();
  ASSERT_TRUE(answer);
  const json rows = json::parse(answer->body)["denials"];
  EXPECT_GT(rows.size(), 10U);
  EXPECT_LE(rows.size(), net.network().count().totals.requests_denied);
  for (std::size_t i = 1; i < rows.size(); ++i) EXPECT_GE(rows[i - 1]["ts"], rows[i]["ts"]);
}

}  // namespace
}  // namespace chargemill::test
