// What a segment says of itself: its head when it begins, how far it is with each commit, its seal
// when it ends.
#pragma once

#include <optional>
#include <string>

#include "runtime/journal/environment.hpp"
#include "runtime/journal/record.hpp"
#include "runtime/journal/record_layout.hpp"

namespace chargemill::runtime::journal {

/// The value of "head": | magic:32 | version:32 | first:64 | crc:32 |
struct HeadLayout {
  static constexpr std::uint32_t kMagic = 0x474A4D43;  // "CMJG"
  static constexpr std::uint32_t kVersion = 1;
  static constexpr std::size_t kVersionAt = 4;
  static constexpr std::size_t kFirst = 8;
  static constexpr std::size_t kCrc = 16;
  static constexpr std::size_t kBytes = 20;
};

/// The manifest of a segment that will not grow any more.
struct Seal {
  Sequence first = 0;  ///< of the segment, also when it is empty
  std::uint64_t count = 0;
  Micros time_max{};              ///< the latest time of a record, at least 0
  std::uint32_t records_crc = 0;  ///< CRC32C of the records' CRCs, four bytes each, in order
};

/// The value of "seal":
///     | version:32 | records_crc:32 | first:64 | count:64 | time_max_us:64 | crc:32 |
struct SealLayout {
  static constexpr std::uint32_t kVersion = 1;
  static constexpr std::size_t kRecordsCrc = 4;
  static constexpr std::size_t kFirst = 8;
  static constexpr std::size_t kCount = 16;
  static constexpr std::size_t kTimeMax = 24;
  static constexpr std::size_t kCrc = 32;
  static constexpr std::size_t kBytes = 36;
};

/// What the writer of a segment that grows knew of it with its last commit.
struct SoFar {
  std::uint64_t count = 0;
  Micros time_min{};              ///< the earliest time of a record
  Micros time_max{};              ///< as Seal
  std::uint32_t records_crc = 0;  ///< as Seal
};

/// The value of "sofar":
///     | version:32 | records_crc:32 | count:64 | time_min_us:64 | time_max_us:64 | crc:32 |
struct SoFarLayout {
  static constexpr std::uint32_t kVersion = 1;
  static constexpr std::size_t kRecordsCrc = 4;
  static constexpr std::size_t kCount = 8;
  static constexpr std::size_t kTimeMin = 16;
  static constexpr std::size_t kTimeMax = 24;
  static constexpr std::size_t kCrc = 32;
  static constexpr std::size_t kBytes = 36;
};

/// Where a run stands in "postings": by the last record that it covers, then by level, so that the
/// one that swallowed the others comes last.
[[nodiscard]] constexpr std::uint64_t run_key(Sequence last, std::uint8_t level) noexcept {
  return last << 4U | level;
}
[[nodiscard]] constexpr std::uint64_t level_in(std::uint64_t run_key) noexcept {
  return run_key & 15U;
}

[[nodiscard]] std::string encode_head(Sequence first);
[[nodiscard]] std::string encode_seal(const Seal& seal);
/// The first record's number; empty unless the value is a sound head of a known version.
[[nodiscard]] std::optional<Sequence> decode_head(const MDB_val& value) noexcept;
[[nodiscard]] std::optional<Seal> decode_seal(const MDB_val& value) noexcept;
[[nodiscard]] std::string encode_so_far(const SoFar& so_far);
[[nodiscard]] std::optional<SoFar> decode_so_far(const MDB_val& value) noexcept;

/// Reads the head; an error if there is none or it does not fit the file's name.
[[nodiscard]] Result<void> check_head(const Environment& environment,
                                      const Transaction& transaction, Sequence first);
/// The seal; empty for a segment that was not sealed; an error if it is damaged.
[[nodiscard]] Result<std::optional<Seal>> read_seal(const Environment& environment,
                                                    const Transaction& transaction);
/// Puts the seal in; LMDB's code.
[[nodiscard]] int put_seal(const Environment& environment, const Transaction& transaction,
                           const Seal& seal);
/// Empty for a segment of an older version, and if it is damaged: the records say the same.
[[nodiscard]] std::optional<SoFar> read_so_far(const Environment& environment,
                                               const Transaction& transaction) noexcept;
/// Puts it in, or in the place of the last one; LMDB's code.
[[nodiscard]] int put_so_far(const Environment& environment, const Transaction& transaction,
                             const SoFar& so_far);

}  // namespace chargemill::runtime::journal
