#include "runtime/resilience/circuit_breaker.hpp"

#include "runtime/base/assert.hpp"

namespace chargemill::runtime {

CircuitBreaker::CircuitBreaker(const BreakerLimits& limits) noexcept : limits_(limits) {
  CHARGEMILL_ASSERT(are_valid(limits));
}

}  // namespace chargemill::runtime
