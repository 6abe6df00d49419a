#include "runtime/engine/tenure.hpp"

#include <time.h>

namespace chargemill::runtime {

Nanos Tenure::since_boot() noexcept {
  timespec now{};
  (void)clock_gettime(CLOCK_BOOTTIME, &now);
  return std::chrono::seconds{now.tv_sec} + Nanos{now.tv_nsec};
}

}  // namespace chargemill::runtime
