// The one segment that grows.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "runtime/journal/directory.hpp"
#include "runtime/journal/environment.hpp"
#include "runtime/journal/run_ladder.hpp"
#include "runtime/journal/run_merger.hpp"
#include "runtime/journal/segment_file.hpp"

namespace chargemill::runtime::journal {

/// An encoded record that waits to be written; its bytes outlive the call that takes it.
struct Encoded {
  const std::byte* bytes = nullptr;
  std::uint32_t size = 0;
};

/// Writes batches of records, each with its postings in one transaction. A segment that failed once
/// is not used again (LG-03): destroy it and begin another.
/// Threads: one.
class SegmentWriter {
 public:
  /// The share of the map that one batch may take; with that, a merged run and the pages that LMDB
  /// copies, what is left above kFull suffices.
  static constexpr std::uint64_t kBatchShare = 32;
  /// The share that one merged run may take: of the usual map a MiB, which a commit writes in some
  /// milliseconds beside its own records. Until it is sealed a segment has at most some forty.
  static constexpr std::uint64_t kRunShare = 256;
  static constexpr double kFull = 0.90;

  /// A new segment of the given name, empty and on disk.
  [[nodiscard]] static Result<SegmentWriter> create(const std::string& directory, SegmentName name,
                                                    std::uint64_t map_bytes);
  /// Goes on with a segment that was left without a seal. It says itself how far it is; if it does
  /// not, or is not believed, it is read from end to end. Empty if it is sealed.
  [[nodiscard]] static Result<std::optional<SegmentWriter>> resume(const std::string& directory,
                                                                   SegmentName name);

  /// Writes the records in this order and gives them the numbers from next() on; on disk when it
  /// returns. After an error nobody knows whether they are.
  [[nodiscard]] Result<void> write(const std::vector<Encoded>& batch);
  /// Merges the postings into one run, which it puts behind all that LMDB knows of the file, and
  /// adds the manifest; nothing can be written any more.
  [[nodiscard]] Result<void> seal();

  [[nodiscard]] Sequence next() const noexcept { return next_; }
  [[nodiscard]] SegmentName name() const noexcept { return name_; }
  /// Whether what is left of the map is needed for the last batch and for the seal.
  [[nodiscard]] bool is_full() const noexcept;
  [[nodiscard]] std::uint64_t map_bytes() const noexcept { return environment_->map_bytes(); }
  [[nodiscard]] Micros time_max() const noexcept { return time_max_; }
  /// From its earliest record to its latest; 0 if it has none.
  [[nodiscard]] Micros time_span() const noexcept {
    return std::max(Micros{0}, time_max_ - time_min_);
  }
  /// See Environment.
  void clear_dead_readers() const noexcept { environment_->clear_dead_readers(); }
  [[nodiscard]] const std::string& path() const noexcept { return environment_->path(); }
  [[nodiscard]] std::size_t run_count() const noexcept { return ladder_.runs().size(); }

 private:
  SegmentWriter(Environment::Pointer environment, SegmentName name);

  [[nodiscard]] Result<void> recover(const Transaction& transaction);
  [[nodiscard]] Result<bool> believe(const SoFar& so_far, const Transaction& transaction);
  void note(const std::byte* record) noexcept;
  [[nodiscard]] int put_records(const Transaction& transaction, const std::vector<Encoded>& batch);
  [[nodiscard]] int put_postings(const Transaction& transaction, Sequence first);
  [[nodiscard]] int put_run(const Transaction& transaction, RunLadder::Plan plan, Sequence first);
  /// A run that is no value of LMDB's.
  struct PlacedRun {
    std::uint64_t page = 0;        ///< the first one of the file that it takes
    std::vector<std::byte> pages;  ///< it lies behind as many bytes as a page's header has
    std::size_t bytes = 0;         ///< its own
  };
  [[nodiscard]] Result<PlacedRun> place_last_run() const;
  void leave_hint(const PlacedRun& run) const;
  [[nodiscard]] std::vector<std::uint32_t> pages_of_records(const Transaction& transaction) const;
  [[nodiscard]] std::optional<RunView> find_run(const Transaction& transaction,
                                                const RunInfo& info) const;

  Environment::Pointer environment_;
  SegmentName name_;
  Sequence next_;
  Micros time_max_{};
  Micros time_min_ = Micros::max();
  std::uint32_t records_crc_ = 0;
  RunLadder ladder_;
  std::vector<Posting> fresh_;    // of the batch being written, in order of records
  std::vector<Posting> scratch_;  // for sorting them
  RunMerger merger_;
};

}  // namespace chargemill::runtime::journal
