#include "runtime/journal/record_codec.hpp"

#include <gtest/gtest.h>
#include <isa-l/crc.h>

#include <algorithm>
#include <array>
#include <random>
#include <string>

#include "runtime/base/crc32c.hpp"

namespace chargemill::runtime::journal {
namespace {

using Bytes = std::array<std::byte, RecordLayout::kBytesMax>;

TEST(Crc32c, GivesTheChecksumsOfTheStandard) {
  EXPECT_EQ(crc32c("123456789", 9), 0xE3069283U);
  const std::string zeros(32, '\0');
  EXPECT_EQ(crc32c(zeros.data(), zeros.size()), 0x8A9136AAU);  // RFC 3720, B.4
  EXPECT_EQ(crc32c("6789", 4, crc32c("12345", 5)), 0xE3069283U) << "in two parts";
}
TEST(Crc32c, IsTheSameWithAndWithoutTheProcessorsHelp) {
  std::mt19937 random{1};
  for (int bytes = 0; bytes < 300; ++bytes) {
    std::string text(static_cast<std::size_t>(bytes), '\0');
    for (char& c : text) c = static_cast<char>(random());
    auto* const at = reinterpret_cast<unsigned char*>(text.data());
    EXPECT_EQ(crc32c(text.data(), text.size()), ~crc32_iscsi_base(at, bytes, ~0U));
  }
}

Record any_record(std::mt19937& random, std::string& payload) {
  Record record;
  record.kind = RecordKind{static_cast<std::uint16_t>(random())};
  record.time = Micros{static_cast<std::int64_t>(random()) - 1'000'000};
  for (std::size_t keys = random() % (kKeysMax + 1); keys > 0; --keys)
    record.keys.push_back(PostingKey{random()});
  payload.resize(random() % (kPayloadBytesMax + 1));
  for (char& c : payload) c = static_cast<char>(random());
  record.payload = payload;
  return record;
}

TEST(RecordCodec, GivesBackWhatWasPutIn) {
  for (unsigned seed = 0; seed < 500; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937 random{seed};
    std::string payload;
    const Record record = any_record(random, payload);
    Bytes bytes{};
    const std::size_t size = encode_record(record, bytes.data());
    seal_record(bytes.data(), size, seed + 1);
    const auto back = decode_record(bytes.data(), size, seed + 1);
    ASSERT_TRUE(back);
    EXPECT_EQ(back->kind, record.kind);
    EXPECT_EQ(back->time, record.time);
    EXPECT_TRUE(
        std::equal(back->keys.begin(), back->keys.end(), record.keys.begin(), record.keys.end()));
    EXPECT_EQ(back->payload, record.payload);
    EXPECT_EQ(back->sequence, seed + 1);
  }
}
TEST(RecordCodec, RefusesEveryFlippedBitEveryOtherLengthAndEveryOtherNumber) {
  std::mt19937 random{7};
  std::string payload;
  const Record record = any_record(random, payload);
  Bytes bytes{};
  const std::size_t size = encode_record(record, bytes.data());
  seal_record(bytes.data(), size, 42);
  for (std::size_t bit = 0; bit < size * 8; ++bit) {
    const auto mask = static_cast<std::byte>(1U << bit % 8);
    bytes[bit / 8] ^= mask;
    EXPECT_FALSE(decode_record(bytes.data(), size, 42)) << "bit " << bit;
    bytes[bit / 8] ^= mask;
  }
  for (std::size_t cut = 0; cut < size; ++cut)
    EXPECT_FALSE(decode_record(bytes.data(), cut, 42)) << "cut at " << cut;
  EXPECT_FALSE(decode_record(bytes.data(), size, 43));
  EXPECT_TRUE(decode_record(bytes.data(), size, 42));
}

}  // namespace
}  // namespace chargemill::runtime::journal
