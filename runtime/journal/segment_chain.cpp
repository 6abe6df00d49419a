#include "runtime/journal/segment_chain.hpp"

#include <algorithm>
#include <new>
#include <utility>

#include "runtime/base/assert.hpp"
#include "runtime/journal/disowned.hpp"
#include "runtime/journal/segment_reader.hpp"

namespace chargemill::runtime::journal {
namespace {

constexpr std::uint64_t kSegmentBytesMin = 1U << 20U;
/// A posting counts its record from the segment's first in 32 bits; and sealing takes the memory of
/// all postings, up to a fifth of this.
constexpr std::uint64_t kSegmentBytesMax = 1ULL << 32U;
static_assert(kSegmentBytesMax / RecordLayout::kHeaderBytes <= 0xFFFF'FFFFU);

struct Ending {
  Sequence last = 0;
  Micros time_max{};
  bool is_sealed = false;
};

/// Where a closed segment ends: by its seal, or by its last record if it failed before it had one.
Result<Ending> ending_of(const std::string& directory, SegmentName name, Sequence last_max) {
  const auto environment = Environment::open(path_of(directory, name), Environment::Access::read);
  if (!environment) return tl::unexpected(environment.error());
  const auto transaction = Transaction::begin(**environment, MDB_RDONLY);
  if (!transaction) return tl::unexpected(transaction.error());
  const auto seal = read_seal(**environment, *transaction);
  if (!seal) return tl::unexpected(seal.error());
  if (*seal) return Ending{name.first + (*seal)->count - 1, (*seal)->time_max, true};
  Ending ending{name.first - 1, {}};
  const SegmentView segment{**environment, *transaction, name.first, last_max};
  const auto shown = segment.scan_back([&](const Record& record, const std::byte*) {
    ending = {record.sequence, record.time, false};
    return false;
  });
  if (!shown) return tl::unexpected(shown.error());
  return ending;
}

}  // namespace

Result<SegmentChain> SegmentChain::open(ChainOptions options) {
  if (options.segment_bytes < kSegmentBytesMin || options.segment_bytes > kSegmentBytesMax)
    return failure(ErrorKind::invalid_input, "a segment has 1 MiB to 4 GiB");
  SegmentChain chain{std::move(options)};
  remove_leftovers(chain.options_.directory);
  const auto names = list_segments(chain.options_.directory);
  if (!names) return tl::unexpected(names.error());
  // Whoever was killed may have named the last segment, or removed one, and not synced the folder:
  // what is acknowledged from now on is in files of these names.
  if (!names->empty()) {
    if (auto synced = sync_names(chain.options_.directory); !synced)
      return tl::unexpected(synced.error());
  }
  if (const auto loaded = chain.load(*names); !loaded) return tl::unexpected(loaded.error());
  // Before the first record of this writer, or its records would be nobody's.
  const Sequence oldest = names->empty() ? chain.next_ : names->front().first;
  if (const auto ended = end_disowned(chain.options_.directory, oldest, chain.next_ - 1); !ended)
    return tl::unexpected(ended.error());
  chain.drop_old();
  return chain;
}

Result<void> SegmentChain::load(const std::vector<SegmentName>& names) {
  if (names.empty()) return {};
  auto last = SegmentWriter::resume(options_.directory, names.back());
  if (!last) return tl::unexpected(last.error());
  current_ = std::move(*last);
  const std::size_t closed = current_ ? names.size() - 1 : names.size();
  closed_.reserve(names.size() + 1);
  std::vector<LeftOpen> left;
  for (std::size_t i = 0; i < closed; ++i) {
    const bool is_last = i + 1 == names.size();
    const Sequence last_max = is_last ? kSequenceMax : names[i + 1].first - 1;
    const auto ending = ending_of(options_.directory, names[i], last_max);
    // A closed one that cannot be read stops its readers, but not the writer; only the last says
    // what comes next.
    if (!ending && is_last) return tl::unexpected(ending.error());
    if (!ending) failure_ = ending.error();
    if (ending) {
      time_max_ = std::max(time_max_, ending->time_max);
      next_ = ending->last + 1;
    }
    const Micros age = ending ? ending->time_max : time_max_;
    closed_.push_back({names[i], bytes_of(path_of(options_.directory, names[i])), age});
    if (!ending || ending->is_sealed || ending->last != last_max) continue;
    // Its writer was killed before it was sealed, or it failed. If it cannot be opened it stays so.
    auto file =
        Environment::open(path_of(options_.directory, names[i]), Environment::Access::write);
    if (!file) {
      failure_ = file.error();
      continue;
    }
    left.push_back({names[i], last_max, std::move(*file)});
    closed_.back().may_grow = true;
  }
  if (current_) {
    next_ = current_->next();
    time_max_ = std::max(time_max_, current_->time_max());
  }
  tried_ = names.back();
  sealer_->seal_all(options_.directory, std::move(left));
  return {};
}

Result<void> SegmentChain::write(const std::vector<Encoded>& batch) {
  if (auto written = try_write(batch); !written) {
    if (current_) give_up_segment();
    return written;
  }
  next_ = current_->next();
  time_max_ = std::max(time_max_, current_->time_max());
  keep_house();
  return {};
}

/// Without memory a batch fails as without a disk.
Result<void> SegmentChain::try_write(const std::vector<Encoded>& batch) {
  try {
    if (!current_) {
      if (auto begun = begin_segment(); !begun) return begun;
    }
    CHARGEMILL_ASSERT(current_->next() == next_);
    return current_->write(batch);
  } catch (const std::bad_alloc&) {
    return tl::unexpected(no_memory());
  }
}

/// What it has no memory for is left until the next batch: this one is on disk.
void SegmentChain::keep_house() noexcept {
  try {
    if (is_complete()) close_segment();
    drop_old();
  } catch (const std::bad_alloc&) {
    failure_ = no_memory();
  }
}

std::uint64_t SegmentChain::batch_bytes_max() const noexcept {
  const std::uint64_t map = current_ ? current_->map_bytes() : options_.segment_bytes;
  // Of a file that somebody else has made smaller a batch is at least one record all the same.
  return std::max(map, kSegmentBytesMin) / SegmentWriter::kBatchShare;
}

bool SegmentChain::is_complete() const noexcept {
  const bool spans_all =
      options_.retain_age.count() != 0 && current_->time_span() > options_.retain_age;
  return current_->is_full() || spans_all;
}

Result<void> SegmentChain::begin_segment() {
  const bool again = tried_.first == next_;
  tried_ = {next_, again ? tried_.generation + 1 : 0};
  closed_.reserve(closed_.size() + 1);
  auto segment = SegmentWriter::create(options_.directory, tried_, options_.segment_bytes);
  if (!segment) return tl::unexpected(segment.error());
  current_ = std::move(*segment);
  may_removal_be_undone_ = false;  // its name was synced, and so were all
  ++begun_;
  return {};
}

/// Needs no memory: it may be for want of it.
void SegmentChain::give_up_segment() noexcept {
  const SegmentName failed = current_->name();
  current_.reset();
  // What is acknowledged in it stays; its successor's first number says where it ends.
  if (failed.first < next_) {
    closed_.push_back({failed, 0, time_max_, true});
    return;
  }
  try {
    if (auto removed = remove_segment(options_.directory, failed); !removed)
      failure_ = std::move(removed.error());
  } catch (const std::bad_alloc&) {  // its successor is of a later generation and replaces it
    failure_ = no_memory();
  }
}

void SegmentChain::close_segment() {
  const Closed closed{current_->name(), bytes_of(current_->path()), current_->time_max(), true};
  needed_from_.reset();
  is_one_stuck_ = false;
  sealer_->seal(std::move(*current_));
  current_.reset();
  closed_.push_back(closed);
  // The sealer takes one at a time: those before have their seals, or never will.
  measure_growing();
  for (std::size_t i = 0; i + 1 < closed_.size(); ++i) closed_[i].may_grow = false;
}

/// A seal makes a usual segment an eighth larger.
void SegmentChain::measure_growing() {
  for (Closed& segment : closed_) {
    if (segment.may_grow) segment.bytes = bytes_of(path_of(options_.directory, segment.name));
  }
}

/// Whether somebody needs records of the closed segment of that number.
bool SegmentChain::is_needed(std::size_t closed) {
  if (!options_.needed_from) return false;
  if (!needed_from_) {
    auto from = options_.needed_from();
    if (!from)
      failure_ =
          Error{from.error().kind,
                "cannot tell what a restart needs, so nothing is removed: " + from.error().text};
    needed_from_ = from.value_or(Sequence{1});
  }
  Sequence end = current_ ? current_->name().first : next_;
  if (closed + 1 < closed_.size()) end = closed_[closed + 1].name.first;
  return end > *needed_from_;
}

/// The time as those say who write last: the clock may have been set back since others wrote.
Micros SegmentChain::now() const noexcept {
  if (current_ && current_->next() != current_->name().first) return current_->time_max();
  return closed_.empty() ? Micros{} : closed_.back().time_max;
}

/// The time of the youngest record of the closed segment of that number. One that says it is of the
/// future is older than those behind it all the same, or it would keep itself, and so them, for
/// ever.
Micros SegmentChain::ended_at(std::size_t closed) const noexcept {
  const Micros latest = now();
  for (; closed < closed_.size(); ++closed) {
    if (closed_[closed].time_max <= latest) return closed_[closed].time_max;
  }
  return latest;
}

std::optional<Error> SegmentChain::take_failure() {
  if (auto of_seal = sealer_->take_failure()) return of_seal;
  return std::exchange(failure_, std::nullopt);
}

/// A disk may forget one removal and keep the next one: then numbers had a gap. So the one before
/// is on disk first; mostly it is, by the name of a segment that was begun since.
Result<void> SegmentChain::remove_oldest(SegmentName oldest) {
  if (may_removal_be_undone_) {
    if (auto synced = sync_names(options_.directory); !synced) return synced;
  }
  may_removal_be_undone_ = true;
  return remove_segment(options_.directory, oldest);
}

/// One that cannot be removed is kept, and those behind it, as numbers have no gaps; they are tried
/// again when the next one is closed: before that the journal does not grow by much.
void SegmentChain::drop_old() {
  measure_growing();
  if (is_one_stuck_) return;
  std::uint64_t bytes = 0;
  for (const Closed& segment : closed_) bytes += segment.bytes;
  std::size_t dropped = 0;
  for (; dropped < closed_.size(); ++dropped) {
    const Closed& oldest = closed_[dropped];
    const bool too_much = options_.retain_bytes != 0 && bytes > options_.retain_bytes;
    const bool too_old =
        options_.retain_age.count() != 0 && now() - ended_at(dropped) > options_.retain_age;
    if (!too_much && !too_old) break;
    // The last one knows the next number: it stays until there is another.
    if (dropped + 1 == closed_.size() && !current_) break;
    if (is_needed(dropped)) break;
    if (auto removed = remove_oldest(oldest.name); !removed) {
      failure_ = std::move(removed.error());
      is_one_stuck_ = true;
      break;
    }
    bytes -= oldest.bytes;
  }
  closed_.erase(closed_.begin(), closed_.begin() + static_cast<std::ptrdiff_t>(dropped));
}

}  // namespace chargemill::runtime::journal
