#include "app/compare/digests.hpp"

#include "app/compare/same_work.hpp"

namespace chargemill::app {
namespace {

nlohmann::json digest_of(const FinishedRun& run) {
  return run.summary.at("run").value("digest", nlohmann::json());
}

/// How much worse than agreement: a difference that had to be, one that should not be.
int gravity(const DigestVerdict& verdict) {
  if (!verdict.equal.has_value()) return -1;
  if (*verdict.equal) return 0;
  return verdict.same_work ? 2 : 1;
}

}  // namespace

DigestVerdict judge_digests(const std::vector<FinishedRun>& runs) {
  DigestVerdict worst;
  const FinishedRun* first = nullptr;
  for (const auto& run : runs) {
    if (digest_of(run).is_null()) continue;
    if (first == nullptr) {
      first = &run;
      continue;
    }
    const DigestVerdict verdict{
        digest_of(*first) == digest_of(run),
        is_same_work(first->summary, run.summary, first->directory, run.directory), first, &run};
    if (gravity(verdict) > gravity(worst)) worst = verdict;
  }
  return worst;
}

}  // namespace chargemill::app
