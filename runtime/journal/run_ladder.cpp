#include "runtime/journal/run_ladder.hpp"

#include <algorithm>
#include <iterator>
#include <queue>

#include "runtime/base/assert.hpp"

namespace chargemill::runtime::journal {

std::size_t RunLadder::swallowed_by(std::size_t count, const Plan& so_far) const noexcept {
  // Where four would be too many, fewer may still do. All that fit are taken in: one of this level
  // that stayed behind would keep those before it and behind it apart for ever.
  const std::size_t least = count * kRunsALevel > postings_max_ ? 1 : kRunsALevel - 1;
  std::size_t same = 0;
  for (; same < kRunsALevel - 1 && so_far.swallowed + same < runs_.size(); ++same) {
    const RunInfo& run = runs_[runs_.size() - 1 - so_far.swallowed - same];
    count += run.count;
    if (run.level != so_far.level || count > postings_max_) break;
  }
  return same < least ? 0 : same;
}

RunLadder::Plan RunLadder::plan(std::size_t count) const noexcept {
  Plan result;
  for (; result.level + 1 < kRunLevelMax; ++result.level) {
    const std::size_t more = swallowed_by(count, result);
    if (more == 0) break;
    for (std::size_t i = 0; i < more; ++i, ++result.swallowed)
      count += runs_[runs_.size() - 1 - result.swallowed].count;
  }
  return result;
}

void RunLadder::replace(std::size_t swallowed, const RunInfo& merged) {
  CHARGEMILL_ASSERT(swallowed <= runs_.size());
  for (; swallowed > 0; --swallowed) {
    postings_ -= runs_.back().count;
    runs_.pop_back();
  }
  CHARGEMILL_ASSERT(runs_.empty() || runs_.back().last < merged.first);
  runs_.push_back(merged);
  postings_ += merged.count;
}

bool SwallowedRuns::have(std::uint8_t level, std::size_t count) {
  for (; !newer_.empty(); newer_.pop_back()) {
    Newer& newer = newer_.back();
    if (level >= newer.level || count > newer.left) continue;  // it begins behind this one
    newer.left -= count;
    newer_.push_back({level, count});
    return true;
  }
  newer_.push_back({level, count});
  return false;
}

void merge_runs(const std::vector<RunView>& runs, Sequence first, RunEncoder& to) {
  /// A run, and how far it has been merged.
  struct Head {
    PostingKey key;
    std::size_t run;
    std::uint32_t next;
  };
  // Of equal keys the older run comes first, so that the records of a key stay in order.
  const auto is_later = [](const Head& a, const Head& b) {
    return a.key != b.key ? a.key > b.key : a.run > b.run;
  };
  std::priority_queue<Head, std::vector<Head>, decltype(is_later)> heads{is_later};
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (runs[i].count() > 0) heads.push({runs[i].key(0), i, 0});
  }
  while (!heads.empty()) {
    Head head = heads.top();
    heads.pop();
    const RunView& run = runs[head.run];
    const auto shift = static_cast<std::uint32_t>(run.first() - first);
    for (; head.next < run.count() && run.key(head.next) == head.key; ++head.next)
      to.add({head.key, run.offset(head.next) + shift});
    if (head.next == run.count()) continue;
    head.key = run.key(head.next);
    heads.push(head);
  }
}

}  // namespace chargemill::runtime::journal
