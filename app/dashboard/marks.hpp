// What a scenario foresees and when, as marks on the charts of a run.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "actors/network/scenario.hpp"

namespace chargemill::app::dashboard {

/// A moment, or a stretch, of model time.
struct Mark {
  SimTime from{};
  SimTime to{};  ///< not before `from`; the same: a moment
  std::string text;
};

/// More would hide the chart that they explain.
inline constexpr std::size_t kMarksMax = 100;

/// The end of the warm-up, stages, faults that come at a time, and what the operator does to all
/// charge points; by time, the first kMarksMax.
[[nodiscard]] std::vector<Mark> marks_of(const network::Scenario& scenario);

/// The same as `[{"from_s","to_s","text"}...]`.
[[nodiscard]] nlohmann::ordered_json marks_json(const network::Scenario& scenario);

}  // namespace chargemill::app::dashboard
