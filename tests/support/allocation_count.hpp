// How often this process has asked for memory: operator new, counted.
#pragma once

#include <cstdint>

namespace chargemill::test {

/// A sanitizer has an allocator of its own, which is left alone.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kAllocationsCounted = false;
#else
inline constexpr bool kAllocationsCounted = true;
#endif

/// Calls of operator new by all threads since the program began. Linking this counts them.
[[nodiscard]] std::uint64_t allocations() noexcept;

}  // namespace chargemill::test
