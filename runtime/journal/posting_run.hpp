// A run: which records of a range bear which key, sorted by key; written once, searched in place.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "runtime/journal/record.hpp"
#include "runtime/journal/record_layout.hpp"

namespace chargemill::runtime::journal {

/// "Record number first + offset bears this key."
struct Posting {
  PostingKey key;
  std::uint32_t offset;
};

///      0         1       2        4       8       16     24             24 + 8 * fences
///     | version | level | unused | count | first | last | fence:64 ... | key:64 ... |
///                                                                ... | offset:32 ... |
///
/// Keys rise; among equal keys the offsets rise. A fence is every 512th key, from the first: a
/// search reads the fences and one page of keys instead of ten pages.
struct RunLayout {
  static constexpr std::uint8_t kVersion = 1;
  static constexpr std::size_t kVersionAt = 0;
  static constexpr std::size_t kLevel = 1;
  static constexpr std::size_t kUnused = 2;
  static constexpr std::size_t kCount = 4;
  static constexpr std::size_t kFirst = 8;
  static constexpr std::size_t kLast = 16;
  static constexpr std::size_t kHeaderBytes = 24;
  static constexpr std::size_t kKeysAFence = 512;
  static_assert(kKeysAFence * sizeof(PostingKey) == 4096, "a page of keys");

  [[nodiscard]] static constexpr std::size_t fences(std::size_t count) noexcept {
    return (count + kKeysAFence - 1) / kKeysAFence;
  }
  [[nodiscard]] static constexpr std::size_t bytes(std::size_t count) noexcept {
    return kHeaderBytes + fences(count) * sizeof(PostingKey) +
           count * (sizeof(PostingKey) + sizeof(std::uint32_t));
  }
};

inline constexpr std::uint8_t kRunLevelMax = 15;  ///< four bits of a run's key

/// A run in foreign memory, which outlives it: usually the mapped file, during one transaction.
class RunView {
 public:
  /// Empty unless `bytes` are the size of a run of a known version.
  [[nodiscard]] static std::optional<RunView> over(const std::byte* run,
                                                   std::size_t bytes) noexcept;

  [[nodiscard]] std::uint8_t level() const noexcept {
    return load<std::uint8_t>(run_ + RunLayout::kLevel);
  }
  [[nodiscard]] std::uint32_t count() const noexcept { return count_; }
  /// The records that it covers, those without keys included.
  [[nodiscard]] Sequence first() const noexcept { return load<Sequence>(run_ + RunLayout::kFirst); }
  [[nodiscard]] Sequence last() const noexcept { return load<Sequence>(run_ + RunLayout::kLast); }
  [[nodiscard]] PostingKey key(std::uint32_t i) const noexcept {
    return load<PostingKey>(keys_ + i * sizeof(PostingKey));
  }
  [[nodiscard]] std::uint32_t offset(std::uint32_t i) const noexcept {
    return load<std::uint32_t>(offsets_ + i * sizeof(std::uint32_t));
  }
  [[nodiscard]] Sequence sequence(std::uint32_t i) const noexcept { return first() + offset(i); }
  /// How many postings have a key not above `key`: the newest of `key` is the one before.
  /// O(log count).
  [[nodiscard]] std::uint32_t end_of(PostingKey key) const noexcept;

 private:
  explicit RunView(const std::byte* run) noexcept;

  const std::byte* run_;
  const std::byte* fences_;
  const std::byte* keys_;
  const std::byte* offsets_;
  std::uint32_t count_;
};

/// Sorts by key; equal keys stay in order. O(count) for each byte in which keys differ: an index
/// number and an id below 100,000 differ in four, where comparisons took a fifth of a commit.
/// `scratch` is memory that is used again.
void sort_by_key(std::vector<Posting>& postings, std::vector<Posting>& scratch);

/// Writes a run of `count` postings, which are added in order, into RunLayout::bytes(count) bytes.
class RunEncoder {
 public:
  RunEncoder(std::uint32_t count, std::uint8_t level, Sequence first, Sequence last,
             std::byte* to) noexcept;

  /// Requires that it is not above the next, and that there are not more than `count`.
  void add(Posting posting) noexcept {
    if (added_ % RunLayout::kKeysAFence == 0)
      store(fences_ + added_ / RunLayout::kKeysAFence * sizeof(PostingKey), posting.key);
    store(keys_ + added_ * sizeof(PostingKey), posting.key);
    store(offsets_ + added_ * sizeof(std::uint32_t), posting.offset);
    ++added_;
  }

 private:
  std::byte* fences_;
  std::byte* keys_;
  std::byte* offsets_;
  std::size_t added_ = 0;
};

/// Writes the run of `postings`, which are sorted, into RunLayout::bytes(postings.size()) bytes.
void encode_run(const std::vector<Posting>& postings, std::uint8_t level, Sequence first,
                Sequence last, std::byte* to) noexcept;

}  // namespace chargemill::runtime::journal
