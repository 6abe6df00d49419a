// The bytes of a meeting log. FORMAT.md has the grammar.
#pragma once

#include <cstddef>
#include <cstdint>

namespace chargemill::runtime {

///     0          4            6         8          10        12        20       24       28
///     | magic:32 | version:16 | node:16 | nodes:16 | zero:16 | plan:64 | run:32 | crc:32 |
///
/// The CRC covers what is before it.
struct LogHeadLayout {
  static constexpr std::uint32_t kMagic = 0x474C4D43;  // "CMLG"
  static constexpr std::uint16_t kVersion = 1;
  static constexpr std::size_t kMagicAt = 0;
  static constexpr std::size_t kVersionAt = 4;
  static constexpr std::size_t kNodeAt = 6;
  static constexpr std::size_t kNodesAt = 8;
  static constexpr std::size_t kZeroAt = 10;
  static constexpr std::size_t kPlanAt = 12;
  static constexpr std::size_t kRunAt = 20;
  static constexpr std::size_t kCrcAt = 24;
  static constexpr std::size_t kBytes = 28;
};

///     0           4        8        9
///     | length:32 | crc:32 | kind:8 | body ... |
///
/// `length` counts the kind and the body, and the CRC covers both: a record whose end is missing is
/// none.
struct LogRecordLayout {
  static constexpr std::uint8_t kMeeting = 1;
  static constexpr std::uint8_t kWord = 2;
  static constexpr std::size_t kLengthAt = 0;
  static constexpr std::size_t kCrcAt = 4;
  static constexpr std::size_t kKindAt = 8;
  static constexpr std::size_t kHeaderBytes = 9;
  static constexpr std::size_t kBytesMax = std::size_t{1} << 30U;
};

/// The body of a meeting, before the mail.
///
///     0          8             16            24            32         40          48        49
///     | round:64 | proposed:64 | mail_sum:64 | earliest:64 | limit:64 | orders:64 | flags:8 |
struct LogMeetingLayout {
  static constexpr std::size_t kRoundAt = 0;
  static constexpr std::size_t kProposedAt = 8;
  static constexpr std::size_t kMailSumAt = 16;
  static constexpr std::size_t kEarliestAt = 24;
  static constexpr std::size_t kLimitAt = 32;
  static constexpr std::size_t kOrdersAt = 40;
  static constexpr std::size_t kFlagsAt = 48;
  static constexpr std::size_t kBytes = 49;
};

///     0         2          6
///     | node:16 | bytes:32 | parcel ... |
struct LogMailLayout {
  static constexpr std::size_t kNodeAt = 0;
  static constexpr std::size_t kBytesAt = 2;
  static constexpr std::size_t kHeaderBytes = 6;
};

}  // namespace chargemill::runtime
