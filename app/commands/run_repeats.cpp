#include "app/commands/run_repeats.hpp"

#include <fmt/format.h>

#include <vector>

#include "app/commands/exit_code.hpp"
#include "app/compare/digests.hpp"
#include "app/compare/run_set.hpp"

namespace chargemill::app {

int worse_of(int a, int b) {
  const auto rank = [](int code) {
    if (code == 0) return 0;
    if (code == kExitThreshold) return 1;
    if (code > 128) return 2;
    if (code == kExitEnvironment) return 3;
    return code == kExitInvalidRun ? 4 : 5;
  };
  return rank(a) >= rank(b) ? a : b;
}

std::optional<std::string> differing_repeats(const std::filesystem::path& path) {
  const auto directories = run_directories(path);
  const auto summaries = summaries_in(path);
  if (!directories || !summaries) return std::nullopt;  // a run that failed has said so
  std::vector<FinishedRun> runs;
  for (std::size_t i = 0; i < summaries->size(); ++i)
    runs.push_back({directories->at(i), summaries->at(i)});
  const auto verdict = judge_digests(runs);
  if (verdict.equal != false || !verdict.same_work) return std::nullopt;
  return fmt::format(
      "{} and {} differ in their digests, and should not: repeat with "
      "--digest-every 10s and let chargemill compare find where",
      verdict.a->directory.string(), verdict.b->directory.string());
}

}  // namespace chargemill::app
