// The figures of a finished run as the stable JSON of the contract, and as text for people.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "actors/network/scenario.hpp"
#include "app/simulation/simulation.hpp"

namespace chargemill::app {

/// How a run is to be judged; worked out once, used by the summary, the text and the exit code.
struct Verdict {
  bool invalid = false;  ///< the generator itself was too late (run.lateness_limit)
  std::string invalid_reason;
  std::vector<std::string> broken;  ///< conservation identities, both sides
};

[[nodiscard]] Verdict judge(const network::Scenario& scenario, const RunOutcome& outcome);

/// All keys of summary.json but `thresholds`, which compare with the rest and are added after it.
[[nodiscard]] nlohmann::ordered_json make_summary(const network::Scenario& scenario,
                                                  const RunOutcome& outcome,
                                                  const Verdict& verdict);

/// What came of it in a word, and why: {"FAIL", "1 of 4 thresholds crossed"}. Words: OK, PARTIAL,
/// FAIL, INVALID.
struct VerdictLine {
  std::string word;
  std::string reason;  ///< may be empty
};
[[nodiscard]] VerdictLine verdict_line(const nlohmann::json& summary);

/// `speed` of a summary's run: "60x", "1 000 000x", or "max" for virtual time.
[[nodiscard]] std::string speed_text(const nlohmann::json& speed);
/// The same of a whole `run`, with the speed that was reached where it is another one than was
/// asked for: "60x (reached 41.3x)".
[[nodiscard]] std::string run_speed_text(const nlohmann::json& run);

/// For people, the most important line last. Reads nothing but the summary, so that it can be made
/// again from a run directory.
[[nodiscard]] std::string summary_text(const nlohmann::json& summary);

/// 0, 98 (broken or invalid), 128 + signal, 99 (a threshold crossed), in the contract's order.
[[nodiscard]] int exit_code(const nlohmann::json& summary, int signal);

}  // namespace chargemill::app
