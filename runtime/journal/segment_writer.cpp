#include "runtime/journal/segment_writer.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <new>

#include "runtime/base/assert.hpp"
#include "runtime/base/crc32c.hpp"
#include "runtime/journal/page_check.hpp"
#include "runtime/journal/page_layout.hpp"
#include "runtime/journal/page_map.hpp"
#include "runtime/journal/record_codec.hpp"
#include "runtime/journal/run_hint.hpp"
#include "runtime/journal/segment_reader.hpp"

namespace chargemill::runtime::journal {
namespace {

std::size_t postings_max(std::uint64_t map_bytes) noexcept {
  return static_cast<std::size_t>(map_bytes / SegmentWriter::kRunShare /
                                  (sizeof(PostingKey) + sizeof(std::uint32_t)));
}

/// What LMDB may still take of a file for the transaction of its seal, which is one of three pages.
constexpr std::uint64_t kPagesForSeal = 8;

/// Each piece is on its way to the disk before the next: all at once, 33 MB of a usual segment, the
/// commits of the segment that grows would wait behind them, at 300 MB/s a tenth of a second. Not
/// smaller ones: at full speed each waits behind a commit, and all must be there before the next
/// segment is full. 0, or the system's code.
int write_slowly(int file, const std::vector<std::byte>& bytes, std::uint64_t at) noexcept {
  constexpr std::size_t kPieceBytes = std::size_t{1} << 20U;
  constexpr unsigned kAndWait =
      SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER;
  for (std::size_t done = 0; done < bytes.size();) {
    const std::size_t piece = std::min(kPieceBytes, bytes.size() - done);
    const auto place = static_cast<off_t>(at + done);
    const ssize_t written = ::pwrite(file, bytes.data() + done, piece, place);
    if (written <= 0) return written < 0 ? errno : EIO;
    // An error that is told here is not told again to whoever syncs the file.
    if (::sync_file_range(file, place, written, kAndWait) != 0 && errno != ENOSYS) return errno;
    done += static_cast<std::size_t>(written);
  }
  return 0;
}

}  // namespace

SegmentWriter::SegmentWriter(Environment::Pointer environment, SegmentName name)
    : environment_(std::move(environment)),
      name_(name),
      next_(name.first),
      ladder_(postings_max(environment_->map_bytes())) {}

Result<SegmentWriter> SegmentWriter::create(const std::string& directory, SegmentName name,
                                            std::uint64_t map_bytes) {
  const std::string path = path_of(directory, name);
  const std::string fresh = path + ".new";
  // It gets its name when its head is on disk, so that a power cut never leaves half a segment.
  const auto made = Environment::create(fresh, map_bytes, encode_head(name.first));
  auto environment =
      made ? Environment::open_new(path, [&] { return rename_durably(directory, fresh, path); })
           : tl::unexpected(made.error());
  remove_leftovers(directory);
  if (!environment) {
    // It may have its name, and the folder could not be synced: nobody else would ever remove it.
    (void)remove_segment(directory, name);
    return tl::unexpected(environment.error());
  }
  return SegmentWriter{std::move(*environment), name};
}

Result<std::optional<SegmentWriter>> SegmentWriter::resume(const std::string& directory,
                                                           SegmentName name) {
  auto environment = Environment::open(path_of(directory, name), Environment::Access::write);
  if (!environment) return tl::unexpected(environment.error());
  // Before the transaction, so that the file is closed after it.
  std::optional<SegmentWriter> result{SegmentWriter{std::move(*environment), name}};
  const Environment& file = *result->environment_;
  const auto transaction = Transaction::begin(file, MDB_RDONLY);
  if (!transaction) return tl::unexpected(transaction.error());
  const auto head = check_head(file, *transaction, name.first);
  if (!head) return tl::unexpected(head.error());
  const auto seal = read_seal(file, *transaction);
  if (!seal) return tl::unexpected(seal.error());
  if (*seal) return std::optional<SegmentWriter>{};
  const auto sound = result->recover(*transaction);
  if (!sound) return tl::unexpected(sound.error());
  return result;
}

Result<void> SegmentWriter::recover(const Transaction& transaction) {
  const SegmentView segment{*environment_, transaction, name_.first, kSequenceMax};
  const auto so_far = read_so_far(*environment_, transaction);
  const auto is_known = so_far ? believe(*so_far, transaction) : Result<bool>{false};
  if (!is_known) return tl::unexpected(is_known.error());
  if (!*is_known) {
    // As it is read from end to end: LMDB would follow damaged pages blindly.
    if (auto sound = check_pages(environment_->path()); !sound) return sound;
    const auto all = segment.scan(name_.first, [this](const Record&, const std::byte* bytes) {
      note(bytes);
      return true;
    });
    if (!all) return tl::unexpected(all.error());
  }
  std::vector<RunInfo> newest_first;
  const auto runs = segment.each_run([&](const RunView& run) {
    newest_first.push_back({run.first(), run.last(), run.count(), run.level()});
    return true;
  });
  if (!runs) return tl::unexpected(runs.error());
  for (auto run = newest_first.rbegin(); run != newest_first.rend(); ++run)
    ladder_.replace(0, *run);
  return {};
}

/// Takes its word if it is of all records that are there. It is not if an older version of this
/// program, which leaves such words alone, has gone on since. False: nothing is known.
Result<bool> SegmentWriter::believe(const SoFar& so_far, const Transaction& transaction) {
  const SegmentView segment{*environment_, transaction, name_.first, kSequenceMax};
  MDB_stat records{};
  Sequence last = 0;
  auto shown = segment.scan_back([&](const Record& record, const std::byte*) {
    last = record.sequence;
    return false;
  });
  if (!shown) return shown;
  if (mdb_stat(transaction.get(), environment_->records(), &records) != 0 ||
      records.ms_entries != so_far.count || last != name_.first + so_far.count - 1)
    return false;
  next_ = last + 1;
  time_min_ = so_far.time_min;
  time_max_ = so_far.time_max;
  records_crc_ = so_far.records_crc;
  return true;
}

/// Keeps count of a record that is, or is about to be, in the segment.
void SegmentWriter::note(const std::byte* record) noexcept {
  const std::uint32_t crc = crc_of(record);
  records_crc_ = crc32c(&crc, sizeof crc, records_crc_);
  time_max_ = std::max(time_max_, time_of(record));
  time_min_ = std::min(time_min_, time_of(record));
  ++next_;
}

Result<void> SegmentWriter::write(const std::vector<Encoded>& batch) {
  CHARGEMILL_ASSERT(!batch.empty());
  auto transaction = Transaction::begin(*environment_, 0);
  if (!transaction) return tl::unexpected(transaction.error());
  const Sequence first = next_;
  int code = put_records(*transaction, batch);
  if (code == 0 && !fresh_.empty()) code = put_postings(*transaction, first);
  const SoFar so_far{next_ - name_.first, time_min_, time_max_, records_crc_};
  if (code == 0) code = put_so_far(*environment_, *transaction, so_far);
  if (code == 0) code = transaction->commit();
  if (code != 0) return lmdb_failure(code, "write", environment_->path());
  return {};
}

int SegmentWriter::put_records(const Transaction& transaction, const std::vector<Encoded>& batch) {
  const Cursor cursor = open_cursor(transaction, environment_->records());
  if (!cursor) return ENOMEM;
  const Sequence first = next_;
  fresh_.clear();
  for (const Encoded& record : batch) {
    const Sequence sequence = next_;
    MDB_val key = as_val(sequence);
    MDB_val value{record.size, nullptr};
    // MDB_RESERVE: the record is completed in LMDB's page, without a copy between.
    const int code = mdb_cursor_put(cursor.get(), &key, &value, MDB_APPEND | MDB_RESERVE);
    if (code != 0) return code;
    auto* const to = static_cast<std::byte*>(value.mv_data);
    std::memcpy(to, record.bytes, record.size);
    seal_record(to, record.size, sequence);
    for (std::size_t i = 0; i < key_count(to); ++i)
      fresh_.push_back({key_at(to, i), static_cast<std::uint32_t>(sequence - first)});
    note(to);
  }
  return 0;
}

int SegmentWriter::put_postings(const Transaction& transaction, Sequence first) {
  sort_by_key(fresh_, scratch_);
  return put_run(transaction, ladder_.plan(fresh_.size()), first);
}

/// Writes one run out of the newest of the ladder, as planned, and of the fresh ones, counted from
/// `first`.
int SegmentWriter::put_run(const Transaction& transaction, RunLadder::Plan plan, Sequence first) {
  const std::vector<RunInfo>& runs = ladder_.runs();
  const std::size_t kept = runs.size() - plan.swallowed;
  const Sequence last = next_ - 1;
  const Sequence from = plan.swallowed == 0 ? first : runs[kept].first;
  for (std::size_t i = kept; i < runs.size(); ++i) {
    const auto run = find_run(transaction, runs[i]);
    if (!run) return MDB_CORRUPTED;
    merger_.add(*run, static_cast<std::uint32_t>(run->first() - from));
  }
  merger_.add(fresh_, static_cast<std::uint32_t>(first - from));

  const auto count = static_cast<std::uint32_t>(merger_.count());
  const std::uint64_t at = run_key(last, plan.level);
  MDB_val key = as_val(at);
  MDB_val value{RunLayout::bytes(count), nullptr};
  const int code =
      mdb_put(transaction.get(), environment_->postings(), &key, &value, MDB_APPEND | MDB_RESERVE);
  if (code != 0) return code;
  RunEncoder encoder{count, plan.level, from, last, static_cast<std::byte*>(value.mv_data)};
  merger_.merge_into(encoder);
  ladder_.replace(plan.swallowed, {from, last, count, plan.level});
  return 0;
}

/// The last run takes no room of the map's, but its file shall be no larger than that.
bool SegmentWriter::is_full() const noexcept {
  const auto last_run =
      static_cast<double>(RunLayout::bytes(ladder_.postings(), RunLayout::kVersionWithPages));
  return environment_->filled() + last_run / static_cast<double>(environment_->map_bytes()) >=
         kFull;
}

Result<void> SegmentWriter::seal() {
  std::optional<PlacedRun> run;
  if (ladder_.runs().size() > 1) {
    auto placed = place_last_run();
    if (!placed) return tl::unexpected(placed.error());
    run = std::move(*placed);
  }
  auto transaction = Transaction::begin(*environment_, 0);
  if (!transaction) return tl::unexpected(transaction.error());
  const Seal manifest{name_.first, next_ - name_.first, time_max_, records_crc_};
  int code = put_seal(*environment_, *transaction, manifest);
  // It syncs the whole file, the run as well, before anything says where that is.
  if (code == 0) code = transaction->commit();
  if (code != 0) return lmdb_failure(code, "seal", environment_->path());
  if (run) leave_hint(*run);
  return {};
}

/// Says in the first page where the run is, now that it stays there.
void SegmentWriter::leave_hint(const PlacedRun& run) const {
  mdb_filehandle_t file = -1;
  // LMDB keeps to what was left for it; if it did not, its pages are where the run was.
  if (environment_->last_page() >= run.page || mdb_env_get_fd(environment_->handle(), &file) != 0)
    return;
  const HintBytes hint = encode_hint(static_cast<std::uint32_t>(run.page),
                                     {run.pages.data() + PageLayout::kHeader, run.bytes});
  // Whether it gets there or not: readers can do without.
  (void)!::pwrite(file, hint.data(), hint.size(), HintLayout::kAt);
}

/// Merges all runs into one, however large, and puts it where neither LMDB nor a reader looks yet.
/// They are read where they are: LMDB does not move them.
Result<SegmentWriter::PlacedRun> SegmentWriter::place_last_run() const {
  const auto transaction = Transaction::begin(*environment_, MDB_RDONLY);
  if (!transaction) return tl::unexpected(transaction.error());
  const std::vector<RunInfo>& infos = ladder_.runs();
  std::vector<RunView> runs;
  runs.reserve(infos.size());
  for (const RunInfo& info : infos) {
    const auto run = find_run(*transaction, info);
    if (!run) return lmdb_failure(MDB_CORRUPTED, "seal", environment_->path());
    runs.push_back(*run);
  }
  const std::vector<std::uint32_t> pages = pages_of_records(*transaction);
  if (pages.size() != next_ - name_.first)
    return lmdb_failure(MDB_CORRUPTED, "seal", environment_->path());
  const Sequence first = infos.front().first;
  const auto count = static_cast<std::uint32_t>(ladder_.postings());
  PlacedRun placed;
  placed.page = environment_->last_page() + 1 + kPagesForSeal;
  placed.bytes = RunLayout::bytes(count, RunLayout::kVersionWithPages);
  // Whole pages: its readers count no others.
  try {
    placed.pages.resize((PageLayout::kHeader + placed.bytes + PageLayout::kBytes - 1) /
                        PageLayout::kBytes * PageLayout::kBytes);
  } catch (const std::bad_alloc&) {
    return lmdb_failure(ENOMEM, "seal", environment_->path());  // it is complete without
  }
  RunEncoder encoder{count,
                     kRunLevelMax,
                     first,
                     infos.back().last,
                     placed.pages.data() + PageLayout::kHeader,
                     pages.data() + (first - name_.first)};
  merge_runs(runs, first, encoder);
  mdb_filehandle_t file = -1;
  int code = mdb_env_get_fd(environment_->handle(), &file);
  if (code == 0) code = write_slowly(file, placed.pages, placed.page * PageLayout::kBytes);
  if (code != 0) return lmdb_failure(code, "seal", environment_->path());
  return placed;
}

/// In which page of the file each record is, the first record's first. They do not move any more.
std::vector<std::uint32_t> SegmentWriter::pages_of_records(const Transaction& transaction) const {
  std::vector<std::uint32_t> pages;
  const Cursor cursor = open_cursor(transaction, environment_->records());
  if (!cursor) return pages;
  pages.reserve(next_ - name_.first);
  MDB_val key{};
  MDB_val value{};
  int code = mdb_cursor_get(cursor.get(), &key, &value, MDB_FIRST);
  for (; code == 0; code = mdb_cursor_get(cursor.get(), &key, &value, MDB_NEXT))
    pages.push_back(page_number_of(static_cast<const std::byte*>(value.mv_data)));
  return pages;
}

/// A run that the ladder knows; empty if it is not there or damaged.
std::optional<RunView> SegmentWriter::find_run(const Transaction& transaction,
                                               const RunInfo& info) const {
  const std::uint64_t at = run_key(info.last, info.level);
  MDB_val key = as_val(at);
  MDB_val value{};
  if (mdb_get(transaction.get(), environment_->postings(), &key, &value) != 0) return std::nullopt;
  return RunView::over({static_cast<const std::byte*>(value.mv_data), value.mv_size});
}

}  // namespace chargemill::runtime::journal
