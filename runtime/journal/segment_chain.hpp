// The segments of a journal as its writer sees them: one grows, the others are history.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/journal/segment_sealer.hpp"

namespace chargemill::runtime::journal {

struct ChainOptions {
  std::string directory;
  std::uint64_t segment_bytes = 256ULL << 20U;  ///< the map of a new one; 1 MiB to 4 GiB
  std::uint64_t retain_bytes = 0;               ///< of all closed segments; 0: no limit
  /// Of a segment's youngest record behind that of the segment that grows, which is closed when it
  /// spans so much, so that it can be dropped too. 0: no limit.
  Micros retain_age{0};
  /// Asked before something would be dropped, at most once a segment: records from this number on
  /// stay; all, and that is told, if it cannot say. May read the journal. Empty: all may go.
  std::function<Result<Sequence>()> needed_from;
};

/// Writes batches into the segment that grows, begins another when it is full or has failed, and
/// drops old ones. Retention is by whole segments; the one that grows is never dropped.
/// Threads: one at a time.
class SegmentChain {
 public:
  /// Goes on where the directory's last segment ends. Requires the directory's lock.
  [[nodiscard]] static Result<SegmentChain> open(ChainOptions options);

  /// Writes `batch` durably; it gets the numbers from next() on. After an error the segment is
  /// given up, next() has not moved, and the same records may be written again, into a new one.
  [[nodiscard]] Result<void> write(const std::vector<Encoded>& batch);
  [[nodiscard]] Sequence next() const noexcept { return next_; }
  /// How many bytes of records write() takes at once: of the map of the segment that grows, which
  /// may have been begun with a smaller one than is asked for now.
  [[nodiscard]] std::uint64_t batch_bytes_max() const noexcept;
  /// What went wrong beside the writing, each once: a full segment could not be sealed, and nothing
  /// is lost with its seal; one not removed, so that the journal is larger than it should be; or
  /// one not read when it was opened.
  [[nodiscard]] std::optional<Error> take_failure();
  /// Waits for the seal that is under way, so that take_failure() knows what came of it.
  void finish_seal() { sealer_->finish(); }
  /// See Environment.
  void clear_dead_readers() const noexcept {
    if (current_) current_->clear_dead_readers();
  }
  /// Segments that were begun by this object.
  [[nodiscard]] std::uint64_t begun() const noexcept { return begun_; }

 private:
  /// A segment that will not grow any more.
  struct Closed {
    SegmentName name;
    std::uint64_t bytes = 0;
    Micros time_max{};
    bool may_grow = false;  ///< by its seal, which may be under way; or it was not measured yet
  };

  explicit SegmentChain(ChainOptions options) : options_(std::move(options)) {}
  [[nodiscard]] Result<void> load(const std::vector<SegmentName>& names);
  [[nodiscard]] Result<void> try_write(const std::vector<Encoded>& batch);
  [[nodiscard]] Result<void> begin_segment();
  [[nodiscard]] bool is_complete() const noexcept;
  void give_up_segment() noexcept;
  void keep_house() noexcept;
  void close_segment();
  void measure_growing();
  void drop_old();
  [[nodiscard]] Result<void> remove_oldest(SegmentName oldest);
  [[nodiscard]] bool is_needed(std::size_t closed);
  [[nodiscard]] Micros now() const noexcept;
  [[nodiscard]] Micros ended_at(std::size_t closed) const noexcept;

  ChainOptions options_;
  Sequence next_ = 1;
  std::uint64_t begun_ = 0;
  Micros time_max_{};
  std::vector<Closed> closed_;            // oldest first; room for one more if there is a current_
  std::optional<Sequence> needed_from_;   // as it was said last, since the last one was closed
  std::optional<SegmentWriter> current_;  // none before the first batch and after a failure
  SegmentName tried_{0, 0};               // the last one begun
  std::optional<Error> failure_;          // the last one beside the writing, but for seals
  bool is_one_stuck_ = false;             // it could not be removed since the last one was closed
  bool may_removal_be_undone_ = true;     // by a power cut; also one of a process before
  std::unique_ptr<SegmentSealer> sealer_ = std::make_unique<SegmentSealer>();
};

}  // namespace chargemill::runtime::journal
