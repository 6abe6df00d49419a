// What a run of a scenario would be and need, for `validate`.
#pragma once

#include <string>

#include "actors/network/scenario.hpp"

namespace chargemill::app {

struct Plan {
  std::uint64_t charge_points = 0;
  std::uint64_t drivers = 0;
  std::uint64_t actors = 0;
  std::uint64_t shards = 0;        ///< of central: no more than charge points
  double expected_requests = 0.0;  ///< means; lists work as fast as their pauses allow
  std::size_t recorded = 0;        ///< sessions of a recording
  std::size_t replayed = 0;        ///< of them, those that begin before the end of the run
  double expected_faults = 0.0;    ///< likewise; those that are due before the end of the run
  double messages_per_s = 0.0;     ///< per wall second: health checks alone
  std::int64_t memory_bytes = 0;   ///< of the network; what a journal holds in memory is not in it
  double wall_s = 0.0;
};

/// Requires a checked scenario.
[[nodiscard]] Plan make_plan(const network::Scenario& scenario);
/// "26 of 200 recorded sessions, ..." if a recording is driven; else empty.
[[nodiscard]] std::string recording_text(const Plan& plan);
/// "1 fault", "2 faults"; of a mean the nearest whole number.
[[nodiscard]] std::string counted(double mean, const char* what);
[[nodiscard]] std::string counted(std::uint64_t count, const char* what);
[[nodiscard]] std::string plan_text(const network::Scenario& scenario);

}  // namespace chargemill::app
