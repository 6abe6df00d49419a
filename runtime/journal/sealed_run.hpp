// The run of a sealed segment, searched in its file, of which a search reads a few pages.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "runtime/base/result.hpp"
#include "runtime/journal/file_pieces.hpp"
#include "runtime/journal/posting_run.hpp"
#include "runtime/journal/run_hint.hpp"

namespace chargemill::runtime::journal {

/// What RunView is to a run in memory. What lies in its head is in memory here too, so the first
/// thing that a search reads is a few fences, then a page of keys, then the places beside them.
/// Threads: any. Errors of each: FilePieces::read().
class SealedRun {
 public:
  using Range = RunView::Range;
  /// Which record a posting means, and the page that it should be in.
  struct Place {
    std::uint32_t offset = 0;
    std::uint32_t page = 0;
  };
  static_assert(sizeof(Place) == RunLayout::place_bytes(RunLayout::kVersionWithPages));
  /// Keys that lie between two fences, as they were read last.
  struct Keys {
    RunBlock block;
    std::array<PostingKey, RunLayout::kKeysAFence> all;
  };

  /// Empty unless such a run fits into the file, which outlives this.
  [[nodiscard]] static std::optional<SealedRun> in(const FilePieces& file, const RunHint& hint);

  [[nodiscard]] std::uint32_t count() const noexcept { return count_; }
  [[nodiscard]] Sequence first() const noexcept {
    return load<Sequence>(head_.data() + RunLayout::kFirst);
  }
  [[nodiscard]] Sequence last() const noexcept {
    return load<Sequence>(head_.data() + RunLayout::kLast);
  }
  [[nodiscard]] Sequence sequence(Place place) const noexcept { return first() + place.offset; }

  // A search, step by step, so that many of them ask the disk together.

  void foresee_fences(PostingKey key) const noexcept;
  /// The keys among which the last one not above `key` is. Reads fences.
  [[nodiscard]] Result<RunBlock> block_of(PostingKey key) const;
  void foresee_keys(RunBlock block) const noexcept;
  /// How many postings have a key not above `key`; `keys` are those of its block.
  [[nodiscard]] Result<std::uint32_t> end_in(RunBlock block, PostingKey key, Keys& keys) const;
  /// The postings of `key` before posting `end`, the newest `limit` at most. Reads those keys that
  /// are not in `keys`.
  [[nodiscard]] Result<Range> newest_before(std::uint32_t end, PostingKey key, std::uint64_t limit,
                                            Keys& keys) const;
  void foresee_places(Range range) const noexcept;
  [[nodiscard]] Result<std::vector<Place>> places(Range range) const;

  // What takes them together.

  /// How many postings have a key not above `key`. O(log count).
  [[nodiscard]] Result<std::uint32_t> end_of(PostingKey key, Keys& keys) const;
  /// How many of `key` are of records from number `from` on. O(log count).
  [[nodiscard]] Result<std::uint64_t> count_from(PostingKey key, Sequence from) const;
  /// Shows all, by key and number.
  [[nodiscard]] Result<void> each(const std::function<void(PostingKey, Sequence)>& visit) const;

 private:
  SealedRun(const FilePieces& file, const RunHint& hint) noexcept;
  [[nodiscard]] Result<void> read_keys(RunBlock block, Keys& keys) const;

  const FilePieces* file_;
  std::array<std::byte, RunLayout::kHeadBytes> head_;
  std::uint32_t count_;
  std::uint64_t fences_;  // where in the file they begin
  std::uint64_t keys_;
  std::uint64_t places_;
};

}  // namespace chargemill::runtime::journal
