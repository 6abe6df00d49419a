// `chargemill find-max SCENARIO [--what charge_points|request_rate]`
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/cli/run_options.hpp"

namespace chargemill::app {

struct FindMaxOptions {
  /// Scenario and overrides; a step lasts its warm-up and 10 s unless they say otherwise.
  RunOptions run;
  std::string what = "charge_points";        ///< or request_rate
  std::optional<double> from;                ///< else the scenario's own load
  std::optional<double> most;                ///< else 10 M charge points, 1 M requests a second
  std::optional<std::filesystem::path> out;  ///< a run directory a step, s1, s2, ...; else none
  double precision = 0.05;
};

/// `options` must outlive the parsing of `app`.
void add_find_max_options(CLI::App& app, FindMaxOptions& options);

/// Keys and their values.
using Changes = std::vector<std::pair<std::string, std::string>>;
/// The command line that runs the scenario like a step: with all that was set, but for what
/// `changes` says, for `duration` unless another one was set, without journal and doors.
[[nodiscard]] std::string run_again_text(const FindMaxOptions& options, const std::string& duration,
                                         const Changes& changes);

/// Runs the scenario with one load after the other until the largest that passes is known; a line a
/// step on stderr, the result on stdout. Passing is exit code 0 of a run. Returns 0 when some load
/// passed, 99 when none did, 3 for a scenario that cannot be scaled, 4 when `out` cannot be
/// written, 130 or 143 after a signal.
[[nodiscard]] int find_max_command(const FindMaxOptions& options);

}  // namespace chargemill::app
