#include "runtime/journal/segment_file.hpp"

#include <string_view>

#include "runtime/base/crc32c.hpp"

namespace chargemill::runtime::journal {
namespace {

constexpr std::string_view kHeadName = "head";
constexpr std::string_view kSealName = "seal";
constexpr std::string_view kSoFarName = "sofar";

std::byte* bytes_in(std::string& text) noexcept {
  return reinterpret_cast<std::byte*>(text.data());
}
const std::byte* bytes_in(const MDB_val& value) noexcept {
  return static_cast<const std::byte*>(value.mv_data);
}
MDB_val val_of(std::string_view text) noexcept {
  return {text.size(), const_cast<char*>(text.data())};
}
int put(const Environment& environment, const Transaction& transaction, std::string_view name,
        std::string_view text) noexcept {
  MDB_val key = val_of(name);
  MDB_val value = val_of(text);
  return mdb_put(transaction.get(), environment.main(), &key, &value, 0);
}

}  // namespace

std::string encode_head(Sequence first) {
  std::string result(HeadLayout::kBytes, '\0');
  std::byte* const to = bytes_in(result);
  store(to, HeadLayout::kMagic);
  store(to + HeadLayout::kVersionAt, HeadLayout::kVersion);
  store(to + HeadLayout::kFirst, first);
  store(to + HeadLayout::kCrc, crc32c(to, HeadLayout::kCrc));
  return result;
}

std::string encode_seal(const Seal& seal) {
  std::string result(SealLayout::kBytes, '\0');
  std::byte* const to = bytes_in(result);
  store(to, SealLayout::kVersion);
  store(to + SealLayout::kRecordsCrc, seal.records_crc);
  store(to + SealLayout::kFirst, seal.first);
  store(to + SealLayout::kCount, seal.count);
  store(to + SealLayout::kTimeMax, std::int64_t{seal.time_max.count()});
  store(to + SealLayout::kCrc, crc32c(to, SealLayout::kCrc));
  return result;
}

std::optional<Sequence> decode_head(const MDB_val& value) noexcept {
  const std::byte* const at = bytes_in(value);
  if (value.mv_size != HeadLayout::kBytes) return std::nullopt;
  if (load<std::uint32_t>(at) != HeadLayout::kMagic) return std::nullopt;
  if (load<std::uint32_t>(at + HeadLayout::kVersionAt) != HeadLayout::kVersion) return std::nullopt;
  if (load<std::uint32_t>(at + HeadLayout::kCrc) != crc32c(at, HeadLayout::kCrc))
    return std::nullopt;
  return load<Sequence>(at + HeadLayout::kFirst);
}

std::optional<Seal> decode_seal(const MDB_val& value) noexcept {
  const std::byte* const at = bytes_in(value);
  if (value.mv_size != SealLayout::kBytes) return std::nullopt;
  if (load<std::uint32_t>(at) != SealLayout::kVersion) return std::nullopt;
  if (load<std::uint32_t>(at + SealLayout::kCrc) != crc32c(at, SealLayout::kCrc))
    return std::nullopt;
  Seal seal;
  seal.records_crc = load<std::uint32_t>(at + SealLayout::kRecordsCrc);
  seal.first = load<Sequence>(at + SealLayout::kFirst);
  seal.count = load<std::uint64_t>(at + SealLayout::kCount);
  seal.time_max = Micros{load<std::int64_t>(at + SealLayout::kTimeMax)};
  return seal;
}

std::string encode_so_far(const SoFar& so_far) {
  std::string result(SoFarLayout::kBytes, '\0');
  std::byte* const to = bytes_in(result);
  store(to, SoFarLayout::kVersion);
  store(to + SoFarLayout::kRecordsCrc, so_far.records_crc);
  store(to + SoFarLayout::kCount, so_far.count);
  store(to + SoFarLayout::kTimeMin, std::int64_t{so_far.time_min.count()});
  store(to + SoFarLayout::kTimeMax, std::int64_t{so_far.time_max.count()});
  store(to + SoFarLayout::kCrc, crc32c(to, SoFarLayout::kCrc));
  return result;
}

std::optional<SoFar> decode_so_far(const MDB_val& value) noexcept {
  const std::byte* const at = bytes_in(value);
  if (value.mv_size != SoFarLayout::kBytes) return std::nullopt;
  if (load<std::uint32_t>(at) != SoFarLayout::kVersion) return std::nullopt;
  if (load<std::uint32_t>(at + SoFarLayout::kCrc) != crc32c(at, SoFarLayout::kCrc))
    return std::nullopt;
  SoFar so_far;
  so_far.records_crc = load<std::uint32_t>(at + SoFarLayout::kRecordsCrc);
  so_far.count = load<std::uint64_t>(at + SoFarLayout::kCount);
  so_far.time_min = Micros{load<std::int64_t>(at + SoFarLayout::kTimeMin)};
  so_far.time_max = Micros{load<std::int64_t>(at + SoFarLayout::kTimeMax)};
  return so_far;
}

namespace {

/// What a later chargemill has written: its number is where ours is.
bool is_later_head(const MDB_val& value) noexcept {
  const std::byte* const at = bytes_in(value);
  return value.mv_size >= HeadLayout::kFirst && load<std::uint32_t>(at) == HeadLayout::kMagic &&
         load<std::uint32_t>(at + HeadLayout::kVersionAt) > HeadLayout::kVersion;
}
/// The same of a seal, whose checksum would be the last of its bytes.
bool is_later_seal(const MDB_val& value) noexcept {
  const std::byte* const at = bytes_in(value);
  constexpr std::size_t kBytesMax = 1'024;  // of one that is believed
  if (value.mv_size < SealLayout::kBytes || value.mv_size > kBytesMax) return false;
  const std::size_t covered = value.mv_size - sizeof(std::uint32_t);
  return load<std::uint32_t>(at) > SealLayout::kVersion &&
         load<std::uint32_t>(at + covered) == crc32c(at, covered);
}

}  // namespace

Result<void> check_head(const Environment& environment, const Transaction& transaction,
                        Sequence first) {
  MDB_val key = val_of(kHeadName);
  MDB_val value{};
  if (const int code = mdb_get(transaction.get(), environment.main(), &key, &value); code != 0)
    return lmdb_failure(code, "read the head of", environment.path());
  if (is_later_head(value))
    return failure(ErrorKind::environment,
                   environment.path() + ": written by a later version of chargemill");
  if (decode_head(value) != first)
    return failure(ErrorKind::environment, environment.path() + ": damaged, or not a segment");
  return {};
}

Result<std::optional<Seal>> read_seal(const Environment& environment,
                                      const Transaction& transaction) {
  MDB_val key = val_of(kSealName);
  MDB_val value{};
  const int code = mdb_get(transaction.get(), environment.main(), &key, &value);
  if (code == MDB_NOTFOUND) return std::optional<Seal>{};
  if (code != 0) return lmdb_failure(code, "read the seal of", environment.path());
  auto seal = decode_seal(value);
  if (!seal && is_later_seal(value))
    return failure(ErrorKind::environment,
                   environment.path() + ": sealed by a later version of chargemill");
  if (!seal) return failure(ErrorKind::environment, environment.path() + ": its seal is damaged");
  return seal;
}

int put_seal(const Environment& environment, const Transaction& transaction, const Seal& seal) {
  return put(environment, transaction, kSealName, encode_seal(seal));
}

std::optional<SoFar> read_so_far(const Environment& environment,
                                 const Transaction& transaction) noexcept {
  MDB_val key = val_of(kSoFarName);
  MDB_val value{};
  if (mdb_get(transaction.get(), environment.main(), &key, &value) != 0) return std::nullopt;
  return decode_so_far(value);
}

int put_so_far(const Environment& environment, const Transaction& transaction,
               const SoFar& so_far) {
  return put(environment, transaction, kSoFarName, encode_so_far(so_far));
}

}  // namespace chargemill::runtime::journal
