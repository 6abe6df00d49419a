#include "runtime/base/crc32c.hpp"

#include <isa-l/crc.h>

namespace chargemill::runtime {

std::uint32_t crc32c(const void* at, std::size_t bytes, std::uint32_t before) noexcept {
  // The library takes a pointer to what it only reads, and leaves both inversions to its caller.
  auto* const first = const_cast<unsigned char*>(static_cast<const unsigned char*>(at));
  return ~crc32_iscsi(first, static_cast<int>(bytes), ~before);
}

}  // namespace chargemill::runtime
