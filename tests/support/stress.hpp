// How long the stress tests run.
#pragma once

#include <cstdint>
#include <cstdlib>

namespace chargemill::test {

/// `count`, times CHARGEMILL_STRESS (default 1) for the long form (tests/README.md).
[[nodiscard]] inline std::uint64_t stress_count(std::uint64_t count) {
  const char* const factor =
      std::getenv("CHARGEMILL_STRESS");  // NOLINT(concurrency-mt-unsafe): nobody sets it
  return factor == nullptr ? count : count * std::strtoull(factor, nullptr, 10);
}

}  // namespace chargemill::test
