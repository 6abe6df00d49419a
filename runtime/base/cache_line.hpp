// What one core takes from another when it writes.
#pragma once

#include <cstddef>

namespace chargemill::runtime {

/// Fields written by different threads stand this far apart.
inline constexpr std::size_t kCacheLine = 64;

}  // namespace chargemill::runtime
