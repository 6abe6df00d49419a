// The checksum of what the journal writes and of what nodes send each other.
#pragma once

#include <cstddef>
#include <cstdint>

namespace chargemill::runtime {

/// CRC32C (Castagnoli; RFC 3720, appendix B.4) of `bytes` at `at`, continuing `before`, the CRC of
/// what went before them; 0 for nothing. ISA-L picks SSE4.2 and PCLMUL where the processor has them
/// and a table elsewhere.
[[nodiscard]] std::uint32_t crc32c(const void* at, std::size_t bytes,
                                   std::uint32_t before = 0) noexcept;

}  // namespace chargemill::runtime
