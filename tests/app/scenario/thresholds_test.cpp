#include "app/scenario/thresholds.hpp"

#include <gtest/gtest.h>

#include "tests/support/sample_summary.hpp"

namespace chargemill::app {
namespace {

nlohmann::json summary() {
  return {{"latency_ms",
           {{"request_decision", {{"count", 10}, {"p50", 3.0}, {"p99", 49.5}}},
            {"session_start", {{"count", 0}, {"p99", 0.0}}}}},
          {"requests", {{"sent", 100}, {"denied_ratio", 0.2}}}};
}

/// Each number of a summary can be that of a threshold.
void expect_a_name_for_each_number(const nlohmann::json& summary) {
  const auto& names = threshold_names();
  const auto flat = summary.flatten();
  for (const auto& [pointer, value] : flat.items()) {
    const bool is_of_result = pointer.rfind("/thresholds/", 0) == 0;
    if (!value.is_number() || is_of_result) continue;
    const bool is_known = std::any_of(names.begin(), names.end(), [&](const std::string& name) {
      return parse_threshold(name + (name.find(':') == std::string::npos ? " < 1" : " < 1s"))
                     .value_or(Threshold{})
                     .pointer == pointer ||
             parse_threshold(name + " < 1").value_or(Threshold{}).pointer == pointer;
    });
    EXPECT_TRUE(is_known) << pointer;
  }
}

bool holds(const char* expr) { return evaluate(parse_threshold(expr).value(), summary()).ok; }

TEST(Thresholds, CompareLatenciesInMilliseconds) {
  EXPECT_TRUE(holds("request_decision:p99 < 50ms"));
  EXPECT_FALSE(holds("request_decision:p99 < 49500us"));
  EXPECT_TRUE(holds("request_decision:p99 <= 49.5ms"));
  EXPECT_TRUE(holds("request_decision:p99<1s"));
  EXPECT_TRUE(holds("request_decision:count >= 10"));
}

TEST(Thresholds, CompareNumbersOfTheSummary) {
  EXPECT_TRUE(holds("requests.denied_ratio <= 0.2"));
  EXPECT_FALSE(holds("requests.denied_ratio < 0.2"));
  EXPECT_TRUE(holds("requests.denied_ratio > 0.1"));
  EXPECT_TRUE(holds("  requests.sent   ==  100 "));
  EXPECT_TRUE(holds("requests.sent >= 1e2"));
}

TEST(Thresholds, APercentileOfNothingIsNotMet) {
  const auto result = evaluate(parse_threshold("session_start:p99 < 1s").value(), summary());
  EXPECT_FALSE(result.ok);
  EXPECT_FALSE(result.known);
  EXPECT_TRUE(holds("session_start:count == 0"));
  EXPECT_FALSE(holds("faults.raised < 5")) << "the summary lacks it";
}

TEST(Thresholds, MistakesAreExplained) {
  const auto hint = [](const char* expr) {
    const auto parsed = parse_threshold(expr);
    return parsed ? "none" : parsed.error().text + '|' + parsed.error().hint;
  };
  EXPECT_EQ(hint("request_decison:p99 < 50ms"),
            "unknown threshold 'request_decison:p99'|did you mean 'request_decision:p99'?");
  EXPECT_EQ(hint("request_decision:p99 < 50"), "'50' is no duration|a unit is missing: 50ms");
  EXPECT_EQ(hint("requests.sent < 50ms"), "'50ms' is no number|");
  EXPECT_EQ(hint("requests.denied_ratio < 20%"), "'20%' is no number|as a ratio: 0.2");
  EXPECT_EQ(hint("requests.sent != 5"), "unknown comparison '!='|one of < <= > >= ==");
  EXPECT_EQ(hint("requests.sent"),
            "threshold 'requests.sent' compares nothing|like request_decision:p99 < 50ms");
  EXPECT_EQ(hint("faults.raised > "),
            "threshold 'faults.raised >' has no limit|like faults.raised > 100");
  EXPECT_EQ(hint("request_decision:p99 <"),
            "threshold 'request_decision:p99 <' has no limit|like request_decision:p99 < 50ms");
  EXPECT_EQ(hint(""), "threshold '' compares nothing|like request_decision:p99 < 50ms");
}

TEST(Thresholds, NamesAreThoseOfTheSummary) {
  const auto hint = [](const char* expr) { return parse_threshold(expr).error().hint; };
  EXPECT_EQ(hint("journal.record > 1"), "did you mean 'journal.records'?");
  EXPECT_EQ(hint("journal.commit_ms.p99 < 5ms"), "did you mean 'journal.commit_ms:p99'?");
  EXPECT_EQ(hint("latency_ms.request_decision.p99 < 5ms"), "did you mean 'request_decision:p99'?");
  expect_a_name_for_each_number(tests::sample_summary());
}

TEST(Thresholds, NodesAndALinkToACentralElsewhereHaveNamesToo) {
  RunOutcome outcome;
  outcome.stop_reason = "duration";
  outcome.last.wall = std::chrono::seconds{1};
  outcome.last.latencies.node_transit.record(std::chrono::milliseconds{3}, 1);
  outcome.link.emplace();
  outcome.link->connections = 4;
  outcome.link->round_trip.record(std::chrono::milliseconds{2}, 1);
  const nlohmann::json summary = make_summary(network::Scenario{}, outcome, Verdict{});
  expect_a_name_for_each_number(summary);
  EXPECT_TRUE(evaluate(*parse_threshold("node_transit:p99 < 4ms"), summary).ok);
  EXPECT_FALSE(evaluate(*parse_threshold("node_transit:p99 < 2ms"), summary).ok);
  EXPECT_TRUE(evaluate(*parse_threshold("link.round_trip_ms:max < 3ms"), summary).ok);
  EXPECT_TRUE(evaluate(*parse_threshold("link.connections == 4"), summary).ok);
  EXPECT_TRUE(evaluate(*parse_threshold("link.lost == 0"), summary).ok);
  const nlohmann::json here = tests::sample_summary();
  EXPECT_FALSE(evaluate(*parse_threshold("link.lost == 0"), here).known) << "central is here";
}

TEST(Thresholds, ThoseOfTheJournalAreEvaluated) {
  const nlohmann::json summary = {
      {"journal", {{"records", 7}, {"commit_ms", {{"count", 2}, {"p99", 4.5}}}}}};
  EXPECT_TRUE(evaluate(*parse_threshold("journal.records == 7"), summary).ok);
  EXPECT_TRUE(evaluate(*parse_threshold("journal.commit_ms:p99 < 5ms"), summary).ok);
  EXPECT_FALSE(evaluate(*parse_threshold("journal.commit_ms:p99 < 4ms"), summary).ok);
}

TEST(Thresholds, KnowWhichOfThemPartOfARunCannotMeet) {
  const auto asks = [](const char* expr) { return asks_for_a_least_count(*parse_threshold(expr)); };
  EXPECT_TRUE(asks("faults.raised > 100"));
  EXPECT_TRUE(asks("requests.sent == 5"));
  EXPECT_TRUE(asks("session_start:count >= 1"));
  EXPECT_FALSE(asks("requests.timed_out < 500")) << "a bound that holds for part of a run too";
  EXPECT_FALSE(asks("trips.shed == 0"));
  EXPECT_FALSE(asks("charge_points.supplying > 10")) << "a level, not a count";
  EXPECT_FALSE(asks("messages.per_s > 1000"));
  EXPECT_FALSE(asks("request_decision:p99 > 1ms"));
}

TEST(Thresholds, EveryNameParses) {
  for (const auto& name : threshold_names()) {
    const bool time =
        name.find(':') != std::string::npos && name.find(":count") == std::string::npos;
    EXPECT_TRUE(parse_threshold(name + (time ? " < 1s" : " < 1"))) << name;
  }
}

TEST(Thresholds, GoIntoTheSummaryInOrder) {
  const auto json = to_json(
      evaluate(std::vector<std::string>{"requests.sent > 1", "session_start:p50 < 1s"}, summary()));
  EXPECT_EQ(json.dump(), R"([{"expr":"requests.sent > 1","ok":true,"value":100.0},)"
                         R"({"expr":"session_start:p50 < 1s","ok":false,"value":null}])");
}

TEST(Threshold, OnTickLatenessHoldsInVirtualTimeWhereNothingIsLate) {
  nlohmann::json summary = {
      {"latency_ms", {{"clock", "wall"}, {"tick_lateness", {{"count", 0}, {"p99", 0.0}}}}}};
  const auto threshold = parse_threshold("tick_lateness:p99 < 20ms");
  ASSERT_TRUE(threshold);
  EXPECT_FALSE(evaluate(*threshold, summary).ok);
  summary["latency_ms"]["clock"] = "model";
  EXPECT_TRUE(evaluate(*threshold, summary).ok);
  EXPECT_FALSE(evaluate(*threshold, summary).known) << "and it does not pretend to have measured";
}

}  // namespace
}  // namespace chargemill::app
