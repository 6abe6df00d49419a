#include "actors/shell/written_before.hpp"

#include <algorithm>

#include "runtime/base/digest.hpp"

namespace chargemill {
namespace {

std::uint64_t hash_of(const runtime::journal::Record& record) {
  DigestWriter writer{static_cast<std::uint32_t>(record.kind), 0};
  writer.add(record.time.count());
  writer.add_list(record.keys);
  writer.add_list(record.payload);
  return writer.finish().low;
}

}  // namespace

void WrittenBefore::note(const runtime::journal::Record& record) {
  hashes_.push_back(hash_of(record));
}

void WrittenBefore::begin_anew(std::uint64_t taken) {
  const std::lock_guard<std::mutex> lock(mutex_);
  hashes_.clear();
  counts_.clear();
  taken_ = taken;
}

void WrittenBefore::seal() {
  std::sort(hashes_.begin(), hashes_.end());
  std::size_t unique = 0;
  for (const std::uint64_t hash : hashes_) {
    if (unique == 0 || hashes_[unique - 1] != hash) {
      hashes_[unique++] = hash;
      counts_.push_back(0);
    }
    ++counts_[unique - 1];
  }
  hashes_.resize(unique);
  hashes_.shrink_to_fit();
}

bool WrittenBefore::take(const runtime::journal::Record& record) {
  const std::uint64_t hash = hash_of(record);
  const auto found = std::lower_bound(hashes_.begin(), hashes_.end(), hash);
  if (found == hashes_.end() || *found != hash) return false;
  const std::lock_guard<std::mutex> lock(mutex_);
  std::uint32_t& left = counts_[static_cast<std::size_t>(found - hashes_.begin())];
  if (left == 0) return false;
  --left;
  ++taken_;
  return true;
}

std::uint64_t WrittenBefore::taken() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return taken_;
}

}  // namespace chargemill
