#include "runtime/journal/reader.hpp"

#include <algorithm>

#include "runtime/journal/page_check.hpp"
#include "runtime/journal/segment_check.hpp"
#include "runtime/journal/segment_reader.hpp"

namespace chargemill::runtime::journal {
namespace {

/// Counts what is shown and stops at `limit`.
SegmentView::Visit counted(std::uint64_t& shown, std::uint64_t limit, const Reader::Visit& visit) {
  return [&shown, limit, &visit](const Record& record, const std::byte*) {
    ++shown;
    return visit(record) && shown < limit;
  };
}

}  // namespace

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
  for (auto segment = segments_.rbegin(); segment != segments_.rend() && shown < limit; ++segment) {
    const auto transaction = Transaction::begin(*segment->environment, MDB_RDONLY);
    if (!transaction) return tl::unexpected(transaction.error());
    const SegmentView view{*segment->environment, *transaction, segment->name.first,
                           segment->last_max};
    const auto more = view.newest(key, counted(shown, limit, visit));
    if (!more) return tl::unexpected(more.error());
    if (!*more) break;
  }
  return shown;
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

Result<Sequence> Reader::last() {
  if (const auto listed = refresh(); !listed) return tl::unexpected(listed.error());
  if (segments_.empty()) return Sequence{0};
  const Segment& newest = segments_.back();
  const auto transaction = Transaction::begin(*newest.environment, MDB_RDONLY);
  if (!transaction) return tl::unexpected(transaction.error());
  return SegmentView{*newest.environment, *transaction, newest.name.first, newest.last_max}.last();
}

Result<std::uint64_t> Reader::check() {
  if (const auto listed = refresh(); !listed) return tl::unexpected(listed.error());
  std::uint64_t count = 0;
  for (const Segment& segment : segments_) {
    const auto checked = check_segment(*segment.environment, segment.name.first, segment.last_max);
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
