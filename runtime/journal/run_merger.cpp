#include "runtime/journal/run_merger.hpp"

#include <algorithm>

namespace chargemill::runtime::journal {

void RunMerger::add(const RunView& run, std::uint32_t shift) {
  for (std::uint32_t i = 0; i < run.count(); ++i)
    lists_.push_back({run.key(i), run.offset(i) + shift});
  ends_.push_back(lists_.size());
}

void RunMerger::add(const std::vector<Posting>& postings, std::uint32_t shift) {
  for (const Posting& posting : postings) lists_.push_back({posting.key, posting.offset + shift});
  ends_.push_back(lists_.size());
}

void RunMerger::merge_into(RunEncoder& to) {
  while (ends_.size() > 2) merge_pairs();
  auto older = lists_.cbegin();
  const auto middle = older + static_cast<std::ptrdiff_t>(ends_.empty() ? 0 : ends_.front());
  auto newer = middle;
  const auto end = lists_.cend();
  while (older != middle || newer != end) {
    const bool is_newer = older == middle || (newer != end && newer->key < older->key);
    to.add(is_newer ? *newer++ : *older++);
  }
  lists_.clear();
  ends_.clear();
}

/// Neighbours pair up, so lists of like size meet; the older one first, so that equal keys stay in
/// order of records.
void RunMerger::merge_pairs() {
  scratch_.resize(lists_.size());
  std::size_t kept = 0;
  auto begin = lists_.cbegin();
  auto to = scratch_.begin();
  for (std::size_t i = 0; i < ends_.size(); i += 2) {
    const std::size_t last = std::min(i + 1, ends_.size() - 1);
    const auto middle = lists_.cbegin() + static_cast<std::ptrdiff_t>(ends_[i]);
    const auto end = lists_.cbegin() + static_cast<std::ptrdiff_t>(ends_[last]);
    to = std::merge(begin, middle, middle, end, to,
                    [](const Posting& a, const Posting& b) { return a.key < b.key; });
    begin = end;
    ends_[kept++] = ends_[last];
  }
  ends_.resize(kept);
  lists_.swap(scratch_);
}

}  // namespace chargemill::runtime::journal
