#include "runtime/resilience/circuit_breaker.hpp"

#include "runtime/base/assert.hpp"

namespace chargemill::runtime {

CircuitBreaker::CircuitBreaker(const BreakerLimits& limits) noexcept : limits_(limits) {
  CHARGEMILL_ASSERT(limits.failures_max >= 1 && limits.failures_max <= kFailuresShown);
  CHARGEMILL_ASSERT(limits.probes >= 1 && limits.probes <= 15);
  CHARGEMILL_ASSERT(limits.cooldown > Millis{0});
}

}  // namespace chargemill::runtime
