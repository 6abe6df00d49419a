#include "runtime/engine/model_clock.hpp"

#include <cmath>

#include "runtime/base/assert.hpp"

namespace chargemill::runtime {

void ModelClock::start(SimTime at) noexcept {
  const std::int64_t model = at.time_since_epoch().count();
  const std::int64_t passed =
      speed_ == 1.0 ? model : std::llround(static_cast<double>(model) / speed_);
  // relaxed: the value is all there is; workers only compute with it.
  origin_ns_.store(wall_now().time_since_epoch().count() - passed, std::memory_order_relaxed);
}

void ModelClock::move_to(SimTime time) noexcept {
  CHARGEMILL_ASSERT(pacing_ == Pacing::by_hand);
  const std::int64_t ns = time.time_since_epoch().count();
  // relaxed (both): one thread drives a system whose time is moved by hand.
  CHARGEMILL_ASSERT(ns >= by_hand_ns_.load(std::memory_order_relaxed));
  by_hand_ns_.store(ns, std::memory_order_relaxed);
}

SimTime ModelClock::target(Wall wall) const noexcept {
  // relaxed (both loads): as in the stores above.
  if (pacing_ == Pacing::virtual_time) return kNever;
  if (pacing_ == Pacing::by_hand)
    return SimTime{Nanos{by_hand_ns_.load(std::memory_order_relaxed)}};
  const std::int64_t origin = origin_ns_.load(std::memory_order_relaxed);
  if (origin == kNotStarted) return SimTime{};
  const std::int64_t passed = wall.time_since_epoch().count() - origin;
  if (passed <= 0) return SimTime{};
  // Exact at speed 1: a double would lose nanoseconds after 104 days.
  if (speed_ == 1.0) return SimTime{Nanos{passed}};
  return SimTime{Nanos{std::llround(static_cast<double>(passed) * speed_)}};
}

ModelClock::Wall ModelClock::wall_of(SimTime time) const noexcept {
  const std::int64_t model = time.time_since_epoch().count();
  const std::int64_t passed =
      speed_ == 1.0 ? model : std::llround(static_cast<double>(model) / speed_);
  // relaxed: as in start().
  return Wall{Nanos{origin_ns_.load(std::memory_order_relaxed) + passed}};
}

Nanos ModelClock::lateness(SimTime time, Wall wall) const noexcept {
  if (pacing_ != Pacing::paced || !started()) return Nanos{0};
  const Nanos late = wall - wall_of(time);
  return late < Nanos{0} ? Nanos{0} : late;
}

bool ModelClock::started() const noexcept {
  // relaxed: as in start().
  return origin_ns_.load(std::memory_order_relaxed) != kNotStarted;
}

}  // namespace chargemill::runtime
