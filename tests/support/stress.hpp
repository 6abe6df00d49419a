// How long the stress tests run.
#pragma once

#include <cstdint>
#include <cstdlib>

namespace chargemill::test {

// Under a sanitizer a message costs ten to fifty times as much.
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
inline constexpr std::uint64_t kMessages = 5'000'000;
#else
inline constexpr std::uint64_t kMessages = 100'000'000;
#endif

/// `count`, times CHARGEMILL_STRESS (default 1) for the long form (tests/README.md).
[[nodiscard]] inline std::uint64_t stress_count(std::uint64_t count) {
  const char* const factor =
      std::getenv("CHARGEMILL_STRESS");  // NOLINT(concurrency-mt-unsafe): nobody sets it
  return factor == nullptr ? count : count * std::strtoull(factor, nullptr, 10);
}

}  // namespace chargemill::test
