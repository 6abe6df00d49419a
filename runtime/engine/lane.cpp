#include "runtime/engine/lane.hpp"

#include <algorithm>

namespace chargemill::runtime {

Lane::Window Lane::earliest() const noexcept {
  Window result = messages.first();
  if (timers_run) result = std::min(result, timers.first());
  for (const auto& list : outgoing[half].next) {
    if (!list.empty()) result = std::min(result, window + 1);
  }
  const std::int64_t later_ns = outgoing[half].later_ns;
  return later_ns == INT64_MAX ? result : std::min(result, window_of(later_ns));
}

}  // namespace chargemill::runtime
