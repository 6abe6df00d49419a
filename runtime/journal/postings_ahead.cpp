#include "runtime/journal/postings_ahead.hpp"

namespace chargemill::runtime::journal {

// What this thread has asked for counts as read by it: a walk that is cold remains so.
std::uint32_t PostingsAhead::look() noexcept {
  has_looked_ = true;
  const long now = count_();
  if (now - pages_before_ < kColdPages) {
    left_ = kLookEvery - 1;
    return 0;
  }
  pages_before_ = now;
  block_ = std::min(block_ * 2, kAtOnceMax);
  left_ = block_ - 1;
  return block_;
}

void foresee_search(const std::vector<RunView>& runs, PostingKey key, std::uint64_t limit) {
  for (const RunView& run : runs) foresee(run.fences_of(key));
  for (const RunView& run : runs) foresee(run.keys_of(key));
  for (const RunView& run : runs) foresee(run.places_of(run.newest_of(key, limit)));
}

RunView::Range foresee_places(const RunView& run, PostingKey key, std::uint32_t end,
                              std::uint32_t most) noexcept {
  RunView::Range range{end, end};
  while (range.begin > 0 && end - range.begin < most && run.key(range.begin - 1) == key)
    --range.begin;
  foresee(run.places_of(range));
  return range;
}

void foresee_pages(const RunView& run, const PageMap& pages, RunView::Range range) noexcept {
  std::uint32_t last = 0;  // no record is in the first page
  for (std::uint32_t i = range.begin; i < range.end; ++i) {
    // Neighbours are often in one page.
    if (run.page(i) != last) pages.foresee_page(run.page(i));
    last = run.page(i);
  }
}

}  // namespace chargemill::runtime::journal
