// What a reader does segment by segment: scans, counts, times, checks.
#include <algorithm>
#include <utility>

#include "runtime/base/assert.hpp"
#include "runtime/journal/reader.hpp"
#include "runtime/journal/scan_ahead.hpp"
#include "runtime/journal/segment_check.hpp"

namespace chargemill::runtime::journal {

/// In LMDB, in a transaction of its own. What has to be opened for it is closed behind it, but for
/// the last one, which is asked again and again: a journal may have hundreds of segments, and each
/// takes two or three descriptors. True also if retention has taken it since it was listed.
Result<bool> Reader::look_into(Segment& segment, const Look& look) const {
  const bool was_open = segment.environment != nullptr;
  if (!was_open) {
    if (const auto opened = open_segment(segment); !opened) return tl::unexpected(opened.error());
    if (!segment.environment) return true;
  }
  auto seen = [&]() -> Result<bool> {
    const auto transaction = Transaction::begin(*segment.environment, MDB_RDONLY);
    if (!transaction) return tl::unexpected(transaction.error());
    return look(view_of(segment, *transaction));
  }();
  if (!was_open && segment.last_max != kSequenceMax) segment.environment.reset();
  return seen;
}

/// Those of the one that grows in several transactions, as in newest_by_lmdb(). Nobody writes the
/// others.
Result<bool> Reader::scan_back(Segment& segment, const SegmentView::Visit& visit,
                               Sequence upto) const {
  const bool grows = segment.last_max == kSequenceMax;
  for (upto = std::min(upto, segment.last_max);;) {
    std::uint64_t shown = 0;
    bool is_over = false;
    const auto show = [&](const Record& record, const std::byte* bytes) {
      is_over = !visit(record, bytes);
      upto = record.sequence - 1;
      return !is_over && (!grows || ++shown < kShownAtOnce);
    };
    auto more =
        look_into(segment, [&](const SegmentView& view) { return view.scan_back(show, upto); });
    if (!more || *more || is_over) return more;
  }
}

Result<std::uint64_t> Reader::newest_of_all(std::uint64_t limit, const Visit& visit,
                                            Sequence upto) {
  if (const auto listed = list(); !listed) return tl::unexpected(listed.error());
  upto = owned_before(upto);
  if (upto != kSequenceMax) {
    auto there = last();
    if (!there) return there;
    if (upto >= *there) upto = kSequenceMax;  // one that is named has to be there
  }
  std::uint64_t shown = 0;
  for (std::size_t end = segments_up_to(upto); end > 0 && shown < limit; --end) {
    const auto more = scan_back(segments_[end - 1], up_to(limit, shown, visit), upto);
    if (!more) return tl::unexpected(more.error());
    if (!*more) break;
  }
  clear_dead_readers();
  return shown;
}

std::optional<Sequence> Reader::begin_in(const Segment& segment, Sequence from) const noexcept {
  const Sequence begin = next_owned(std::max(from, segment.name.first));
  if (begin > segment.last_max || begin == kSequenceMax) return std::nullopt;
  return begin;
}

/// What a scan from `from` on to the end reads.
Result<std::vector<FileAhead::Part>> Reader::files_from(Sequence from) {
  std::vector<FileAhead::Part> files;
  for (Segment& segment : segments_) {
    const auto begin = begin_in(segment, from);
    if (!begin) continue;
    FileAhead::Part file{path_of(directory_, segment.name), 0};
    if (segment.name.first < *begin) {
      const auto found = look_into(segment, [&](const SegmentView& view) {
        file.from = view.place_of(*begin);
        return true;
      });
      if (!found) return tl::unexpected(found.error());
    }
    files.push_back(std::move(file));
  }
  return files;
}

Result<std::uint64_t> Reader::scan(Sequence from, const Visit& visit, Extent extent) {
  if (const auto listed = list(); !listed) return tl::unexpected(listed.error());
  std::optional<FileAhead> ahead;
  if (extent == Extent::all) {
    auto files = files_from(from);
    if (!files) return tl::unexpected(files.error());
    ahead.emplace(std::move(*files));
  }
  std::uint64_t shown = 0;
  const auto show = [&](const Record& record, const std::byte*) {
    ++shown;
    return visit(record);
  };
  for (Segment& segment : segments_) {
    auto begin = begin_in(segment, from);
    if (!begin) continue;
    const auto more = look_into(segment, [&](const SegmentView& view) -> Result<bool> {
      while (begin) {
        const Sequence last = owned_to(*begin);
        auto seen = view.scan(*begin, show, ahead.has_value(), last);
        if (!seen || !*seen) return seen;
        begin = last < segment.last_max ? begin_in(segment, last + 1) : std::nullopt;
      }
      return true;
    });
    if (!more) return tl::unexpected(more.error());
    if (!*more) break;
  }
  clear_dead_readers();
  return shown;
}

/// Opens those that are sealed and have records from `from` on, without LMDB.
void Reader::open_sealed_from(Sequence from) {
  std::vector<Segment*> closed;
  for (Segment& segment : segments_) {
    const bool is_closed = segment.last_max != kSequenceMax;
    if (is_closed && segment.last_max >= from && !segment.sealed) closed.push_back(&segment);
  }
  open_sealed(closed);
}

/// Asks for all that counting in those that are sealed reads.
void Reader::foresee_counts(PostingKey key, Sequence from) const {
  std::vector<const SealedFile*> files;
  for (const Segment& segment : segments_) {
    if (segment.sealed && segment.last_max >= from) files.push_back(segment.sealed.get());
  }
  journal::foresee_counts(files, key);
}

Result<std::uint64_t> Reader::count(PostingKey key, Sequence from) {
  if (const auto listed = list(); !listed) return tl::unexpected(listed.error());
  open_sealed_from(from);
  const long before = pages_read();
  bool is_foreseen = false;
  std::uint64_t sum = 0;
  // By what counts those of a segment from a number on, as of one moment.
  const auto add_owned = [&](const auto& count_from) -> Result<bool> {
    const Result<std::uint64_t> all = count_from(from);
    if (!all) return tl::unexpected(all.error());
    sum += *all;
    for (const Disowned& range : disowned_) {
      if (range.last < from) continue;
      const Result<std::uint64_t> begin = count_from(std::max(from, range.first));
      if (!begin) return tl::unexpected(begin.error());
      const Result<std::uint64_t> end = count_from(range.last + 1);
      if (!end) return tl::unexpected(end.error());
      sum -= *begin - *end;
    }
    return true;
  };
  for (Segment& segment : segments_) {
    if (segment.last_max < from) continue;
    if (segment.sealed) {
      const auto run = segment.sealed->run();
      const auto here = add_owned([&](Sequence first) { return run.count_from(key, first); });
      if (!here) return tl::unexpected(here.error());
      // Where one page was on disk, those of the others are.
      if (!is_foreseen && pages_read() > before) foresee_counts(key, from);
      is_foreseen = is_foreseen || pages_read() > before;
      continue;
    }
    const auto seen = look_into(segment, [&](const SegmentView& view) {
      return add_owned([&](Sequence first) { return view.count(key, first); });
    });
    if (!seen) return tl::unexpected(seen.error());
  }
  clear_dead_readers();
  return sum;
}

/// The place among the segments of the first that is not all older than `time`, or of the last.
Result<std::size_t> Reader::first_not_before(Micros time) {
  std::size_t low = 0;
  std::size_t high = segments_.empty() ? 0 : segments_.size() - 1;
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    bool is_older = true;  // retention takes the oldest
    const auto seen = look_into(segments_[middle], [&](const SegmentView& view) -> Result<bool> {
      auto ends_before = view.ends_before(time);
      if (!ends_before) return ends_before;
      is_older = *ends_before;
      return true;
    });
    if (!seen) return tl::unexpected(seen.error());
    (is_older ? low : high) = is_older ? middle + 1 : middle;
  }
  return low;
}

Result<Sequence> Reader::first_since(Micros time) {
  auto newest = last();
  if (!newest) return newest;
  const auto begin = first_not_before(time);
  if (!begin) return tl::unexpected(begin.error());
  for (std::size_t i = *begin; i < segments_.size(); ++i) {
    std::optional<Sequence> first;
    const auto seen = look_into(segments_[i], [&](const SegmentView& view) -> Result<bool> {
      const auto found = view.first_since(time);
      if (!found) return tl::unexpected(found.error());
      first = *found;
      return true;
    });
    if (!seen) return tl::unexpected(seen.error());
    if (first) return *first;
  }
  return *newest + 1;
}

Result<Sequence> Reader::last() {
  if (const auto listed = list(); !listed) return tl::unexpected(listed.error());
  for (; !segments_.empty(); segments_.pop_back()) {  // one that is gone by now
    std::optional<Sequence> last;
    const auto seen = look_into(segments_.back(), [&](const SegmentView& view) -> Result<bool> {
      const auto found = view.last();
      if (!found) return tl::unexpected(found.error());
      last = *found;
      return true;
    });
    if (!seen) return tl::unexpected(seen.error());
    if (last) return *last;
  }
  return Sequence{0};
}

Result<Sequence> Reader::last_owned() {
  auto newest = last();
  if (!newest) return newest;
  return owned_before(*newest);
}

Result<Sequence> Reader::first_of_newest(std::uint64_t count) {
  CHARGEMILL_ASSERT(count > 0);
  auto newest = last_owned();
  if (!newest) return newest;
  for (Sequence upto = *newest;;) {
    Sequence below = 0;  // the newest disowned one
    for (const Disowned& range : disowned_) {
      if (range.last <= upto) below = std::max(below, range.last);
    }
    if (upto - below >= count) return upto - count + 1;
    if (below == 0) return Sequence{1};
    count -= upto - below;
    upto = owned_before(below);
  }
}

Result<std::uint64_t> Reader::check() {
  if (const auto listed = list(); !listed) return tl::unexpected(listed.error());
  std::uint64_t count = 0;
  for (Segment& segment : segments_) {
    const auto seen = look_into(segment, [&](const SegmentView&) -> Result<bool> {
      const auto checked =
          check_segment(*segment.environment, segment.name.first, segment.last_max);
      if (!checked) return tl::unexpected(checked.error());
      const bool reaches_next =
          &segment == &segments_.back() || segment.name.first + *checked == segment.last_max + 1;
      if (!reaches_next)
        return failure(ErrorKind::environment,
                       segment.environment->path() + ": records are missing");
      count += *checked;
      return true;
    });
    if (!seen) return tl::unexpected(seen.error());
  }
  return count;
}

}  // namespace chargemill::runtime::journal
