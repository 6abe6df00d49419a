#include "runtime/journal/reader.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <system_error>
#include <thread>
#include <utility>

#include "runtime/journal/page_check.hpp"
#include "runtime/journal/segment_check.hpp"

namespace chargemill::runtime::journal {
namespace {

/// Counts what is shown and stops at `limit`.
SegmentView::Visit counted(std::uint64_t& shown, std::uint64_t limit, const Reader::Visit& visit) {
  return [&shown, limit, &visit](const Record& record, const std::byte*) {
    ++shown;
    return visit(record) && shown < limit;
  };
}

/// Pages that this thread has waited for.
long page_faults() noexcept {
  rusage usage{};
  return ::getrusage(RUSAGE_THREAD, &usage) == 0 ? usage.ru_majflt : 0;
}
/// With so many in one segment, its elders are taken to be on disk too.
constexpr long kColdFaults = 8;

}  // namespace

/// SegmentView::newest in a transaction of its own.
Result<bool> Reader::newest_of(const Segment& segment, PostingKey key,
                               const SegmentView::Visit& visit) {
  const auto transaction = Transaction::begin(*segment.environment, MDB_RDONLY);
  if (!transaction) return tl::unexpected(transaction.error());
  const SegmentView view{*segment.environment, *transaction, segment.name.first, segment.last_max};
  return view.newest(key, visit);
}

Result<Reader> Reader::open(const std::string& directory, Care care) {
  Reader reader{directory, care};
  if (const auto listed = reader.refresh(); !listed) return tl::unexpected(listed.error());
  return reader;
}

/// Opens what is new and lets go of what is gone.
Result<void> Reader::refresh() {
  const auto names = list_segments(directory_);
  if (!names) return tl::unexpected(names.error());
  std::vector<Segment> now;
  for (std::size_t i = 0; i < names->size(); ++i) {
    const SegmentName name = (*names)[i];
    const Sequence last_max = i + 1 < names->size() ? (*names)[i + 1].first - 1 : kSequenceMax;
    const auto known = std::find_if(segments_.begin(), segments_.end(), [&](const Segment& s) {
      return s.environment && s.name.first == name.first && s.name.generation == name.generation;
    });
    if (known != segments_.end()) {
      now.push_back({name, last_max, std::move(known->environment)});
      continue;
    }
    const std::string path = path_of(directory_, name);
    if (care_ == Care::suspicious) {
      if (auto sound = check_pages(path); !sound) return sound;
    }
    auto opened = Environment::open(path, Environment::Access::read);
    // Retention may take a segment between the list and the look.
    if (!opened && bytes_of(path) == 0) continue;
    if (!opened) return tl::unexpected(opened.error());
    now.push_back({name, last_max, std::move(*opened)});
    is_fresh_ = true;
  }
  segments_ = std::move(now);
  clear_dead_readers();
  return {};
}

void Reader::clear_dead_readers() {
  const auto now = std::chrono::steady_clock::now();
  if (now - cleared_ < Environment::kClearEvery) return;
  cleared_ = now;
  for (const Segment& segment : segments_) segment.environment->clear_dead_readers();
}

Result<std::uint64_t> Reader::newest(PostingKey key, std::uint64_t limit, const Visit& visit) {
  if (const auto listed = refresh(); !listed) return tl::unexpected(listed.error());
  std::uint64_t shown = 0;
  bool is_cold = std::exchange(is_fresh_, false);
  std::size_t foreseen = segments_.size();  // from here on
  for (std::size_t end = segments_.size(); end > 0 && shown < limit; --end) {
    if (is_cold && end <= foreseen) foreseen = foresee(key, limit - shown, end);
    const long faults = page_faults();
    const auto more = newest_of(segments_[end - 1], key, counted(shown, limit, visit));
    if (!more) return tl::unexpected(more.error());
    if (!*more) break;
    is_cold = page_faults() - faults >= kColdFaults;
  }
  return shown;
}

/// Looks into the segments before number `end`, each in a thread of its own, so that a query waits
/// for the disk once and not for one page after the other. Returns the first that it looked into.
std::size_t Reader::foresee(PostingKey key, std::uint64_t limit, std::size_t end) const {
  const std::size_t first = end > kForeseenMax ? end - kForeseenMax : 0;
  if (end - first < 2) return first;
  std::vector<std::thread> looks;
  looks.reserve(end - first);
  try {
    for (std::size_t i = first; i < end; ++i) {
      looks.emplace_back([&segment = segments_[i], key, limit] {
        std::uint64_t seen = 0;
        // What is wrong with it the query will find out.
        (void)newest_of(segment, key,
                        [&](const Record&, const std::byte*) { return ++seen < limit; });
      });
    }
  } catch (const std::system_error&) {
    // No more threads: the query waits longer.
  }
  for (std::thread& look : looks) look.join();
  return first;
}

Result<std::uint64_t> Reader::newest_of_all(std::uint64_t limit, const Visit& visit) {
  if (const auto listed = refresh(); !listed) return tl::unexpected(listed.error());
  std::uint64_t shown = 0;
  for (auto segment = segments_.rbegin(); segment != segments_.rend() && shown < limit; ++segment) {
    const auto transaction = Transaction::begin(*segment->environment, MDB_RDONLY);
    if (!transaction) return tl::unexpected(transaction.error());
    const SegmentView view{*segment->environment, *transaction, segment->name.first,
                           segment->last_max};
    const auto more = view.scan_back(counted(shown, limit, visit));
    if (!more) return tl::unexpected(more.error());
    if (!*more) break;
  }
  return shown;
}

Result<std::uint64_t> Reader::scan(Sequence from, const Visit& visit) {
  if (const auto listed = refresh(); !listed) return tl::unexpected(listed.error());
  std::uint64_t shown = 0;
  for (const Segment& segment : segments_) {
    if (segment.last_max < from) continue;
    segment.environment->foresee_all();
    const auto transaction = Transaction::begin(*segment.environment, MDB_RDONLY);
    if (!transaction) return tl::unexpected(transaction.error());
    const SegmentView view{*segment.environment, *transaction, segment.name.first,
                           segment.last_max};
    const auto more = view.scan(from, counted(shown, kSequenceMax, visit));
    if (!more) return tl::unexpected(more.error());
    if (!*more) break;
  }
  return shown;
}

Result<std::uint64_t> Reader::count(PostingKey key, Sequence from) {
  if (const auto listed = refresh(); !listed) return tl::unexpected(listed.error());
  std::uint64_t sum = 0;
  for (const Segment& segment : segments_) {
    if (segment.last_max < from) continue;
    const auto transaction = Transaction::begin(*segment.environment, MDB_RDONLY);
    if (!transaction) return tl::unexpected(transaction.error());
    const SegmentView view{*segment.environment, *transaction, segment.name.first,
                           segment.last_max};
    const auto counted_here = view.count(key, from);
    if (!counted_here) return tl::unexpected(counted_here.error());
    sum += *counted_here;
  }
  return sum;
}

Result<std::optional<Micros>> Reader::time_of(const Segment& segment, Sequence sequence) {
  const auto transaction = Transaction::begin(*segment.environment, MDB_RDONLY);
  if (!transaction) return tl::unexpected(transaction.error());
  return SegmentView{*segment.environment, *transaction, segment.name.first, segment.last_max}
      .time_of(sequence);
}

Result<Sequence> Reader::last_of(const Segment& segment) {
  const auto transaction = Transaction::begin(*segment.environment, MDB_RDONLY);
  if (!transaction) return tl::unexpected(transaction.error());
  return SegmentView{*segment.environment, *transaction, segment.name.first, segment.last_max}
      .last();
}

Result<Sequence> Reader::first_since(Micros time) {
  const auto newest = last();
  if (!newest) return tl::unexpected(newest.error());
  for (const Segment& segment : segments_) {
    const auto last_here = last_of(segment);
    if (!last_here) return tl::unexpected(last_here.error());
    Sequence low = segment.name.first;
    Sequence high = *last_here + 1;
    while (low < high) {
      const Sequence middle = low + (high - low) / 2;
      const auto found = time_of(segment, middle);
      if (!found) return tl::unexpected(found.error());
      if (*found && **found < time) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    if (low <= *last_here) return low;
  }
  return *newest + 1;
}

Result<Sequence> Reader::last() {
  if (const auto listed = refresh(); !listed) return tl::unexpected(listed.error());
  if (segments_.empty()) return Sequence{0};
  return last_of(segments_.back());
}

Result<std::uint64_t> Reader::check() {
  if (const auto listed = refresh(); !listed) return tl::unexpected(listed.error());
  std::uint64_t count = 0;
  for (const Segment& segment : segments_) {
    auto checked = check_segment(*segment.environment, segment.name.first, segment.last_max);
    if (!checked) return checked;
    const bool reaches_next =
        &segment == &segments_.back() || segment.name.first + *checked == segment.last_max + 1;
    if (!reaches_next)
      return failure(ErrorKind::environment, segment.environment->path() + ": records are missing");
    count += *checked;
  }
  return count;
}

}  // namespace chargemill::runtime::journal
