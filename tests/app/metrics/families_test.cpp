// The metric set keeps its conventions and its budget (contract, section 5; D-206, D-207).
#include "app/metrics/families.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <regex>
#include <set>

#include "app/metrics/labels.hpp"
#include "runtime/exposition/prometheus_text.hpp"
#include "tests/support/promtool.hpp"
#include "tests/support/sample_sources.hpp"

namespace chargemill::app::metrics {
namespace {

using runtime::MetricFamily;
using runtime::MetricType;
using test::sample_sources;

const MetricFamily& family_of(const std::vector<MetricFamily>& all, const std::string& name) {
  for (const auto& family : all) {
    if (family.name == name) return family;
  }
  ADD_FAILURE() << "no " << name;
  static const MetricFamily none;
  return none;
}
double value_of(const std::vector<MetricFamily>& all, const std::string& name,
                const runtime::MetricLabels& labels) {
  for (const auto& series : family_of(all, name).series) {
    if (series.labels == labels) return series.value;
  }
  ADD_FAILURE() << "no such series of " << name;
  return -1;
}
bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}
/// Series as a scraper counts them: a histogram has one a bucket, and two more.
std::size_t scraped_series(const std::string& text) {
  std::size_t lines = 0;
  for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1)
    lines += text[at] == '#' ? 0 : 1;
  return lines;
}

TEST(Metrics, HaveNoLabelOutsideTheClosedListAndNoMoreValuesThanItAllows) {  // D-207
  std::map<std::string, std::set<std::string>> values;
  for (const auto& family : metric_families(sample_sources())) {
    for (const auto& series : family.series) {
      for (const auto& [label, value] : series.labels) {
        values[family.name + "." + label].insert(value);
        const auto* const rule =
            std::find_if(kLabelRules.begin(), kLabelRules.end(),
                         [&name = label](const LabelRule& r) { return r.name == name; });
        ASSERT_NE(rule, kLabelRules.end()) << family.name << " has the label " << label;
        EXPECT_LE(values[family.name + "." + label].size(), rule->values_max)
            << family.name << ", " << label;
        const bool is_info = family.name == "chargemill_build_info";
        EXPECT_EQ(is_info, label == kVersionLabel || label == kRevision) << family.name;
      }
    }
  }
}
TEST(Metrics, FitTheBudgetOfANodeWithEveryLabelAtItsLimit) {
  const auto families = metric_families(sample_sources());
  const auto text = runtime::prometheus_text(families);
  EXPECT_EQ(scraped_series(text), runtime::series_of(families));
  EXPECT_LE(scraped_series(text), kSeriesMax);
  EXPECT_LE(text.size(), kScrapeBytesMax);
  EXPECT_GT(scraped_series(text), kSeriesMax / 2) << "a sample that shows something";
}
TEST(Metrics, CountEachNodeByItsNameAndThoseBeyondTheLimitTogether) {
  const auto families = metric_families(sample_sources());
  const std::string name = "chargemill_messages_total";
  EXPECT_EQ(value_of(families, name, {{kNode, "node-3"}}), 123'456'789'012.0);
  EXPECT_EQ(value_of(families, name, {{kNode, kOther}}), 26 * 123'456'789'012.0);
  EXPECT_EQ(value_of(families, "chargemill_sim_time_seconds", {{kNode, kOther}}), 4.0)
      << "that of the one furthest behind";
  EXPECT_EQ(family_of(families, name).series.size(), kNodesNamed + 1);
}
TEST(Metrics, TellWhatWaitsByTheKindOfActor) {  // user-experience, section 5.2
  Sources s;
  s.facts.edges = default_edges();
  s.mailboxes[static_cast<std::size_t>(ActorKind::driver)] = {3, 5};
  s.mailboxes[network::kSupervisors] = {7, 11};
  const auto all = metric_families(s);
  for (const char* name : {"chargemill_mailbox_messages", "chargemill_mailbox_max_messages"})
    EXPECT_EQ(family_of(all, name).series.size(), network::kActorKinds) << name;
  EXPECT_EQ(value_of(all, "chargemill_mailbox_messages", {{kKind, "driver"}}), 3);
  EXPECT_EQ(value_of(all, "chargemill_mailbox_max_messages", {{kKind, "driver"}}), 5);
  EXPECT_EQ(value_of(all, "chargemill_mailbox_messages", {{kKind, "supervisor"}}), 7);
  EXPECT_EQ(value_of(all, "chargemill_mailbox_max_messages", {{kKind, "supervisor"}}), 11);
  EXPECT_EQ(value_of(all, "chargemill_mailbox_messages", {{kKind, "monitor"}}), 0);
}
TEST(Metrics, AreNamedByConvention) {
  const std::regex name{"(chargemill|process)(_[a-z][a-z0-9]*)+"};
  const std::regex derived{
      ".*_(kwh|wh|joule|watt|second|byte|ms|milliseconds|minutes|percent|kilobytes)(_total)?"};
  std::set<std::string> seen;
  for (const auto& family : metric_families(sample_sources())) {
    EXPECT_TRUE(std::regex_match(family.name, name)) << family.name;
    EXPECT_FALSE(std::regex_match(family.name, derived)) << family.name << ": a base unit, plural";
    EXPECT_EQ(family.type == MetricType::counter, ends_with(family.name, "_total")) << family.name;
    if (family.type == MetricType::histogram) {
      EXPECT_TRUE(ends_with(family.name, "_seconds")) << family.name;
    }
    EXPECT_TRUE(seen.insert(family.name).second) << family.name << " twice";
    EXPECT_GT(family.help.size(), 1U) << family.name;
    const char last = family.help.empty() ? '\0' : family.help.back();
    EXPECT_EQ(last, '.') << family.name << ": help is a sentence";
  }
}
TEST(Metrics, HistogramsHaveTenToTwelveEdgesAndThoseOfTheScenario) {
  for (const auto& family : metric_families(sample_sources())) {
    if (family.type != MetricType::histogram) continue;
    for (const auto& series : family.series) {
      EXPECT_GE(series.histogram.buckets.size(), 10U) << family.name;
      EXPECT_LE(series.histogram.buckets.size(), kEdgesMax) << family.name;
    }
  }
  const auto edges = edges_for({"request_decision:p99 < 77ms", "requests.denied_ratio < 0.2",
                                "request_decision:p50 < 50ms", "no expression"});
  using namespace std::chrono_literals;
  EXPECT_EQ(edges.request_decision.size(), default_edges().request_decision.size() + 1);
  EXPECT_EQ(std::count(edges.request_decision.begin(), edges.request_decision.end(), Nanos{77ms}),
            1);
  EXPECT_EQ(edges.tick_lateness, default_edges().tick_lateness);
}
TEST(Metrics, DoorsShowWhoComesAndWhatCannotBeRead) {  // D-142, D-009
  Sources s;
  s.facts.edges = default_edges();
  s.doors.framed_open = 3;
  s.doors.http_refused = 5;
  s.doors.bad_lrcs = 7;
  s.doors.messages_unread = 11;
  s.doors.http_slow = 13;
  s.doors.http_displaced = 17;
  s.doors.http_crowded = 19;
  s.doors.framed_slow = 23;
  s.doors.framed_foreign = 29;
  const auto text = runtime::prometheus_text(metric_families(s));
  for (const char* line : {"chargemill_door_connections{kind=\"framed\"} 3",
                           "chargemill_door_connections_total{kind=\"http\",result=\"refused\"} 5",
                           "chargemill_door_frames_total{result=\"bad_lrc\"} 7",
                           "chargemill_door_cuts_total{kind=\"http\",result=\"slow\"} 13",
                           "chargemill_door_cuts_total{kind=\"http\",result=\"displaced\"} 17",
                           "chargemill_door_cuts_total{kind=\"http\",result=\"crowded\"} 19",
                           "chargemill_door_cuts_total{kind=\"framed\",result=\"slow\"} 23",
                           "chargemill_door_cuts_total{kind=\"framed\",result=\"foreign\"} 29",
                           "chargemill_door_messages_unread_total 11"})
    EXPECT_NE(text.find(line), std::string::npos) << line;
}
TEST(Metrics, OfARunThatHasJustBegunAreAllThereAtZero) {
  Sources nothing;
  nothing.facts.zones = {"Z01"};
  nothing.facts.edges = default_edges();
  nothing.detail.zones.resize(1);
  nothing.workers.resize(1);
  const auto at_once = metric_families(nothing);
  const auto later = metric_families(sample_sources());
  std::set<std::string> names;
  for (const auto& family : at_once) {
    names.insert(family.name);
    EXPECT_FALSE(family.series.empty()) << family.name;
  }
  for (const auto& family : later) {
    if (family.name.rfind("chargemill_cluster_", 0) == 0) continue;  // only where there is one
    EXPECT_EQ(names.count(family.name), 1U) << family.name;
  }
  EXPECT_EQ(value_of(at_once, "chargemill_journal_state", {{kState, "off"}}), 1.0);
}
TEST(Metrics, SayInWhichStateTheJournalIs) {
  using runtime::journal::JournalState;
  const std::pair<JournalState, const char*> states[] = {{JournalState::working, "working"},
                                                         {JournalState::stalled, "stalled"},
                                                         {JournalState::abandoned, "abandoned"}};
  for (const auto& [state, word] : states) {
    auto s = sample_sources();
    s.journal = JournalFigures{};
    s.journal->status.state = state;
    const auto all = metric_families(s);
    for (const char* one : {"off", "working", "stalled", "abandoned"})
      EXPECT_EQ(value_of(all, "chargemill_journal_state", {{kState, one}}),
                std::string{one} == word ? 1.0 : 0.0)
          << one << " while it is " << word;
  }
}
TEST(Metrics, CountEachRecordThatIsNotKept) {
  auto s = sample_sources();
  s.journal->status.records = 1'000;
  s.journal->status.discarded = 7;
  s.snapshot.totals.records_lost = 5;
  const auto all = metric_families(s);
  EXPECT_EQ(value_of(all, "chargemill_journal_writes_total", {{kResult, "durable"}}), 1'000);
  EXPECT_EQ(value_of(all, "chargemill_journal_writes_total", {{kResult, "lost"}}), 12);
}
TEST(Metrics, HaveWhatTheEarlierSystemPromised) {  // D-206
  auto s = sample_sources();
  s.detail.watch.raised = {7, 1};
  s.detail.watch.recovered = {5, 0};
  s.detail.watch.breakers = {90, 8, 2};
  s.detail.watch.monitors = {1, 2, 3};
  s.detail.watch.repeated_faults = 4;  // D-209
  s.uptime = std::chrono::minutes{2};
  const auto all = metric_families(s);
  EXPECT_EQ(value_of(all, "chargemill_faults_raised_total", {{kKind, "health_check"}}), 7);
  EXPECT_EQ(value_of(all, "chargemill_recoveries_total", {{kKind, "health_check"}}), 5);
  EXPECT_EQ(value_of(all, "chargemill_sessions_started_total", {{kZone, "Z1"}}), 1'234'567);
  EXPECT_EQ(value_of(all, "chargemill_uptime_seconds", {{kNode, "local"}}), 120);
  EXPECT_EQ(value_of(all, "chargemill_circuit_breakers", {{kState, "open"}}), 8);
  EXPECT_EQ(value_of(all, "chargemill_monitors", {{kState, "lost"}}), 3);
  EXPECT_EQ(value_of(all, "chargemill_repeated_fault_charge_points", {}), 4);
}
TEST(Metrics, CountZonesAndWorkersBeyondTheNamedOnesTogether) {
  const auto all = metric_families(sample_sources());
  const std::string started = "chargemill_sessions_started_total";
  EXPECT_EQ(value_of(all, started, {{kZone, "Z63"}}), 1'234'567);
  EXPECT_EQ(value_of(all, started, {{kZone, kOther}}), 17 * 1'234'567.0);
  EXPECT_EQ(family_of(all, started).series.size(), kZonesMax);
  EXPECT_EQ(value_of(all, "chargemill_energy_delivered_joules_total", {{kZone, "Z1"}}),
            123'456'789'012.345);
  EXPECT_EQ(value_of(all, "chargemill_worker_busy_seconds_total", {{kWorker, kOther}}), 66 * 3.0);
  EXPECT_EQ(value_of(all, "chargemill_timers_total", {}), 70 * 1'234'567'890'123.0);
}
TEST(Metrics, NameAllZonesAsLongAsTheyFit) {
  auto s = sample_sources();
  s.detail.zones.resize(kZonesMax);
  const auto all = metric_families(s);
  const std::string started = "chargemill_sessions_started_total";
  EXPECT_EQ(value_of(all, started, {{kZone, "Z64"}}), 1'234'567);
  EXPECT_EQ(family_of(all, started).series.size(), kZonesMax);
}
TEST(Metrics, TellRequestsForANamedPointFromThoseForAnyOfAZone) {
  auto s = sample_sources();
  s.snapshot.totals.requests_accepted = 10;
  s.detail.any_accepted = 4;
  s.detail.any_denied = 3;  // read a moment later than the others
  const auto all = metric_families(s);
  const auto is = [&](const char* kind, const char* result) {
    return value_of(all, "chargemill_requests_total", {{kKind, kind}, {kResult, result}});
  };
  EXPECT_EQ(is("named", "accepted"), 6);
  EXPECT_EQ(is("any_in_zone", "accepted"), 4);
  EXPECT_EQ(is("named", "denied"), 0);
}
TEST(Metrics, PassPrometheusOwnCheck) {
  if (!test::has_promtool()) GTEST_SKIP() << "promtool is not installed";
  const test::Folder folder;
  const std::string path = folder.path() + "/scrape.txt";
  std::ofstream(path) << runtime::prometheus_text(metric_families(sample_sources()));
  const auto checked = test::ran("promtool check metrics < '" + path + "'");
  EXPECT_EQ(checked.code, 0) << checked.text;
}

}  // namespace
}  // namespace chargemill::app::metrics
