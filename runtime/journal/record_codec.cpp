#include "runtime/journal/record_codec.hpp"

#include "runtime/base/assert.hpp"
#include "runtime/base/crc32c.hpp"

namespace chargemill::runtime::journal {
namespace {

using Layout = RecordLayout;

std::uint32_t record_crc(const std::byte* record, std::size_t bytes, Sequence sequence) noexcept {
  return crc32c(record + Layout::kVersionAt, bytes - Layout::kVersionAt,
                crc32c(&sequence, sizeof sequence));
}

}  // namespace

std::size_t encode_record(const Record& record, std::byte* to) noexcept {
  CHARGEMILL_ASSERT(record.payload.size() <= kPayloadBytesMax);
  store(to + Layout::kCrc, std::uint32_t{0});
  store(to + Layout::kVersionAt, Layout::kVersion);
  store(to + Layout::kKeys, static_cast<std::uint8_t>(record.keys.size()));
  store(to + Layout::kKind, record.kind);
  store(to + Layout::kTime, std::int64_t{record.time.count()});
  std::byte* at = to + Layout::kHeaderBytes;
  for (const PostingKey key : record.keys) {
    store(at, key);
    at += Layout::kKeyBytes;
  }
  if (!record.payload.empty()) std::memcpy(at, record.payload.data(), record.payload.size());
  return static_cast<std::size_t>(at - to) + record.payload.size();
}

void seal_record(std::byte* record, std::size_t bytes, Sequence sequence) noexcept {
  CHARGEMILL_ASSERT(bytes >= Layout::kHeaderBytes && bytes <= Layout::kBytesMax);
  store(record + Layout::kCrc, record_crc(record, bytes, sequence));
}

bool is_later_record(const std::byte* record, std::size_t bytes, Sequence sequence) noexcept {
  return bytes >= Layout::kHeaderBytes && bytes <= Layout::kBytesMax &&
         load<std::uint8_t>(record + Layout::kVersionAt) > Layout::kVersion &&
         crc_of(record) == record_crc(record, bytes, sequence);
}

std::optional<Record> decode_record(const std::byte* record, std::size_t bytes,
                                    Sequence sequence) noexcept {
  if (bytes < Layout::kHeaderBytes || bytes > Layout::kBytesMax) return std::nullopt;
  if (load<std::uint8_t>(record + Layout::kVersionAt) != Layout::kVersion) return std::nullopt;
  if (crc_of(record) != record_crc(record, bytes, sequence)) return std::nullopt;
  const std::size_t keys = key_count(record);
  const std::size_t payload_at = Layout::kHeaderBytes + keys * Layout::kKeyBytes;
  if (keys > kKeysMax || payload_at > bytes) return std::nullopt;
  if (bytes - payload_at > kPayloadBytesMax) return std::nullopt;

  Record result;
  result.kind = load<RecordKind>(record + Layout::kKind);
  result.time = time_of(record);
  for (std::size_t i = 0; i < keys; ++i) result.keys.push_back(key_at(record, i));
  result.payload = {reinterpret_cast<const char*>(record + payload_at), bytes - payload_at};
  result.sequence = sequence;
  return result;
}

}  // namespace chargemill::runtime::journal
