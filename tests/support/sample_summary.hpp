// The summary of a small run in which everything adds up, for those who show one.
#pragma once

#include "app/summary/summary.hpp"

namespace chargemill::tests {

inline nlohmann::ordered_json sample_summary(const std::string& scenario_name = "demo") {
  network::Scenario scenario;
  scenario.run.name = scenario_name;
  app::RunOutcome outcome;
  auto& t = outcome.last.totals;
  t.display = {7, 2, 1, 0, 0};
  t.requests_sent = t.requests_accepted = 12'345;
  t.faults_raised = 3;
  t.energy_delivered_mj = t.energy_sessions_mj = 10 * kMillijoulesPerKwh;
  outcome.last.latencies.request_decision.record(std::chrono::milliseconds{5}, 100);
  outcome.last.wall = std::chrono::seconds{1};
  outcome.last.sim = SimTime{std::chrono::seconds{60}};
  outcome.stop_reason = "duration";
  auto summary = app::make_summary(scenario, outcome, app::Verdict{});
  summary["thresholds"] = {{{"expr", "requests.sent > 100"}, {"value", 12'345.0}, {"ok", true}},
                           {{"expr", "faults.raised < 2"}, {"value", 3.0}, {"ok", false}}};
  return summary;
}

}  // namespace chargemill::tests
