#include "actors/central/recent_faults.hpp"

#include "runtime/base/assert.hpp"

namespace chargemill::central {

void RecentFaults::add(std::uint32_t index, SimTime now) {
  CHARGEMILL_ASSERT(faults_.empty() || faults_.back().at <= now);
  pass(now);
  if (faults_.size() >= kept_max_) forget_oldest();
  faults_.push_back({now, index});
  if (++times_[index] == kRepeatedFaults) ++repeated_;
}

void RecentFaults::pass(SimTime now) {
  while (due() <= now) forget_oldest();
}

void RecentFaults::forget_oldest() {
  CHARGEMILL_ASSERT(!faults_.empty());
  const auto point = times_.find(faults_.front().index);
  CHARGEMILL_ASSERT(point != times_.end());
  if (point->second-- == kRepeatedFaults) --repeated_;
  if (point->second == 0) times_.erase(point);
  faults_.pop_front();
}

}  // namespace chargemill::central
