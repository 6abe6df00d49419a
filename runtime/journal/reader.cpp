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
/// With so many in one segment, whose records were asked for together, its elders are taken to be
/// on disk too.
constexpr long kColdFaults = 2;

/// Which share of a segment of records `first` to `last` lies before record `from`; 0 of one that
/// grows. A little less: records lie in their order, but not quite evenly.
double share_before(Sequence first, Sequence from, Sequence last) noexcept {
  constexpr double kSlack = 0.02;
  if (from <= first || last == kSequenceMax) return 0.0;
  return std::max(
      0.0, static_cast<double>(from - first) / static_cast<double>(last - first + 1) - kSlack);
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

SegmentView Reader::view_of(const Segment& segment, const Transaction& transaction) noexcept {
  return {*segment.environment, transaction, segment.name.first, segment.last_max};
}

/// SegmentView::newest in a transaction of its own.
Result<bool> Reader::newest_of(const Segment& segment, PostingKey key,
                               const SegmentView::Visit& visit) {
  const auto transaction = Transaction::begin(*segment.environment, MDB_RDONLY);
  if (!transaction) return tl::unexpected(transaction.error());
  return view_of(segment, *transaction).newest(key, visit);
}

Result<Reader> Reader::open(const std::string& directory, Care care) {
  // Segments are opened by the first query, together with what it reads.
  if (const auto names = list_segments(directory); !names) return tl::unexpected(names.error());
  return Reader{directory, care};
}

/// Opens what is new and lets go of what is gone. If much is new, its pages are probably not in
/// memory: then `look` touches what the caller will read.
Result<void> Reader::refresh(const Look& look) {
  const auto names = list_segments(directory_);
  if (!names) return tl::unexpected(names.error());
  std::vector<Segment> now(names->size());
  std::vector<Segment*> fresh;
  for (std::size_t i = 0; i < names->size(); ++i) {
    const SegmentName name = (*names)[i];
    now[i].name = name;
    now[i].last_max = i + 1 < names->size() ? (*names)[i + 1].first - 1 : kSequenceMax;
    const auto known = std::find_if(segments_.begin(), segments_.end(), [&](const Segment& s) {
      return s.environment && s.name.first == name.first && s.name.generation == name.generation;
    });
    if (known != segments_.end())
      now[i].environment = std::move(known->environment);
    else
      fresh.push_back(&now[i]);
  }
  std::vector<Result<void>> opened(fresh.size());
  at_once(fresh.size(), kAtOnceMax, [&](std::size_t i) {
    opened[i] = open_segment(*fresh[i]);
    if (look && fresh.size() > 2 && fresh[i]->environment) look(*fresh[i]);
  });
  for (auto& result : opened) {
    if (!result) return std::move(result);
  }
  now.erase(std::remove_if(now.begin(), now.end(), [](const Segment& s) { return !s.environment; }),
            now.end());
  segments_ = std::move(now);
  clear_dead_readers();
  return {};
}

/// Leaves it closed if retention has taken it since it was listed.
Result<void> Reader::open_segment(Segment& segment) const {
  const std::string path = path_of(directory_, segment.name);
  if (care_ == Care::suspicious) {
    if (auto sound = check_pages(path); !sound) return sound;
  }
  auto opened = Environment::open(path, Environment::Access::read);
  if (opened)
    segment.environment = std::move(*opened);
  else if (bytes_of(path) != 0)
    return tl::unexpected(opened.error());
  return {};
}

void Reader::clear_dead_readers() {
  const auto now = std::chrono::steady_clock::now();
  if (now - cleared_ < Environment::kClearEvery) return;
  cleared_ = now;
  for (const Segment& segment : segments_) segment.environment->clear_dead_readers();
}

/// The disk is to be waited for once, not for one page after the other: as soon as pages turn out
/// not to be in memory, all segments are looked into at the same time.
Result<std::uint64_t> Reader::newest(PostingKey key, std::uint64_t limit, const Visit& visit) {
  const auto look = [key, limit](const Segment& segment) {
    const auto transaction = Transaction::begin(*segment.environment, MDB_RDONLY);
    if (!transaction) return;  // the query will say so
    view_of(segment, *transaction).foresee_newest(key, std::min(limit, kForeseenMax));
  };
  if (const auto listed = refresh(look); !listed) return tl::unexpected(listed.error());
  std::uint64_t shown = 0;
  std::size_t looked_into = segments_.size();  // from this number on
  bool is_cold = false;
  for (std::size_t end = segments_.size(); end > 0 && shown < limit; --end) {
    if (is_cold && end <= looked_into) {
      looked_into = end - std::min(end, kAtOnceMax);
      at_once(end - looked_into, kAtOnceMax,
              [&](std::size_t i) { look(segments_[looked_into + i]); });
    }
    const long faults = page_faults();
    if (!is_cold) look(segments_[end - 1]);
    const auto more = newest_of(segments_[end - 1], key, counted(shown, limit, visit));
    if (!more) return tl::unexpected(more.error());
    if (!*more) break;
    is_cold = page_faults() - faults >= kColdFaults;
  }
  return shown;
}

Result<std::uint64_t> Reader::newest_of_all(std::uint64_t limit, const Visit& visit) {
  if (const auto listed = refresh(); !listed) return tl::unexpected(listed.error());
  std::uint64_t shown = 0;
  for (auto segment = segments_.rbegin(); segment != segments_.rend() && shown < limit; ++segment) {
    const auto transaction = Transaction::begin(*segment->environment, MDB_RDONLY);
    if (!transaction) return tl::unexpected(transaction.error());
    const auto more = view_of(*segment, *transaction).scan_back(counted(shown, limit, visit));
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
    segment.environment->foresee_from(share_before(segment.name.first, from, segment.last_max));
    const auto transaction = Transaction::begin(*segment.environment, MDB_RDONLY);
    if (!transaction) return tl::unexpected(transaction.error());
    const auto more =
        view_of(segment, *transaction).scan(from, counted(shown, kSequenceMax, visit));
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
    auto counted_here = view_of(segment, *transaction).count(key, from);
    if (!counted_here) return counted_here;
    sum += *counted_here;
  }
  return sum;
}

Result<std::optional<Micros>> Reader::time_of(const Segment& segment, Sequence sequence) {
  const auto transaction = Transaction::begin(*segment.environment, MDB_RDONLY);
  if (!transaction) return tl::unexpected(transaction.error());
  return view_of(segment, *transaction).time_of(sequence);
}

Result<Sequence> Reader::last_of(const Segment& segment) {
  const auto transaction = Transaction::begin(*segment.environment, MDB_RDONLY);
  if (!transaction) return tl::unexpected(transaction.error());
  return view_of(segment, *transaction).last();
}

Result<Sequence> Reader::first_since(Micros time) {
  auto newest = last();
  if (!newest) return newest;
  for (const Segment& segment : segments_) {
    auto last_here = last_of(segment);
    if (!last_here) return last_here;
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
