// A record to bytes and back.
#pragma once

#include <optional>

#include "runtime/journal/record.hpp"
#include "runtime/journal/record_layout.hpp"

namespace chargemill::runtime::journal {

/// Writes all but the CRC, which needs the number that the writer will give. Returns the bytes
/// written, at most RecordLayout::kBytesMax. Requires a payload within its limit.
std::size_t encode_record(const Record& record, std::byte* to) noexcept;

/// Completes an encoded record by its CRC, now that it is record number `sequence`.
void seal_record(std::byte* record, std::size_t bytes, Sequence sequence) noexcept;

/// Parts of an encoded record that has been checked, or that this process has written.
[[nodiscard]] inline std::size_t key_count(const std::byte* record) noexcept {
  return load<std::uint8_t>(record + RecordLayout::kKeys);
}
[[nodiscard]] inline PostingKey key_at(const std::byte* record, std::size_t index) noexcept {
  return load<PostingKey>(record + RecordLayout::kHeaderBytes + index * RecordLayout::kKeyBytes);
}
[[nodiscard]] inline Micros time_of(const std::byte* record) noexcept {
  return Micros{load<std::int64_t>(record + RecordLayout::kTime)};
}
[[nodiscard]] inline std::uint32_t crc_of(const std::byte* record) noexcept {
  return load<std::uint32_t>(record + RecordLayout::kCrc);
}

/// Whether the bytes are record number `sequence`, whole and unchanged, of a version to come.
[[nodiscard]] bool is_later_record(const std::byte* record, std::size_t bytes,
                                   Sequence sequence) noexcept;

/// What the bytes say; empty when they are not record number `sequence` of a known version, whole
/// and unchanged. The payload is a view of them.
[[nodiscard]] std::optional<Record> decode_record(const std::byte* record, std::size_t bytes,
                                                  Sequence sequence) noexcept;

}  // namespace chargemill::runtime::journal
