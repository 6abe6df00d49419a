// What was slowest is known by name, and is what the histograms say.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "actors/shell/label.hpp"
#include "tests/simulation/any_scenario.hpp"
#include "tests/simulation/api_office.hpp"
#include "tests/simulation/virtual_network.hpp"

namespace chargemill::test {
namespace {

using namespace std::chrono_literals;
using network::Latency;
using nlohmann::json;

const std::vector<network::Slow>& of(const network::Slowest& slowest, Latency latency) {
  return slowest[static_cast<std::size_t>(latency)];
}

/// Slowest first; the slowest is the histogram's. The runs are shorter than a window.
void expect_true(const std::vector<network::Slow>& slowest,
                 const runtime::LatencyHistogram& histogram) {
  const auto most = std::min<std::uint64_t>(histogram.count(), network::kSlowestMax);
  EXPECT_LE(slowest.size(), most);
  EXPECT_EQ(slowest.empty(), histogram.max() == Nanos{0}) << "what took no time is not listed";
  if (slowest.empty()) return;
  EXPECT_EQ(slowest.front().lasted, histogram.max());
  EXPECT_TRUE(std::is_sorted(slowest.begin(), slowest.end(),
                             [](const auto& a, const auto& b) { return a.lasted > b.lasted; }));
}

TEST(Slowest, AreThoseOfTheHistogramsAndHaveNames) {  // user-experience 5.3
  std::size_t decisions = 0;
  std::size_t detections = 0;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    VirtualNetwork network{any_scenario(seed), 1 + static_cast<unsigned>(seed % 2)};
    (void)network.finish();
    const auto slowest = network.network().slowest();
    const auto latencies = network.network().count().latencies;
    expect_true(of(slowest, Latency::request_decision), latencies.request_decision);
    expect_true(of(slowest, Latency::session_start), latencies.session_start);
    expect_true(of(slowest, Latency::fault_detection), latencies.fault_detection);
    for (const auto& one : of(slowest, Latency::request_decision)) {
      EXPECT_NE(one.whom.driver, kNobody);
      EXPECT_EQ(index_of(one.whom.request) >> 32U, index_of(one.whom.driver));
      EXPECT_LE(one.at, network.network().stands_at());
    }
    for (const auto& one : of(slowest, Latency::session_start)) {
      EXPECT_NE(one.whom.session, SessionId::none);
      EXPECT_NE(one.whom.point, kUnknownPoint);
    }
    for (const auto& one : of(slowest, Latency::fault_detection))
      EXPECT_NE(one.whom.point, kUnknownPoint);
    decisions += of(slowest, Latency::request_decision).size();
    detections += of(slowest, Latency::fault_detection).size();
  }
  EXPECT_GT(decisions, 30U);
  EXPECT_GT(detections, 0U);
}

TEST(Slowest, OfSeveralNodesAreTheSlowestOfAll) {
  network::Detail all;
  network::Detail other;
  const auto fill = [](network::Detail& to, int from) {
    for (int i = 0; i < 16; ++i) to.slowest[0].push_back({Nanos{from - 2 * i}, SimTime{}, {}, 0});
  };
  fill(all, 100);
  fill(other, 99);
  add(all, other);
  ASSERT_EQ(all.slowest[0].size(), network::kSlowestMax);
  for (std::size_t i = 0; i < network::kSlowestMax; ++i)
    EXPECT_EQ(all.slowest[0][i].lasted, Nanos{100 - static_cast<int>(i)});
}

TEST(Slowest, ALabelIsReadAsItWasWrittenAndNothingElseIsOne) {
  for (const auto kind : {ActorKind::charge_point, ActorKind::shard, ActorKind::director}) {
    const auto label = label_from(to_word({kind, 0xFFFF'FFFF}));
    ASSERT_TRUE(label);
    EXPECT_EQ(label->kind, kind);
    EXPECT_EQ(label->index, 0xFFFF'FFFF);
  }
  EXPECT_FALSE(label_from(0));
  EXPECT_FALSE(label_from(to_word({static_cast<ActorKind>(7), 0})));
  EXPECT_FALSE(label_from(to_word({ActorKind::driver, 0}) << 1U));
}

TEST(Slowest, AreAskedByMetricAndSayWhomTheyWereAbout) {  // user-experience 5.3
  ApiOffice office{2, {{"CP-001"}}};
  EXPECT_EQ(office.get("/api/v1/slowest")["slowest"], json::array()) << "time stands still here";
  const auto& board = office.network().switchboard();
  const SimTime now{3s};
  board.instruments[0]->detected(SimTime{}, 6s, now,
                                 {RequestId::none, SessionId::none, kNobody, PointId{1}});
  board.instruments[1]->detected(SimTime{}, 7s, now, {});
  board.instruments[1]->decided(
      SimTime{}, 250ms, now,
      {driver::request_id(DriverId{0}, 1), SessionId::none, DriverId{0}, PointId{0}});

  const auto all = office.get("/api/v1/slowest");
  EXPECT_EQ(all["clock"], "wall");
  ASSERT_EQ(all["slowest"].size(), 3U);
  EXPECT_EQ(all["slowest"][0]["metric"], "request_decision");
  EXPECT_EQ(all["slowest"][0]["seconds"], 0.25);
  EXPECT_EQ(all["slowest"][0]["cp_id"], "CP-001");
  EXPECT_TRUE(all["slowest"][0]["driver_id"].is_string());
  EXPECT_TRUE(all["slowest"][0]["request_id"].is_string());
  EXPECT_TRUE(all["slowest"][0]["session_id"].is_null());

  for (const char* name : {"fault_detection", "chargemill_fault_detection_seconds"}) {
    const auto rows = office.get("/api/v1/slowest?metric=" + std::string{name})["slowest"];
    ASSERT_EQ(rows.size(), 2U) << name;
    EXPECT_EQ(rows[0]["seconds"], 7.0);
    EXPECT_TRUE(rows[0]["cp_id"].is_null()) << "nobody knows";
    EXPECT_EQ(rows[1]["cp_id"], "CP-002");
    EXPECT_EQ(rows[1]["zone"], "Z01");
  }
  EXPECT_EQ(office.get("/api/v1/slowest?limit=1")["slowest"].size(), 2U) << "of each";
  const auto wrong = office.ask("GET", "/api/v1/slowest?metric=p99");
  EXPECT_EQ(wrong.status, 400U);
  EXPECT_THAT(wrong.body, testing::HasSubstr("tick_lateness"));
}

}  // namespace
}  // namespace chargemill::test
