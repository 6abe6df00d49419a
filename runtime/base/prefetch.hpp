// Asking for memory before it is needed.
#pragma once

#include <cstddef>

namespace chargemill {

/// The first `bytes` at `at` will be needed soon. Always inlined: gcc takes a function that only
/// prefetches for one without effect, and drops the call.
[[gnu::always_inline]] inline void prefetch(const void* at, std::size_t bytes = 1) noexcept {
  constexpr std::size_t kLine = 64;
  const auto* const first = static_cast<const char*>(at);
  for (std::size_t offset = 0; offset < bytes; offset += kLine) __builtin_prefetch(first + offset);
}

}  // namespace chargemill
