// When whoever waits for others says so once more.
#pragma once

#include <chrono>

namespace chargemill::app {

/// Every ten seconds from the first time on, and not any more once the wait is over. Pure.
class Reminder {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::seconds kEvery{10};

  Reminder(Time first, Time deadline) noexcept : next_(first), deadline_(deadline) {}

  /// It is time to say so now.
  [[nodiscard]] bool is_due(Time now) noexcept {
    if (now < next_ || now > deadline_) return false;
    next_ = now + kEvery;
    return true;
  }
  [[nodiscard]] bool is_over(Time now) const noexcept { return now > deadline_; }
  /// Of the wait; whole seconds, rounded up.
  [[nodiscard]] std::chrono::seconds left(Time now) const noexcept {
    return std::chrono::ceil<std::chrono::seconds>(deadline_ - now);
  }

 private:
  Time next_;
  const Time deadline_;
};

}  // namespace chargemill::app
