#include "app/dashboard/marks.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace chargemill::app::dashboard {
namespace {

const char* word(network::FaultKind kind) noexcept {
  switch (kind) {
    case network::FaultKind::engine_crash:
      return "engine crash";
    case network::FaultKind::engine_silent:
      return "engine silent";
    case network::FaultKind::engine_ko:
      return "engine KO";
    case network::FaultKind::start_refused:
      return "starts refused";
    case network::FaultKind::monitor_loss:
      return "monitor loss";
    case network::FaultKind::central_restart:
      return "central restart";
    case network::FaultKind::partition:
      return "partition";
    case network::FaultKind::telemetry_error:
      return "telemetry error";
  }
  return "fault";
}

std::string text_of(const network::StageSpec& stage) {
  if (stage.target == network::StageTarget::request_rate)
    return fmt::format("{:g} requests/s", stage.value);
  return fmt::format("{:g} % connected", stage.value * 100.0);
}

std::string text_of(const network::FaultSpec& fault) {
  if (fault.point) return fmt::format("{}, {}", word(fault.kind), *fault.point);
  if (fault.zone) return fmt::format("{}, {}", word(fault.kind), *fault.zone);
  return word(fault.kind);
}

}  // namespace

std::vector<Mark> marks_of(const network::Scenario& scenario) {
  std::vector<Mark> marks;
  if (scenario.run.warmup > Nanos{0}) {
    const SimTime end{scenario.run.warmup};
    marks.push_back({end, end, "warm-up ends"});
  }
  for (const auto& stage : scenario.stages)
    marks.push_back({stage.after, stage.after + stage.ramp, text_of(stage)});
  for (const auto& fault : scenario.faults) {
    if (fault.at) marks.push_back({*fault.at, *fault.at + fault.duration, text_of(fault)});
  }
  for (const auto& action : scenario.actions) {
    if (action.point != network::kAllPoints) continue;
    const bool is_stop = action.kind == network::ActionKind::stop;
    marks.push_back({action.at, action.at, is_stop ? "all stopped" : "all resumed"});
  }
  std::stable_sort(marks.begin(), marks.end(),
                   [](const Mark& a, const Mark& b) { return a.from < b.from; });
  if (marks.size() > kMarksMax) marks.resize(kMarksMax);
  return marks;
}

nlohmann::ordered_json marks_json(const network::Scenario& scenario) {
  const auto seconds = [](SimTime at) {
    return std::chrono::duration<double>(at.time_since_epoch()).count();
  };
  auto rows = nlohmann::ordered_json::array();
  for (const Mark& mark : marks_of(scenario))
    rows.push_back(
        {{"from_s", seconds(mark.from)}, {"to_s", seconds(mark.to)}, {"text", mark.text}});
  return rows;
}

}  // namespace chargemill::app::dashboard
