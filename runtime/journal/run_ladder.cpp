#include "runtime/journal/run_ladder.hpp"

#include <algorithm>
#include <iterator>

#include "runtime/base/assert.hpp"

namespace chargemill::runtime::journal {

RunLadder::Plan RunLadder::plan(std::size_t count) const noexcept {
  Plan result;
  for (; result.level + 1 < kRunLevelMax; ++result.level) {
    std::size_t same = 0;
    std::size_t together = count;
    while (result.swallowed + same < runs_.size()) {
      const RunInfo& run = runs_[runs_.size() - 1 - result.swallowed - same];
      if (run.level != result.level) break;
      together += run.count;
      ++same;
    }
    if (same < kRunsALevel - 1 || together > postings_max_) break;
    result.swallowed += same;
    count = together;
  }
  return result;
}

RunLadder::Plan RunLadder::plan_last() const noexcept {
  Plan result;
  std::size_t together = 0;
  while (result.swallowed < runs_.size()) {
    const RunInfo& run = runs_[runs_.size() - 1 - result.swallowed];
    if (together + run.count > postings_max_) break;
    together += run.count;
    ++result.swallowed;
  }
  if (result.swallowed < 2) return {};
  result.level = kRunLevelMax;
  return result;
}

void RunLadder::replace(std::size_t swallowed, const RunInfo& merged) {
  CHARGEMILL_ASSERT(swallowed <= runs_.size());
  runs_.resize(runs_.size() - swallowed);
  CHARGEMILL_ASSERT(runs_.empty() || runs_.back().last < merged.first);
  runs_.push_back(merged);
}

void add_part(const RunView& run, Sequence first, std::vector<std::vector<Posting>>& parts) {
  CHARGEMILL_ASSERT(run.first() >= first);
  const auto shift = static_cast<std::uint32_t>(run.first() - first);
  std::vector<Posting> part(run.count());
  for (std::uint32_t i = 0; i < run.count(); ++i) part[i] = {run.key(i), run.offset(i) + shift};
  parts.push_back(std::move(part));
}

std::vector<Posting> merge_parts(std::vector<std::vector<Posting>>& parts) {
  while (parts.size() > 1) {
    // Neighbours pair up, so lists of like size meet; the older one first, so that equal keys stay
    // in order.
    std::size_t kept = 0;
    for (std::size_t i = 0; i < parts.size(); i += 2) {
      if (i + 1 == parts.size()) {
        parts[kept++] = std::move(parts[i]);
        continue;
      }
      std::vector<Posting> both(parts[i].size() + parts[i + 1].size());
      std::merge(parts[i].begin(), parts[i].end(), parts[i + 1].begin(), parts[i + 1].end(),
                 both.begin(), [](const Posting& a, const Posting& b) { return a.key < b.key; });
      parts[kept++] = std::move(both);
    }
    parts.resize(kept);
  }
  std::vector<Posting> result;
  if (!parts.empty()) result = std::move(parts.front());
  parts.clear();
  return result;
}

}  // namespace chargemill::runtime::journal
