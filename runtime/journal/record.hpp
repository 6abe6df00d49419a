// What one can put into a journal: typed, opaque bytes with a time and the keys to find them by.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "runtime/base/inline_vector.hpp"

namespace chargemill::runtime::journal {

/// A record's number in its journal: 1, 2, 3 ... without gaps, for ever.
using Sequence = std::uint64_t;
/// Since an instant that the caller chooses, the same for all records of a journal.
using Micros = std::chrono::microseconds;

/// What the payload means; the caller's own numbers.
enum class RecordKind : std::uint16_t {};
/// Under what a record is found again; the caller packs into it which index and whose entry.
enum class PostingKey : std::uint64_t {};

inline constexpr std::size_t kKeysMax = 4;
inline constexpr std::size_t kPayloadBytesMax = 200;
inline constexpr Sequence kSequenceMax = (Sequence{1} << 60U) - 1;

/// One record. The payload is a view: of the caller's bytes when it is appended, of the mapped file
/// when it is read, where it is valid only during the call that shows it.
struct Record {
  RecordKind kind{};
  Micros time{};
  InlineVector<PostingKey, kKeysMax> keys;
  std::string_view payload;  ///< at most kPayloadBytesMax
  Sequence sequence = 0;     ///< 0 until the journal has numbered it
};

}  // namespace chargemill::runtime::journal
