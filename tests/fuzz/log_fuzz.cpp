// What a node that returns finds in the place of its log: any bytes. Whatever is read is whole and
// lies within them.
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "runtime/base/assert.hpp"
#include "runtime/base/crc32c.hpp"
#include "runtime/cluster/meeting_log.hpp"
#include "runtime/cluster/meeting_log_layout.hpp"

namespace chargemill::runtime {
namespace {

std::size_t read_all(ByteView bytes) {
  MeetingLogReader reader{bytes};
  std::size_t entries = 0;
  while (auto entry = reader.next()) {
    ++entries;
    CHARGEMILL_ASSERT(reader.offset() <= bytes.size);
    if (!entry->meeting) continue;
    while (const auto mail = MeetingLogReader::take_mail(entry->rest)) {
      const std::byte* const end = mail->parcels.data + mail->parcels.size;
      CHARGEMILL_ASSERT(end <= bytes.data + bytes.size);
    }
    CHARGEMILL_ASSERT(entry->rest.size == 0);
  }
  return entries;
}

// A fuzzer seldom guesses a checksum: the same bytes as the body of one record behind a sound head.
void try_as_record(ByteView bytes) {
  using Head = LogHeadLayout;
  using Record = LogRecordLayout;
  if (bytes.size == 0 || bytes.size > 65'536) return;
  std::vector<std::byte> file(Head::kBytes + Record::kKindAt);
  file.insert(file.end(), bytes.data, bytes.data + bytes.size);
  std::byte* at = file.data();
  store_at(at + Head::kMagicAt, Head::kMagic);
  store_at(at + Head::kVersionAt, Head::kVersion);
  store_at(at + Head::kCrcAt, crc32c(at, Head::kCrcAt));
  at += Head::kBytes;
  store_at(at + Record::kLengthAt, static_cast<std::uint32_t>(bytes.size));
  store_at(at + Record::kCrcAt, crc32c(at + Record::kKindAt, bytes.size));
  const std::size_t entries = read_all({file.data(), file.size()});
  const auto kind = static_cast<std::uint8_t>(bytes.data[0]);
  if (kind == Record::kWord) CHARGEMILL_ASSERT(entries == 1);
  if (kind > Record::kWord) CHARGEMILL_ASSERT(entries == 0);
}

}  // namespace
}  // namespace chargemill::runtime

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,  // NOLINT: libFuzzer's name
                                      std::size_t size) {
  using namespace chargemill::runtime;  // NOLINT(google-build-using-namespace): the only function
  const ByteView bytes{reinterpret_cast<const std::byte*>(data), size};
  (void)read_all(bytes);
  try_as_record(bytes);
  return 0;
}
