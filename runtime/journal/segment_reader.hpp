// Reading one segment, within one transaction.
#pragma once

#include <functional>
#include <optional>

#include "runtime/journal/environment.hpp"
#include "runtime/journal/page_finder.hpp"
#include "runtime/journal/posting_run.hpp"
#include "runtime/journal/postings_ahead.hpp"
#include "runtime/journal/record.hpp"

namespace chargemill::runtime::journal {

/// A segment as a transaction sees it; both outlive this. Every record is checked before it is
/// shown; a damaged one ends the reading with an error.
class SegmentView {
 public:
  /// Shows one record and its bytes in the file; false ends the reading.
  using Visit = std::function<bool(const Record&, const std::byte*)>;
  using VisitRun = std::function<bool(const RunView&)>;

  /// Records above `last_max` do not count: they were resent to the next segment.
  SegmentView(const Environment& environment, const Transaction& transaction, Sequence first,
              Sequence last_max) noexcept
      : environment_(environment), transaction_(transaction), first_(first), last_max_(last_max) {}

  /// The newest record's number; first - 1 when there is none.
  [[nodiscard]] Result<Sequence> last() const;
  /// From `from` on, oldest first, to number `upto` at most. False: it was stopped by `visit`.
  /// `is_read_ahead`: somebody reads the file ahead of it already.
  [[nodiscard]] Result<bool> scan(Sequence from, const Visit& visit, bool is_read_ahead = false,
                                  Sequence upto = kSequenceMax) const;
  /// From the newest on, or from number `upto`. False: it was stopped.
  [[nodiscard]] Result<bool> scan_back(const Visit& visit, Sequence upto = kSequenceMax) const;
  /// Those that bear `key`, from the newest on. False: it was stopped.
  [[nodiscard]] Result<bool> newest(PostingKey key, const Visit& visit) const;
  /// Those up to number `upto`, of a walk that has come there with `ahead`.
  [[nodiscard]] Result<bool> newest(PostingKey key, const Visit& visit, Sequence upto,
                                    PostingsAhead& ahead) const;
  /// Asks for all pages that newest(key) will read for `limit` records, many at a time, and waits
  /// for those that lead to others. Shows nothing: what is wrong newest() will find out.
  void foresee_newest(PostingKey key, std::uint64_t limit) const;
  /// Shows record `sequence`; a missing one is damage. False: it was stopped.
  [[nodiscard]] Result<bool> show_one(Sequence sequence, const Visit& visit) const;
  /// How many from number `from` on bear `key`; no record is read.
  [[nodiscard]] Result<std::uint64_t> count(PostingKey key, Sequence from) const;
  /// The time of record `sequence`; empty if it is not here.
  [[nodiscard]] Result<std::optional<Micros>> time_of(Sequence sequence) const;
  /// Whether all are older than `time`: as its manifest says, or its last record if it has none.
  [[nodiscard]] Result<bool> ends_before(Micros time) const;
  /// The first that is not older than `time`, by halving; empty if all are.
  [[nodiscard]] Result<std::optional<Sequence>> first_since(Micros time) const;
  /// Where in the file the page of record `sequence`, or of the next one, begins; 0: there is none.
  [[nodiscard]] std::uint64_t place_of(Sequence sequence) const;
  /// The runs that count, from the newest on; those that they swallowed are left out.
  [[nodiscard]] Result<bool> each_run(const VisitRun& visit) const;

 private:
  [[nodiscard]] Result<bool> show(Bytes value, Sequence sequence, const Visit& visit) const;
  [[nodiscard]] std::vector<RunView> foresee_runs() const;
  /// By the page that a posting names, or by LMDB's search; up to a number, and how far ahead.
  struct Finders {
    const PageFinder& pages;
    MDB_cursor* records;
    Sequence upto;
    PostingsAhead& ahead;
  };
  [[nodiscard]] Result<bool> show_postings(const RunView& run, PostingKey key,
                                           const Finders& finders, const Visit& visit) const;
  [[nodiscard]] tl::unexpected<Error> damaged(const char* what, Sequence sequence) const;
  [[nodiscard]] bool is_missing(Sequence sequence) const noexcept;
  [[nodiscard]] tl::unexpected<Error> missing(Sequence sequence) const;

  const Environment& environment_;
  const Transaction& transaction_;
  Sequence first_;
  Sequence last_max_;
};

}  // namespace chargemill::runtime::journal
