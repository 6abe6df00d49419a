// How often this process has asked for memory: operator new, counted.
#pragma once

#include <cstdint>

namespace chargemill::test {

/// Calls of operator new by all threads since the program began. Linking this counts them.
[[nodiscard]] std::uint64_t allocations() noexcept;

}  // namespace chargemill::test
