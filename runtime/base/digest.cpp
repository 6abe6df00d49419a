#include "runtime/base/digest.hpp"

#define XXH_INLINE_ALL  // header only: one dependency less at run time
#include <xxhash.h>

#include <array>
#include <cstdio>

namespace chargemill {

std::string Digest::hex() const {
  std::array<char, 33> text{};
  (void)std::snprintf(text.data(), text.size(), "%016llx%016llx",
                      static_cast<unsigned long long>(high), static_cast<unsigned long long>(low));
  return text.data();
}

Digest DigestWriter::finish() const noexcept {
  const XXH128_hash_t hash = XXH3_128bits(bytes_.data(), bytes_.size());
  return {hash.low64, hash.high64};
}

}  // namespace chargemill
