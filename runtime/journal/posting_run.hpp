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

///      0         1       2        4       8       16     24
///     | version | level | unused | count | first | last |
///          version 1: | fence:64 ... | key:64 ... | offset:32 ... |
///          version 2: | coarse:64 * 64 | fence:64 ... | key:64 ... | offset:32 page:32 ... |
///
/// Keys rise; among equal keys the offsets rise. A fence is every 512th key, from the first: a
/// search reads the fences and one page of keys instead of ten pages. Coarse ones are every n-th
/// fence, so many apart that 64 suffice; the rest of the 64 are unused: of the fences too a search
/// reads one page. `page` is the one in the file that the record is in: only a sealed segment
/// knows, whose pages do not move any more.
struct RunLayout {
  static constexpr std::uint8_t kVersion = 1;
  static constexpr std::uint8_t kVersionWithPages = 2;
  static constexpr std::size_t kVersionAt = 0;
  static constexpr std::size_t kLevel = 1;
  static constexpr std::size_t kUnused = 2;
  static constexpr std::size_t kCount = 4;
  static constexpr std::size_t kFirst = 8;
  static constexpr std::size_t kLast = 16;
  static constexpr std::size_t kHeaderBytes = 24;
  static constexpr std::size_t kKeysAFence = 512;
  static_assert(kKeysAFence * sizeof(PostingKey) == 4096, "a page of keys");
  static constexpr std::size_t kCoarse = 64;  ///< of version 2
  static constexpr std::size_t kPage = 4;     ///< of a place in version 2

  [[nodiscard]] static constexpr std::size_t fences(std::size_t count) noexcept {
    return (count + kKeysAFence - 1) / kKeysAFence;
  }
  /// How many fences are from one coarse one to the next, when there are so many.
  [[nodiscard]] static constexpr std::size_t fences_a_coarse(std::size_t fences) noexcept {
    return (fences + kCoarse - 1) / kCoarse;
  }
  [[nodiscard]] static constexpr std::size_t coarse_bytes(std::uint8_t version) noexcept {
    return version == kVersionWithPages ? kCoarse * sizeof(PostingKey) : 0;
  }
  [[nodiscard]] static constexpr std::size_t place_bytes(std::uint8_t version) noexcept {
    return version == kVersionWithPages ? 8 : 4;
  }
  /// All before the fences of version 2.
  static constexpr std::size_t kHeadBytes = kHeaderBytes + kCoarse * sizeof(PostingKey);
  /// How many postings a run of version 1 of so many bytes has, or one less; 0 if it is none.
  [[nodiscard]] static constexpr std::size_t count_about(std::size_t bytes) noexcept {
    constexpr std::size_t kPosting = sizeof(PostingKey) + 4;
    if (bytes < kHeaderBytes) return 0;
    const std::size_t room = bytes - kHeaderBytes;
    const std::size_t most = fences(room / kPosting) * sizeof(PostingKey);
    return room < most ? 0 : (room - most) / kPosting;
  }
  /// About the header and the fences of a run of `bytes` of version 1, whose count is not known.
  [[nodiscard]] static constexpr std::size_t head_bytes_about(std::size_t bytes) noexcept {
    return kHeaderBytes + bytes / (kKeysAFence * 12) * 8 + 8;
  }
  [[nodiscard]] static constexpr std::size_t bytes(std::size_t count,
                                                   std::uint8_t version = kVersion) noexcept {
    return kHeaderBytes + coarse_bytes(version) + fences(count) * sizeof(PostingKey) +
           count * (sizeof(PostingKey) + place_bytes(version));
  }
};

inline constexpr std::uint8_t kRunLevelMax = 15;  ///< four bits of a run's key

/// Elements of one of a run's arrays: the first, and how many.
struct RunBlock {
  std::size_t from = 0;
  std::size_t count = 0;
};
/// How many of `count` keys at `keys`, which rise, are not above `key`. O(log count).
[[nodiscard]] std::size_t not_above(PostingKey key, const std::byte* keys,
                                    std::size_t count) noexcept;
/// The fences that a search for `key` reads, of `all`, by the coarse ones at `coarse`.
[[nodiscard]] RunBlock fences_among(const std::byte* coarse, std::size_t all,
                                    PostingKey key) noexcept;
/// The keys from the last of the first `fences` fences to the next one, of `count` keys. None
/// before the first.
[[nodiscard]] RunBlock keys_behind(std::size_t fences, std::uint32_t count) noexcept;

/// A run in foreign memory, which outlives it: usually the mapped file, during one transaction.
class RunView {
 public:
  /// Empty unless `bytes` are the size of a run of a known version.
  [[nodiscard]] static std::optional<RunView> over(Bytes run) noexcept;

  [[nodiscard]] std::uint8_t level() const noexcept {
    return load<std::uint8_t>(head_ + RunLayout::kLevel);
  }
  [[nodiscard]] std::uint32_t count() const noexcept { return count_; }
  /// The records that it covers, those without keys included.
  [[nodiscard]] Sequence first() const noexcept {
    return load<Sequence>(head_ + RunLayout::kFirst);
  }
  [[nodiscard]] Sequence last() const noexcept { return load<Sequence>(head_ + RunLayout::kLast); }
  [[nodiscard]] PostingKey key(std::uint32_t i) const noexcept {
    return load<PostingKey>(keys_ + i * sizeof(PostingKey));
  }
  [[nodiscard]] std::uint32_t offset(std::uint32_t i) const noexcept {
    return load<std::uint32_t>(places_ + i * place_bytes_);
  }
  /// Whether page() is known.
  [[nodiscard]] bool has_pages() const noexcept {
    return place_bytes_ == RunLayout::place_bytes(RunLayout::kVersionWithPages);
  }
  /// Where in the file its record should be: a hint, to be held against what is there.
  [[nodiscard]] std::uint32_t page(std::uint32_t i) const noexcept {
    return load<std::uint32_t>(places_ + i * place_bytes_ + RunLayout::kPage);
  }
  [[nodiscard]] Sequence sequence(std::uint32_t i) const noexcept { return first() + offset(i); }
  /// How many postings have a key not above `key`: the newest of `key` is the one before.
  /// O(log count).
  [[nodiscard]] std::uint32_t end_of(PostingKey key) const noexcept;
  /// How many of `key` are of records from number `from` on. O(log count).
  [[nodiscard]] std::uint32_t count_from(PostingKey key, Sequence from) const noexcept;

  /// The fences that a search for `key` reads. Reads the header and the coarse ones.
  [[nodiscard]] Bytes fences_of(PostingKey key) const noexcept;
  /// The keys that it reads then, between two fences. Reads those fences.
  [[nodiscard]] Bytes keys_of(PostingKey key) const noexcept;
  struct Range {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
  };
  /// The postings of `key`, the newest `limit` at most. Reads the keys.
  [[nodiscard]] Range newest_of(PostingKey key, std::uint64_t limit) const noexcept;
  /// Where they say which records they mean.
  [[nodiscard]] Bytes places_of(Range range) const noexcept {
    return {places_ + range.begin * place_bytes_, (range.end - range.begin) * place_bytes_};
  }

 private:
  [[nodiscard]] RunBlock find_fences(PostingKey key) const noexcept;
  /// The keys among which the last one not above `key` is.
  [[nodiscard]] RunBlock find_block(PostingKey key) const noexcept;
  explicit RunView(const std::byte* run) noexcept;

  const std::byte* head_;
  const std::byte* coarse_;
  const std::byte* fences_;
  const std::byte* keys_;
  const std::byte* places_;
  std::size_t place_bytes_;
  std::uint32_t count_;
};

/// Sorts by key; equal keys stay in order. O(count) for each byte in which keys differ: an index
/// number and an id below 100,000 differ in four, where comparisons took a fifth of a commit.
/// `scratch` is memory that is used again.
void sort_by_key(std::vector<Posting>& postings, std::vector<Posting>& scratch);

/// Writes a run of `count` postings, which are added in order, into RunLayout::bytes(count,
/// version) bytes. `pages`: by offset, and then it is of the version with pages; null: of the one
/// without.
class RunEncoder {
 public:
  RunEncoder(std::uint32_t count, std::uint8_t level, Sequence first, Sequence last, std::byte* to,
             const std::uint32_t* pages = nullptr) noexcept;

  /// Requires that it is not above the next, and that there are not more than `count`.
  void add(Posting posting) noexcept {
    if (added_ % RunLayout::kKeysAFence == 0)
      add_fence(added_ / RunLayout::kKeysAFence, posting.key);
    store(keys_ + added_ * sizeof(PostingKey), posting.key);
    std::byte* const place = places_ + added_ * place_bytes_;
    store(place, posting.offset);
    if (pages_ != nullptr) store(place + RunLayout::kPage, pages_[posting.offset]);
    ++added_;
  }

 private:
  void add_fence(std::size_t i, PostingKey key) noexcept {
    store(fences_ + i * sizeof(PostingKey), key);
    if (pages_ != nullptr && i % fences_a_coarse_ == 0)
      store(coarse_ + i / fences_a_coarse_ * sizeof(PostingKey), key);
  }

  const std::uint32_t* pages_;
  std::size_t fences_a_coarse_;
  std::size_t place_bytes_;
  std::byte* coarse_;
  std::byte* fences_;
  std::byte* keys_;
  std::byte* places_;
  std::size_t added_ = 0;
};

}  // namespace chargemill::runtime::journal
