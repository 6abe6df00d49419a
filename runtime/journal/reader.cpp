#include "runtime/journal/reader.hpp"

#include <algorithm>
#include <system_error>
#include <thread>
#include <utility>

#include "runtime/journal/page_check.hpp"
#include "runtime/journal/scan_ahead.hpp"
#include "runtime/journal/segment_file.hpp"

namespace chargemill::runtime::journal {
namespace {

/// With so many of one segment its elders are taken to be on disk too.
constexpr long kColdPages = 2;
/// So many segments may be new without that: a journal grows by one now and then.
constexpr std::size_t kFewSegments = 2;

/// The newest segments are read by descriptors, the others, of which there may be thousands,
/// through mappings.
SealedFile::Access access_of(std::size_t number, std::size_t segments) noexcept {
  constexpr std::size_t kDescriptorsMax = 128;
  return number + kDescriptorsMax >= segments ? SealedFile::Access::descriptor
                                              : SealedFile::Access::mapping;
}

/// Does `work` for the numbers below `count`, up to `most` at the same time.
void at_once(std::size_t count, std::size_t most, const std::function<void(std::size_t)>& work) {
  std::vector<std::thread> threads;
  threads.reserve(std::min(count, most));
  for (std::size_t begun = 0; begun < count;) {
    try {
      while (begun + 1 < count && threads.size() + 1 < most) {
        threads.emplace_back(work, begun);
        ++begun;
      }
    } catch (const std::system_error&) {
      // No more threads: this one does it all, only later.
    }
    work(begun++);
    for (std::thread& thread : threads) thread.join();
    threads.clear();
  }
}

}  // namespace

SegmentView::Visit Reader::up_to(std::uint64_t limit, std::uint64_t& shown,
                                 const Visit& visit) const {
  return [this, &shown, limit, &visit](const Record& record, const std::byte*) {
    const auto is_here = [&](const Disowned& range) { return range.has(record.sequence); };
    if (std::any_of(disowned_.begin(), disowned_.end(), is_here)) return true;
    ++shown;
    return visit(record) && shown < limit;
  };
}

SegmentView Reader::view_of(const Segment& segment, const Transaction& transaction) noexcept {
  return {*segment.environment, transaction, segment.name.first, segment.last_max};
}

/// Many are shown in several transactions, one after the other: as long as one lasts the writer
/// uses no page again that it may see (LG-07). Each goes on below the last record that was shown.
/// So numbers that rise, as in a damaged run, are an error: else records would be left out, or be
/// shown for ever.
Result<bool> Reader::newest_by_lmdb(const Segment& segment, PostingKey key,
                                    const SegmentView::Visit& visit, Sequence upto) const {
  PostingsAhead ahead;
  for (upto = std::min(upto, segment.last_max);;) {
    std::uint64_t shown = 0;
    Sequence last = upto;
    bool is_over = false;
    bool is_damaged = false;
    const auto transaction = Transaction::begin(*segment.environment, MDB_RDONLY);
    if (!transaction) return tl::unexpected(transaction.error());
    const auto show = [&](const Record& record, const std::byte* bytes) {
      is_damaged = record.sequence > last;
      if (is_damaged) return false;
      last = record.sequence;
      is_over = !visit(record, bytes);
      return !is_over && ++shown < kShownAtOnce;
    };
    auto more = view_of(segment, *transaction).newest(key, show, upto, ahead);
    if (is_damaged)
      return failure(ErrorKind::environment, path_of(directory_, segment.name) +
                                                 ": the posting above record " +
                                                 std::to_string(last) + " is damaged");
    if (!more || *more || is_over || last == 0) return more;
    upto = last - 1;
  }
}

/// In the file itself, or by LMDB.
Result<bool> Reader::newest_of(Segment& segment, PostingKey key, const SegmentView::Visit& visit,
                               Sequence upto) const {
  if (!segment.sealed) return newest_by_lmdb(segment, key, visit, upto);
  const SealedFile::Otherwise by_lmdb = [&](Sequence sequence) -> Result<bool> {
    if (!segment.environment) {
      if (const auto opened = open_segment(segment); !opened) return tl::unexpected(opened.error());
      if (!segment.environment)
        return failure(ErrorKind::environment,
                       path_of(directory_, segment.name) + ": damaged, and gone");
    }
    const auto transaction = Transaction::begin(*segment.environment, MDB_RDONLY);
    if (!transaction) return tl::unexpected(transaction.error());
    return view_of(segment, *transaction).show_one(sequence, visit);
  };
  return segment.sealed->newest(key, visit, by_lmdb, upto);
}

// No number is in two ranges, and of what is still to come there is one at most.
Sequence Reader::next_owned(Sequence from) const noexcept {
  for (;;) {
    const auto range = std::find_if(disowned_.begin(), disowned_.end(),
                                    [from](const Disowned& one) { return one.has(from); });
    if (range == disowned_.end() || from >= kSequenceMax) return from;
    from = range->last == kSequenceMax ? kSequenceMax : range->last + 1;
  }
}
Sequence Reader::owned_before(Sequence upto) const noexcept {
  for (;;) {
    const auto range = std::find_if(disowned_.begin(), disowned_.end(),
                                    [upto](const Disowned& one) { return one.has(upto); });
    if (range == disowned_.end()) return upto;
    upto = range->first - 1;
  }
}
Sequence Reader::owned_to(Sequence from) const noexcept {
  Sequence last = kSequenceMax;
  for (const Disowned& range : disowned_) {
    if (range.first > from) last = std::min(last, range.first - 1);
  }
  return last;
}

/// How many of them begin no later than that.
std::size_t Reader::segments_up_to(Sequence upto) const noexcept {
  std::size_t count = segments_.size();
  while (count > 0 && segments_[count - 1].name.first > upto) --count;
  return count;
}

Result<Reader> Reader::open(const std::string& directory, Care care) {
  // Segments are opened by the first query, together with what it reads.
  if (const auto names = list_segments(directory); !names) return tl::unexpected(names.error());
  return Reader{directory, care};
}

/// Finds out which segments there are, and keeps what is open of them, but for the one that grew.
Result<void> Reader::list() {
  auto listing = list_journal(directory_);
  if (!listing) return tl::unexpected(listing.error());
  const auto* const names = &listing->segments;
  disowned_ = std::move(listing->disowned);
  std::vector<Segment> now(names->size());
  for (std::size_t i = 0; i < names->size(); ++i) {
    const SegmentName name = (*names)[i];
    now[i].name = name;
    now[i].last_max = i + 1 < names->size() ? (*names)[i + 1].first - 1 : kSequenceMax;
    const auto known = std::find_if(segments_.begin(), segments_.end(), [&](const Segment& s) {
      return s.name.first == name.first && s.name.generation == name.generation;
    });
    if (known == segments_.end()) continue;
    // Of an elder the descriptor is needed by those that have come since: it is opened again.
    const bool is_kept = known->sealed && known->sealed->access() == access_of(i, names->size());
    if (is_kept) now[i].sealed = std::move(known->sealed);
    // One that does not grow any more is opened again when it is needed, then as the others are.
    const bool has_ended = known->last_max == kSequenceMax && now[i].last_max != kSequenceMax;
    if (!has_ended) now[i].environment = std::move(known->environment);
  }
  segments_ = std::move(now);
  return {};
}

/// Forgets those that retention has taken since they were listed.
void Reader::let_go(const std::function<bool(const Segment&)>& is_gone) {
  segments_.erase(std::remove_if(segments_.begin(), segments_.end(), is_gone), segments_.end());
  clear_dead_readers();
}

/// Lists the segments and opens those that are not open, sealed ones without LMDB. If many are new
/// their pages are probably not in memory: then what is wanted of them is asked for as soon as they
/// are open. Returns from which number on it has been.
Result<std::size_t> Reader::open_for_newest(const Wanted& wanted) {
  if (const auto listed = list(); !listed) return tl::unexpected(listed.error());
  std::vector<Segment*> elders;  // most are sealed, some since the last time
  std::vector<Segment*> others;  // which LMDB has to open
  std::size_t unopened = 0;
  for (Segment& segment : segments_) {
    if (segment.sealed) continue;
    if (!segment.environment) ++unopened;
    if (&segment != &segments_.back()) {
      elders.push_back(&segment);
    } else if (!segment.environment) {
      others.push_back(&segment);  // it grows
    }
  }
  const bool is_cold = unopened > kFewSegments;
  const Wanted* const ahead = is_cold ? &wanted : nullptr;
  std::size_t foreseen = segments_.size();
  Result<void> newest;
  at_once(elders.empty() ? 1 : 2, is_cold ? 2 : 1, [&](std::size_t i) {
    if (i == 0) {
      newest = open_segments(others, ahead);
    } else {
      open_sealed(elders);
      if (is_cold) foreseen = foresee_sealed(wanted, 0, segments_.size());
    }
  });
  if (!newest) return tl::unexpected(newest.error());
  others.clear();
  for (Segment* segment : elders) {
    if (!segment->sealed && !segment->environment) others.push_back(segment);
  }
  if (const auto opened = open_segments(others, ahead); !opened)
    return tl::unexpected(opened.error());
  let_go([](const Segment& s) { return !s.environment && !s.sealed; });
  return std::min(foreseen, segments_.size());
}

void Reader::open_sealed(const std::vector<Segment*>& segments) const {
  std::vector<SealedFile::Place> places;
  places.reserve(segments.size());
  for (const Segment* segment : segments) {
    const auto number = static_cast<std::size_t>(segment - segments_.data());
    places.push_back({path_of(directory_, segment->name), segment->name.first, segment->last_max,
                      access_of(number, segments_.size())});
  }
  // Pages that may be damaged are looked at first, all of them.
  if (care_ == Care::suspicious) {
    for (const SealedFile::Place& place : places) {
      if (!check_pages(place.path)) return;  // LMDB's way says what is wrong
    }
  }
  auto opened = SealedFile::open_all(places);
  for (std::size_t i = 0; i < opened.size(); ++i) {
    if (opened[i]) segments[i]->environment.reset();  // it can do without LMDB from now on
    segments[i]->sealed = std::move(opened[i]);
  }
}

/// `ahead`: what is asked for at once; null: nothing.
Result<void> Reader::open_segments(const std::vector<Segment*>& segments,
                                   const Wanted* ahead) const {
  std::vector<Result<void>> outcomes(segments.size());
  at_once(segments.size(), kAtOnceMax, [&](std::size_t i) {
    outcomes[i] = open_segment(*segments[i]);
    if (ahead != nullptr && segments[i]->environment) foresee_in(*segments[i], *ahead);
  });
  for (auto& outcome : outcomes) {
    if (!outcome) return std::move(outcome);
  }
  return {};
}

/// Leaves it closed if retention has taken it since it was listed.
Result<void> Reader::open_segment(Segment& segment) const {
  const std::string path = path_of(directory_, segment.name);
  if (care_ == Care::suspicious) {
    if (auto sound = check_pages(path); !sound) return sound;
  }
  auto opened = Environment::open(path, Environment::Access::read);
  if (!opened && is_gone(path)) return {};
  if (!opened) return tl::unexpected(opened.error());
  const auto transaction = Transaction::begin(**opened, MDB_RDONLY);
  if (!transaction) return tl::unexpected(transaction.error());
  if (auto head = check_head(**opened, *transaction, segment.name.first); !head) return head;
  segment.environment = std::move(*opened);
  return {};
}

void Reader::clear_dead_readers() {
  const auto now = std::chrono::steady_clock::now();
  if (now - cleared_ < Environment::kClearEvery) return;
  cleared_ = now;
  for (const Segment& segment : segments_) {
    if (segment.environment) segment.environment->clear_dead_readers();
  }
}

void Reader::foresee_in(const Segment& segment, const Wanted& wanted) {
  const auto transaction = Transaction::begin(*segment.environment, MDB_RDONLY);
  if (!transaction) return;  // the query will say so
  view_of(segment, *transaction).foresee_newest(wanted.key, wanted.limit);
}

/// Asks the disk for what is wanted of the sealed ones among segments `begin` to `end`, all of a
/// step together. Returns from which number on it has come.
std::size_t Reader::foresee_sealed(const Wanted& wanted, std::size_t begin, std::size_t end) const {
  std::vector<const SealedFile*> sealed;  // newest first
  std::vector<std::size_t> numbers;
  for (std::size_t i = end; i > begin; --i) {
    if (!segments_[i - 1].sealed) continue;
    sealed.push_back(segments_[i - 1].sealed.get());
    numbers.push_back(i - 1);
  }
  const std::size_t reached = foresee_newest(sealed, wanted.key, wanted.limit);
  return reached == sealed.size() ? begin : numbers[reached] + 1;
}

/// The same of all of them.
std::size_t Reader::foresee(const Wanted& wanted, std::size_t begin, std::size_t end) const {
  std::vector<const Segment*> others;
  for (std::size_t i = begin; i < end; ++i) {
    if (!segments_[i].sealed) others.push_back(&segments_[i]);
  }
  std::size_t reached = begin;
  const std::size_t works = others.size() + (others.size() < end - begin ? 1 : 0);
  at_once(works, kAtOnceMax, [&](std::size_t i) {
    if (i < others.size())
      foresee_in(*others[i], wanted);
    else
      reached = foresee_sealed(wanted, begin, end);
  });
  return reached;
}

/// The disk is to be waited for a few times, not once a page: as soon as pages turn out not to be
/// in memory, all segments are looked into at the same time. Where all were there the last time,
/// none is asked for before one is missed: that would be a system call for each.
Result<std::uint64_t> Reader::newest(PostingKey key, std::uint64_t limit, const Visit& visit,
                                     Sequence upto) {
  const auto ahead = open_for_newest({key, std::min(limit, kForeseenMax)});
  if (!ahead) return tl::unexpected(ahead.error());
  upto = owned_before(upto);
  std::uint64_t shown = 0;
  std::size_t foreseen = *ahead;  // from this number on
  bool is_cold = foreseen < segments_.size();
  const long at_first = pages_read();
  for (std::size_t end = segments_up_to(upto); end > 0 && shown < limit; --end) {
    const long before = pages_read();
    if (end <= foreseen && (is_cold || !is_warm_)) {
      const std::size_t begin = end - std::min(end, is_cold ? kAtOnceMax : 1);
      const Wanted wanted{key, std::min(limit - shown, kForeseenMax)};
      foreseen = std::min(foresee(wanted, begin, end), end - 1);
    }
    const auto more = newest_of(segments_[end - 1], key, up_to(limit, shown, visit), upto);
    if (!more) return tl::unexpected(more.error());
    if (!*more) break;
    is_cold = is_cold || pages_read() - before >= kColdPages;
  }
  is_warm_ = pages_read() - at_first < kColdPages;
  return shown;
}

Result<std::uint64_t> Reader::look_up(PostingKey key, std::uint64_t limit, const Visit& visit) {
  const bool is_open = std::all_of(segments_.begin(), segments_.end(),
                                   [](const Segment& s) { return s.environment || s.sealed; });
  if (segments_.empty() || !is_open) return newest(key, limit, visit);
  std::uint64_t shown = 0;
  for (auto segment = segments_.rbegin(); segment != segments_.rend() && shown < limit; ++segment) {
    const auto more = newest_of(*segment, key, up_to(limit, shown, visit));
    if (!more) return tl::unexpected(more.error());
    if (!*more) break;
  }
  return shown;
}

}  // namespace chargemill::runtime::journal
