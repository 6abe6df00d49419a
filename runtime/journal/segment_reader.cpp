#include "runtime/journal/segment_reader.hpp"

#include <algorithm>
#include <cerrno>

#include "runtime/journal/page_finder.hpp"
#include "runtime/journal/page_layout.hpp"
#include "runtime/journal/record_codec.hpp"
#include "runtime/journal/run_ladder.hpp"
#include "runtime/journal/scan_ahead.hpp"
#include "runtime/journal/sealed_file.hpp"
#include "runtime/journal/segment_file.hpp"

namespace chargemill::runtime::journal {
namespace {

/// The number that a key of either table is; 0, which is none, if it is no number.
std::uint64_t number_in(const MDB_val& key) noexcept {
  if (key.mv_size != sizeof(std::uint64_t)) return 0;
  return load<std::uint64_t>(static_cast<const std::byte*>(key.mv_data));
}

Bytes bytes_in(const MDB_val& value) noexcept {
  return {static_cast<const std::byte*>(value.mv_data), value.mv_size};
}

void add_sequences(const RunView& run, RunView::Range range, std::vector<Sequence>& to) {
  for (std::uint32_t i = range.begin; i < range.end; ++i) to.push_back(run.sequence(i));
}

/// Asks for the pages of the records of these postings, also where they do not name them.
void foresee_records(const RunView& run, RunView::Range range, const PageFinder& pages) {
  if (run.has_pages()) return foresee_pages(run, pages.map(), range);
  std::vector<Sequence> wanted;
  add_sequences(run, range, wanted);
  pages.foresee_records(wanted);
}

/// Puts `cursor` on the last entry that is not above `number`; LMDB's code.
int find_at_most(MDB_cursor* cursor, std::uint64_t number, MDB_val& key, MDB_val& value) noexcept {
  key = as_val(number);
  const int code = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE);
  if (code == MDB_NOTFOUND) return mdb_cursor_get(cursor, &key, &value, MDB_LAST);
  if (code != 0 || number_in(key) == number) return code;
  return mdb_cursor_get(cursor, &key, &value, MDB_PREV);
}

}  // namespace

tl::unexpected<Error> SegmentView::damaged(const char* what, Sequence sequence) const {
  return failure(ErrorKind::environment, environment_.path() + ": " + what + " " +
                                             std::to_string(sequence) + " is damaged");
}

/// One that a successor has goes on to that one's first: no record of it can have been dropped.
bool SegmentView::is_missing(Sequence sequence) const noexcept {
  return last_max_ != kSequenceMax && sequence >= first_ && sequence <= last_max_;
}

tl::unexpected<Error> SegmentView::missing(Sequence sequence) const {
  return failure(ErrorKind::environment,
                 environment_.path() + ": record " + std::to_string(sequence) + " is missing");
}

Result<Sequence> SegmentView::last() const {
  const Cursor cursor = open_cursor(transaction_, environment_.records());
  if (!cursor) return lmdb_failure(ENOMEM, "read", environment_.path());
  MDB_val key{};
  MDB_val value{};
  const int code = find_at_most(cursor.get(), last_max_, key, value);
  if (code == MDB_NOTFOUND) return first_ - 1;
  if (code != 0) return lmdb_failure(code, "read", environment_.path());
  const Sequence found = number_in(key);
  if (found < first_ || found > last_max_) return damaged("record", found);
  return found;
}

Result<bool> SegmentView::show(Bytes value, Sequence sequence, const Visit& visit) const {
  const auto record = decode_record(value.at, value.count, sequence);
  if (!record && is_later_record(value.at, value.count, sequence))
    return failure(ErrorKind::environment, environment_.path() + ": record " +
                                               std::to_string(sequence) +
                                               " was written by a later version of chargemill");
  if (!record) return damaged("record", sequence);
  return visit(*record, value.at);
}

Result<bool> SegmentView::scan(Sequence from, const Visit& visit, bool is_read_ahead,
                               Sequence upto) const {
  const Cursor cursor = open_cursor(transaction_, environment_.records());
  if (!cursor) return lmdb_failure(ENOMEM, "read", environment_.path());
  Sequence expected = std::max(from, first_);
  ScanAhead ahead{environment_};
  MDB_val key = as_val(expected);
  MDB_val value{};
  int code = mdb_cursor_get(cursor.get(), &key, &value, MDB_SET_RANGE);
  for (; code == 0 && expected <= std::min(last_max_, upto); ++expected) {
    // Numbers have no gaps: a missing one is damage too.
    if (number_in(key) != expected) return damaged("record", expected);
    if (!is_read_ahead) ahead.reach(bytes_in(value).at);
    auto more = show(bytes_in(value), expected, visit);
    if (!more || !*more) return more;
    code = mdb_cursor_get(cursor.get(), &key, &value, MDB_NEXT);
  }
  if (code != 0 && code != MDB_NOTFOUND) return lmdb_failure(code, "read", environment_.path());
  if (expected <= upto && is_missing(expected)) return missing(expected);
  return true;
}

Result<bool> SegmentView::scan_back(const Visit& visit, Sequence upto) const {
  const Sequence newest = std::min(upto, last_max_);
  const Cursor cursor = open_cursor(transaction_, environment_.records());
  if (!cursor) return lmdb_failure(ENOMEM, "read", environment_.path());
  MDB_val key{};
  MDB_val value{};
  int code = find_at_most(cursor.get(), newest, key, value);
  if (code != 0 && code != MDB_NOTFOUND) return lmdb_failure(code, "read", environment_.path());
  Sequence expected = code == 0 ? number_in(key) : first_ - 1;
  if (expected > newest) return damaged("record", expected);
  // One that the caller has come to was there when he saw its successor.
  const bool must_be_there = is_missing(expected + 1) || newest != last_max_;
  if (expected < newest && must_be_there) return missing(expected + 1);
  for (; code == 0; --expected) {
    if (expected < first_ || number_in(key) != expected) return damaged("record", expected);
    auto more = show(bytes_in(value), expected, visit);
    if (!more || !*more) return more;
    code = mdb_cursor_get(cursor.get(), &key, &value, MDB_PREV);
  }
  if (code != MDB_NOTFOUND) return lmdb_failure(code, "read", environment_.path());
  if (expected >= first_) return missing(expected);
  return true;
}

Result<bool> SegmentView::each_run(const VisitRun& visit) const {
  const Cursor cursor = open_cursor(transaction_, environment_.postings());
  if (!cursor) return lmdb_failure(ENOMEM, "read", environment_.path());
  // Each run lies wholly before the one seen last; those that it swallowed are stepped over.
  for (Sequence upto = last_max_; upto >= first_;) {
    MDB_val key{};
    MDB_val value{};
    const int code = find_at_most(cursor.get(), run_key(upto, kRunLevelMax), key, value);
    if (code == MDB_NOTFOUND) return true;
    if (code != 0) return lmdb_failure(code, "read", environment_.path());
    const auto run = RunView::over(bytes_in(value));
    const bool fits = run && run->first() >= first_ && run->first() <= run->last() &&
                      run->last() <= upto && number_in(key) == run_key(run->last(), run->level());
    if (!fits) return damaged("the run before record", upto);
    if (!visit(*run)) return false;
    upto = run->first() - 1;
  }
  return true;
}

Result<bool> SegmentView::newest(PostingKey key, const Visit& visit) const {
  PostingsAhead ahead;
  return newest(key, visit, kSequenceMax, ahead);
}

Result<bool> SegmentView::newest(PostingKey key, const Visit& visit, Sequence upto,
                                 PostingsAhead& ahead) const {
  const Cursor records = open_cursor(transaction_, environment_.records());
  if (!records) return lmdb_failure(ENOMEM, "read", environment_.path());
  const PageFinder pages{environment_, transaction_};
  Result<bool> shown = true;
  auto runs = each_run([&](const RunView& run) {
    if (run.first() > upto) return true;
    shown = show_postings(run, key, {pages, records.get(), upto, ahead}, visit);
    return shown && *shown;
  });
  if (!runs) return runs;
  return shown;
}

/// The runs that count. Asks for their heads, all together, as far as keys and sizes tell which
/// they are.
std::vector<RunView> SegmentView::foresee_runs() const {
  constexpr std::size_t kLookedAtMax = 512;  // of a segment of small commits newest() finds others
  std::vector<RunView> runs;
  const Cursor cursor = open_cursor(transaction_, environment_.postings());
  if (!cursor) return runs;
  MDB_val key{};
  MDB_val value{};
  SwallowedRuns swallowed;
  std::uint8_t level = 0;
  int code = find_at_most(cursor.get(), run_key(last_max_, kRunLevelMax), key, value);
  for (std::size_t i = 0; code == 0 && i < kLookedAtMax && level < kRunLevelMax; ++i) {
    const Bytes bytes = bytes_in(value);
    level = static_cast<std::uint8_t>(level_in(number_in(key)));
    if (!swallowed.have(level, RunLayout::count_about(bytes.count)))
      foresee({bytes.at, RunLayout::head_bytes_about(bytes.count)});
    code = mdb_cursor_get(cursor.get(), &key, &value, MDB_PREV);
  }
  // What is wrong newest() will say.
  (void)each_run([&](const RunView& run) {
    runs.push_back(run);
    return runs.size() < kLookedAtMax;
  });
  return runs;
}

void SegmentView::foresee_newest(PostingKey key, std::uint64_t limit) const {
  const PageFinder pages{environment_, transaction_};
  pages.foresee_roots();
  const auto runs = foresee_runs();
  foresee_search(runs, key, limit);
  std::vector<Sequence> wanted;  // whose pages are not known
  for (const RunView& run : runs) {
    const auto range = run.newest_of(key, limit);
    limit -= range.end - range.begin;
    if (run.has_pages())
      foresee_pages(run, pages.map(), range);
    else
      add_sequences(run, range, wanted);
  }
  pages.foresee_records(wanted);
}

Result<bool> SegmentView::show_one(Sequence sequence, const Visit& visit) const {
  bool is_there = false;
  bool goes_on = false;
  auto shown = scan(sequence, [&](const Record& record, const std::byte* bytes) {
    is_there = record.sequence == sequence;
    goes_on = is_there && visit(record, bytes);
    return false;
  });
  if (!shown) return shown;
  if (!is_there) return damaged("the posting of record", sequence);
  return goes_on;
}

Result<std::uint64_t> SegmentView::count(PostingKey key, Sequence from) const {
  std::uint64_t sum = 0;
  const auto runs = each_run([&](const RunView& run) {
    if (run.last() < from) return false;
    sum += run.count_from(key, from);
    return true;
  });
  if (!runs) return tl::unexpected(runs.error());
  return sum;
}

Result<std::optional<Micros>> SegmentView::time_of(Sequence sequence) const {
  std::optional<Micros> time;
  if (sequence < first_ || sequence > last_max_) return time;
  const auto shown = scan(sequence, [&](const Record& record, const std::byte*) {
    time = record.time;
    return false;
  });
  if (!shown) return tl::unexpected(shown.error());
  return time;
}

Result<bool> SegmentView::ends_before(Micros time) const {
  const auto seal = read_seal(environment_, transaction_);
  if (!seal) return tl::unexpected(seal.error());
  if (*seal) return (*seal)->time_max < time;
  const auto newest = last();
  if (!newest) return tl::unexpected(newest.error());
  const auto found = time_of(*newest);
  if (!found) return tl::unexpected(found.error());
  return *found && **found < time;
}

Result<std::optional<Sequence>> SegmentView::first_since(Micros time) const {
  const auto newest = last();
  if (!newest) return tl::unexpected(newest.error());
  Sequence low = first_;
  Sequence high = *newest + 1;
  while (low < high) {
    const Sequence middle = low + (high - low) / 2;
    const auto found = time_of(middle);
    if (!found) return tl::unexpected(found.error());
    if (*found && **found < time) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low <= *newest ? std::optional{low} : std::nullopt;
}

std::uint64_t SegmentView::place_of(Sequence sequence) const {
  const Cursor cursor = open_cursor(transaction_, environment_.records());
  MDB_val key = as_val(sequence);
  MDB_val value{};
  if (!cursor || mdb_cursor_get(cursor.get(), &key, &value, MDB_SET_RANGE) != 0) return 0;
  return std::uint64_t{page_number_of(bytes_in(value).at)} * PageLayout::kBytes;
}

Result<bool> SegmentView::show_postings(const RunView& run, PostingKey key, const Finders& finders,
                                        const Visit& visit) const {
  PostingsAhead& ahead = finders.ahead;
  ahead.enter_run();
  const bool is_cut = finders.upto < run.last();
  const std::uint32_t beyond = is_cut ? run.count_from(key, finders.upto + 1) : 0;
  for (std::uint32_t i = run.end_of(key) - beyond; i > 0 && run.key(i - 1) == key; --i) {
    if (const auto most = ahead.wish(); most > 0)
      foresee_records(run, foresee_places(run, key, i, most), finders.pages);
    const Sequence sequence = run.sequence(i - 1);
    Bytes value;
    if (run.has_pages()) value = finders.pages.map().record(run.page(i - 1), sequence);
    if (value.at == nullptr) {
      MDB_val at = as_val(sequence);
      MDB_val found{};
      const int code = mdb_cursor_get(finders.records, &at, &found, MDB_SET);
      if (code == MDB_NOTFOUND) return damaged("the posting of record", sequence);
      if (code != 0) return lmdb_failure(code, "read", environment_.path());
      value = bytes_in(found);
    }
    auto more = show(value, sequence, [&](const Record& record, const std::byte* bytes) {
      // A posting that says what the record does not is no reason to show it.
      return std::find(record.keys.begin(), record.keys.end(), key) == record.keys.end() ||
             visit(record, bytes);
    });
    if (!more || !*more) return more;
  }
  return true;
}

}  // namespace chargemill::runtime::journal
