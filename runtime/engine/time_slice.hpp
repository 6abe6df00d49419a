// How soon a thread gets a core that another one has.
#pragma once

#include <chrono>

#include "runtime/base/units.hpp"

namespace chargemill::runtime {

/// For threads that sleep most of the time and must not wake late: the least that Linux grants.
inline constexpr Nanos kShortSlice = std::chrono::microseconds{100};

/// Asks the kernel to count `slice` as what the calling thread wants at once, instead of some
/// milliseconds. Its share of a core stays what it was, but when it wakes it comes before others
/// whose slice is longer (EEVDF, Linux 6.12; older ones ignore it). Needs no right. Errors are not
/// told: where it cannot be had the thread runs as before.
void ask_for_slice(Nanos slice) noexcept;

/// What the kernel has noted of the calling thread; 0: it notes none.
[[nodiscard]] Nanos noted_slice() noexcept;

}  // namespace chargemill::runtime
