// Merging runs while a commit waits for it.
#pragma once

#include <vector>

#include "runtime/journal/posting_run.hpp"

namespace chargemill::runtime::journal {

/// Merges sorted lists, each from an older range than the next, into one run. It keeps its memory
/// from one merge to the next, twice the largest run so far: a merge of 130,000 postings touches
/// some thousand pages, and where the first touch of a page costs microseconds those alone held up
/// a commit for longer than the merging itself.
/// Threads: one.
class RunMerger {
 public:
  /// Adds a list that is newer than those before. `shift` is how many records its own first record
  /// comes after the merged run's.
  void add(const RunView& run, std::uint32_t shift);
  void add(const std::vector<Posting>& postings, std::uint32_t shift);
  /// How many postings the merged run will have.
  [[nodiscard]] std::size_t count() const noexcept { return lists_.size(); }
  /// Gives all to an encoder of count() postings, by key and, of equal keys, by record; then it is
  /// empty again.
  void merge_into(RunEncoder& to);

 private:
  void merge_pairs();

  std::vector<Posting> lists_;     // one behind the other
  std::vector<Posting> scratch_;   // where the next round of merges goes
  std::vector<std::size_t> ends_;  // of the lists, in lists_
};

}  // namespace chargemill::runtime::journal
