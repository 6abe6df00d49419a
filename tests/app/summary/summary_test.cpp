#include "app/summary/summary.hpp"

#include <gtest/gtest.h>

namespace chargemill::app {
namespace {

using namespace std::chrono_literals;

/// A run in which everything adds up.
RunOutcome sound() {
  RunOutcome outcome;
  auto& t = outcome.last.totals;
  t.display = {7, 2, 1, 0, 0};
  t.requests_sent = 10;
  t.requests_accepted = 6;
  t.requests_denied = 2;
  t.requests_timed_out = 1;
  t.requests_open = 1;
  t.sessions_started = 6;
  t.sessions_completed = 3;
  t.sessions_failed = 1;
  t.sessions_active = 2;
  t.energy_delivered_mj = 1'000;
  t.energy_sessions_mj = 900;
  t.energy_unreported_mj = 100;
  t.offered = 12;
  t.done = 10;
  t.shed = 2;
  outcome.last.wall = 1s;
  outcome.last.sim = SimTime{60s};
  outcome.stop_reason = "duration";
  return outcome;
}
nlohmann::json summary_of(const RunOutcome& outcome) {
  const network::Scenario scenario;
  return make_summary(scenario, outcome, judge(scenario, outcome));
}

TEST(Summary, HasEveryKeyOfTheContract) {
  const auto s = summary_of(sound());
  for (const char* path : {"/run/scenario",
                           "/run/seed",
                           "/run/workers",
                           "/run/nodes",
                           "/run/speed",
                           "/run/speed_reached",
                           "/run/sim_s",
                           "/run/wall_s",
                           "/run/stop_reason",
                           "/run/partial",
                           "/run/invalid",
                           "/run/invalid_reason",
                           "/run/digest",
                           "/run/version",
                           "/run/commit",
                           "/charge_points/total",
                           "/charge_points/activated",
                           "/charge_points/supplying",
                           "/charge_points/stopped",
                           "/charge_points/fault",
                           "/charge_points/disconnected",
                           "/actors/total",
                           "/requests/sent",
                           "/requests/accepted",
                           "/requests/denied",
                           "/requests/timed_out",
                           "/requests/open",
                           "/requests/denied_ratio",
                           "/sessions/started",
                           "/sessions/completed",
                           "/sessions/failed",
                           "/sessions/active",
                           "/energy/delivered_mj",
                           "/energy/sessions_mj",
                           "/energy/unreported_mj",
                           "/energy/delivered_kwh",
                           "/money/revenue_microeur",
                           "/money/revenue_eur",
                           "/faults/injected",
                           "/faults/raised",
                           "/faults/notified",
                           "/faults/recovered",
                           "/breaker/opened",
                           "/breaker/half_opened",
                           "/breaker/closed",
                           "/tickets/issued",
                           "/tickets/delivered",
                           "/messages/delivered",
                           "/messages/shed",
                           "/messages/per_s",
                           "/latency_ms/request_decision/p999",
                           "/latency_ms/session_start/p50",
                           "/latency_ms/fault_detection/count",
                           "/latency_ms/tick_lateness/max",
                           "/journal/records",
                           "/journal/durable_records",
                           "/journal/commits",
                           "/journal/bytes",
                           "/journal/segments",
                           "/journal/commit_ms/p99",
                           "/conservation/ok",
                           "/conservation/broken",
                           "/resources/cpu_s",
                           "/resources/rss_bytes",
                           "/resources/bytes_per_charge_point",
                           "/resources/startup_s",
                           "/thresholds"}) {
    EXPECT_TRUE(s.contains(nlohmann::json::json_pointer(path))) << path;
  }
  EXPECT_EQ(s["charge_points"]["total"], 10);
}
TEST(Summary, WarnsOfWhatWasGivenUpDroppedAndMissed) {
  auto outcome = sound();
  outcome.last.totals.given_up = 3;
  outcome.last.totals.tickets_dropped = 7;
  outcome.last.totals.messages_unknown = 5;
  outcome.consoles_missed = 9;
  outcome.was_ready = false;
  outcome.taken_back.renamed = {1, ">B", "a name has 1 to 48 bytes"};
  outcome.taken_back.left = {2, "CP-C", "no place is left"};
  outcome.survived_failures = {2, "charge point: no such state"};
  const auto s = summary_of(outcome);
  EXPECT_EQ(s["faults"]["given_up"], 3);
  EXPECT_EQ(s["actors"]["failures"], 2);
  EXPECT_EQ(s["tickets"]["dropped"], 7);
  EXPECT_EQ(s["central"]["messages_unknown"], 5);
  EXPECT_EQ(s["consoles"]["missed"], 9);
  const auto text = summary_text(s);
  for (const char* part : {"WARNING   3 actors were given up", "WARNING   7 tickets were dropped",
                           "WARNING   time began before all actors",
                           "WARNING   2 handlers failed, and nobody asked for it",
                           "WARNING   5 messages were about charge points that central does not",
                           "WARNING   9 console lines are missing",
                           "WARNING   1 who had joined an earlier run could not keep their names",
                           "'>B' (a name has 1 to 48 bytes)",
                           "WARNING   2 who had joined an earlier run have no place in this one"})
    EXPECT_NE(text.find(part), std::string::npos) << text;
}
TEST(Summary, SaysBothSidesOfAnIdentityThatIsBrokenAndFailsTheRun) {  // law 5
  EXPECT_EQ(exit_code(summary_of(sound()), 0), 0);
  auto outcome = sound();
  outcome.last.totals.energy_sessions_mj -= 1;
  const auto s = summary_of(outcome);
  ASSERT_EQ(s["conservation"]["broken"].size(), 1U);
  EXPECT_NE(s["conservation"]["broken"][0].get<std::string>().find("999"), std::string::npos);
  EXPECT_EQ(exit_code(s, 0), 98);
  EXPECT_NE(summary_text(s).find("BROKEN"), std::string::npos);
}
TEST(Summary, ChecksEachOfTheFourIdentities) {
  const auto broken = [](auto change) {
    auto outcome = sound();
    change(outcome.last.totals);
    return network::broken_identities(outcome.last.totals).size();
  };
  EXPECT_EQ(broken([](auto&) {}), 0U);
  EXPECT_EQ(broken([](auto& t) { ++t.requests_open; }), 1U);
  EXPECT_EQ(broken([](auto& t) { ++t.sessions_failed; }), 1U);
  EXPECT_EQ(broken([](auto& t) { ++t.energy_unreported_mj; }), 1U);
  EXPECT_EQ(broken([](auto& t) { ++t.shed; }), 1U);
}
TEST(Summary, MarksARunInvalidWhoseGeneratorWasLate) {  // law 7
  auto outcome = sound();
  outcome.last.latencies.tick_lateness.record(5s, 100);
  const auto s = summary_of(outcome);
  EXPECT_TRUE(s["run"]["invalid"].get<bool>());
  EXPECT_EQ(exit_code(s, 2), 98) << "before the signal";
}
TEST(Summary, OrdersItsExitCodes) {
  auto s = summary_of(sound());
  EXPECT_EQ(exit_code(s, 2), 130);
  EXPECT_EQ(exit_code(s, 15), 143);
  s["thresholds"] = {{{"expr", "requests.sent > 100"}, {"value", 10.0}, {"ok", false}}};
  EXPECT_EQ(exit_code(s, 0), 99);
  EXPECT_EQ(exit_code(s, 2), 130);
}
// Its figures are of the moment in which it left: who goes on counts to the end, and is judged.
TEST(Summary, OfANodeThatHasHandedTheRunOverJudgesNothing) {
  auto outcome = sound();
  ++outcome.last.totals.requests_sent;  // a look is not exact
  outcome.quiet = false;
  outcome.stop_reason = "handed over";
  outcome.has_left = true;
  outcome.leader_now = "beta";
  outcome.signal = 15;
  auto s = summary_of(outcome);
  EXPECT_TRUE(s["run"]["partial"].get<bool>());
  EXPECT_FALSE(s["run"]["invalid"].get<bool>());
  EXPECT_TRUE(s["conservation"]["ok"].get<bool>());
  EXPECT_EQ(exit_code(s, outcome.signal), 143) << "as any node that leaves before the end";
  EXPECT_EQ(verdict_line(s).word, "PARTIAL");
  EXPECT_EQ(verdict_line(s).reason, "handed over to another node, which leads now");
  EXPECT_NE(s["warnings"][0].get<std::string>().find("node beta leads now"), std::string::npos);
  outcome.leader_now.clear();
  outcome.stop_reason = "peers";
  outcome.failure = "this node has left, and no other one was seen to lead";
  s = summary_of(outcome);
  EXPECT_EQ(exit_code(s, outcome.signal), 5);
  EXPECT_EQ(s["run"]["invalid_reason"], outcome.failure);
}
TEST(Summary, NamesTheSignalFirstAndWhatWasCrossed) {
  auto outcome = sound();
  outcome.signal = 15;
  outcome.stop_reason = "SIGTERM";
  auto s = summary_of(outcome);
  EXPECT_EQ(verdict_line(s).reason, "stopped by SIGTERM");
  s["thresholds"] = {{{"expr", "requests.sent > 100"}, {"value", 10.0}, {"ok", false}}};
  EXPECT_EQ(verdict_line(s).word, "PARTIAL");
  EXPECT_EQ(verdict_line(s).reason, "stopped by SIGTERM, 1 of 1 threshold crossed");
}
TEST(Summary, SaysThatTripsWereShed) {
  const auto text = summary_text(summary_of(sound()));
  EXPECT_NE(text.find("TRIPS     offered 12  done 10  shed 2\n"), std::string::npos) << text;
  EXPECT_NE(text.find("WARNING   2 of 12 trips were shed"), std::string::npos) << text;
}
TEST(Summary, SaysThatWorkersHadNoRestUnlessTheyShouldNot) {
  auto outcome = sound();
  outcome.worker_busy = {0.99, 0.5};
  const auto has_warning = [&](const network::Scenario& scenario) {
    const auto s = make_summary(scenario, outcome, judge(scenario, outcome));
    return s["warnings"].dump().find("1 of 2 workers") != std::string::npos;
  };
  network::Scenario scenario;
  EXPECT_TRUE(has_warning(scenario));
  scenario.run.speed.max = true;
  EXPECT_FALSE(has_warning(scenario));
}
TEST(Summary, TellsASpeedAsPeopleWriteIt) {
  EXPECT_EQ(speed_text(60.0), "60x");
  EXPECT_EQ(speed_text(0.5), "0.5x");
  EXPECT_EQ(speed_text(999.5), "999.5x");
  EXPECT_EQ(speed_text(1e6), "1 000 000x");
  EXPECT_EQ(speed_text("max"), "max");
}
TEST(Summary, TellsTheSpeedThatWasReachedWhereItIsAnother) {
  const auto shown = [](double asked, double reached) {
    auto outcome = sound();
    outcome.speed_reached = reached;
    network::Scenario scenario;
    scenario.run.speed.factor = asked;
    const auto s = make_summary(scenario, outcome, judge(scenario, outcome));
    EXPECT_EQ(s["run"]["speed_reached"], reached);
    return run_speed_text(s["run"]);
  };
  EXPECT_EQ(shown(60, 59), "60x") << "less than 2 % off";
  EXPECT_EQ(shown(60, 41.26), "60x (reached 41.3x)");
  EXPECT_EQ(shown(20'000, 12'345.6), "20 000x (reached 12 346x)");
  EXPECT_EQ(shown(1, 0), "1x") << "not measured";
  EXPECT_EQ(run_speed_text({{"speed", 60.0}}), "60x") << "of an older version";
  EXPECT_EQ(run_speed_text({{"speed", "max"}, {"speed_reached", 1e6}}), "max")
      << "asked for nothing else";
  auto outcome = sound();
  outcome.speed_reached = 0.5;
  EXPECT_NE(summary_text(summary_of(outcome)).find("  speed 1x (reached 0.5x)  workers"),
            std::string::npos);
}
TEST(Summary, MarksTheDigestOfARunThatWasStopped) {
  auto outcome = sound();
  outcome.digest.emplace();
  const std::string mark = " events  (partial: compare it with no other)\n";
  EXPECT_EQ(summary_text(summary_of(outcome)).find(mark), std::string::npos);
  outcome.signal = 2;
  outcome.stop_reason = "SIGINT";
  const auto s = summary_of(outcome);
  EXPECT_NE(summary_text(s).find(mark), std::string::npos) << summary_text(s);
  EXPECT_EQ(s["run"]["partial"], true);
}
TEST(Summary, TellsDetectionInModelTimeToo) {
  auto outcome = sound();
  outcome.last.latencies.fault_detection.record(300ms, 10);
  network::Scenario scenario;
  scenario.run.speed.factor = 60;
  const auto text = summary_text(make_summary(scenario, outcome, judge(scenario, outcome)));
  EXPECT_NE(text.find("fault_detection in model time: p50 18.0 s, p99 18.0 s, max 18.0 s"),
            std::string::npos)
      << text;
  EXPECT_EQ(summary_text(summary_of(outcome)).find("in model time"), std::string::npos)
      << "at speed 1 it is the same";
  outcome.last.latencies.tick_lateness.record(5s, 100);
  const auto late = summary_text(make_summary(scenario, outcome, judge(scenario, outcome)));
  EXPECT_NE(late.find("max 18.0 s, its own lateness included\n"), std::string::npos) << late;
}

TEST(Summary, SessionsOfTheRunBeforeAreTold) {
  auto outcome = sound();
  EXPECT_EQ(summary_text(summary_of(outcome)).find("CARRIED"), std::string::npos);
  outcome.sessions_carried = 96;
  const auto s = summary_of(outcome);
  EXPECT_EQ(s["sessions"]["carried_over"], 96);
  EXPECT_NE(summary_text(s).find("\nCARRIED   96 of the sessions started were open when the run "
                                 "before ended: they end here\n"),
            std::string::npos);
}
TEST(Summary, SeveralNodesAreToldBesideTheWorkersOfEach) {
  auto outcome = sound();
  outcome.cost.workers = 3;
  outcome.cost.nodes = 1;
  EXPECT_NE(summary_text(summary_of(outcome)).find("  workers 3  messages/s"), std::string::npos);
  outcome.cost.nodes = 2;
  EXPECT_NE(summary_text(summary_of(outcome)).find("  nodes 2  workers 3 each  messages/s"),
            std::string::npos);
}

TEST(Summary, WhatACentralElsewhereDeclinesIsSaidInItsWords) {
  auto outcome = sound();
  outcome.last.totals.messages_unknown = 10;
  outcome.link.emplace();
  outcome.link->sent = outcome.link->declined = 10;
  outcome.link->last_trouble = "NACK: the engine of CP-000001 is not outside";
  EXPECT_EQ(summary_of(outcome)["warnings"].back(),
            "10 messages were declined by central (the last trouble: NACK: the engine of CP-000001 "
            "is not outside)");
  outcome.link->points = {2, 6, "NACK: no place is left"};
  outcome.link->drivers = {1, 4, ""};
  const auto kept_out = summary_of(outcome)["warnings"];
  EXPECT_EQ(kept_out.at(1),
            "2 of 6 charge points were never admitted by central (most heard: NACK: no place is "
            "left)");
  EXPECT_EQ(kept_out.at(2),
            "1 of 4 drivers that asked for something were never admitted by central (it answered "
            "nothing that they said)");
  outcome.link.reset();
  EXPECT_EQ(summary_of(outcome)["warnings"].back(),
            "10 messages were about charge points that central does not know: dropped");
}

}  // namespace
}  // namespace chargemill::app
