// A walk over the many records of one key, whose pages are asked for ahead once it is cold.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "runtime/journal/page_map.hpp"
#include "runtime/journal/posting_run.hpp"
#include "runtime/journal/scan_ahead.hpp"

namespace chargemill::runtime::journal {

/// Says when the next pages are to be asked for, and of how many records: when the walk has had to
/// wait for the disk, each time twice as many, so that never more than twice of what is needed is
/// read. The first kForeseen are left to whoever began the walk (Reader). It may lead through
/// several runs, and through one in several transactions.
/// Threads: one.
class PostingsAhead {
 public:
  /// How many records are asked for before anybody knows how many will be shown.
  static constexpr std::uint32_t kForeseen = 128;
  static constexpr std::uint32_t kAtOnceMax = 4'096;

  /// How many pages this thread has asked the disk for, ever.
  using Count = long (*)() noexcept;

  explicit PostingsAhead(Count count = pages_read) noexcept
      : count_(count), pages_before_(count()) {}
  /// The walk begins a run, or goes on in one within another transaction. What had been asked for
  /// beyond the end of the one before was not there: the next records are not asked for.
  void enter_run() noexcept {
    if (!has_looked_) return;  // who began the walk has asked in all runs
    if (left_ > 0) block_ = std::max(block_ / 2, kForeseen);
    left_ = 0;
  }
  /// One more record is about to be shown: of so many, it and those behind it, the pages are to be
  /// asked for now; 0: of none.
  [[nodiscard]] std::uint32_t wish() noexcept {
    if (left_ == 0) return look();
    --left_;
    return 0;
  }

 private:
  /// Between two looks at whether it has waited.
  static constexpr std::uint32_t kLookEvery = 32;
  /// Who has waited for so many since the last time waits for the next ones too.
  static constexpr long kColdPages = 2;

  [[nodiscard]] std::uint32_t look() noexcept;

  Count count_;
  long pages_before_;  // at the last wish, or at the beginning
  bool has_looked_ = false;
  std::uint32_t left_ = kForeseen;  // to be shown until the next look
  std::uint32_t block_ = kForeseen;
};

/// Asks for all that a search for `key` in these runs reads, a step of all of them together: the
/// disk is waited for three times, not once a page. Then newest_of() finds `limit` of each in
/// memory.
void foresee_search(const std::vector<RunView>& runs, PostingKey key, std::uint64_t limit);
/// The postings of `key` that come before posting `end`, the newest `most` of them; the places at
/// which they say so have been asked for.
[[nodiscard]] RunView::Range foresee_places(const RunView& run, PostingKey key, std::uint32_t end,
                                            std::uint32_t most) noexcept;
/// Asks for the pages of their records. Requires a run with pages.
void foresee_pages(const RunView& run, const PageMap& pages, RunView::Range range) noexcept;

}  // namespace chargemill::runtime::journal
