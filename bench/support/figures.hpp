// What several benchmarks need to say how they did.
#pragma once

#include <cstdlib>

#include "runtime/base/units.hpp"

namespace chargemill::bench {

[[nodiscard]] inline double milliseconds(Nanos time) {
  return static_cast<double>(time.count()) / 1e6;
}
/// ./dev bench --quick asks for small ones.
[[nodiscard]] inline bool is_quick() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody sets it
  return std::getenv("CHARGEMILL_QUICK") != nullptr;
}

}  // namespace chargemill::bench
