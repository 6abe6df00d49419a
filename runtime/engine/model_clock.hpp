// The one clock of the engine: it maps wall time to model time and back.
#pragma once

#include <atomic>
#include <chrono>

#include "runtime/base/units.hpp"

namespace chargemill::runtime {

/// How model time moves.
///   paced   follows the wall at `speed` model seconds a second
///   by_hand stands still until somebody moves it (tests; one thread)
///   virtual_time  as fast as the machine goes, window by window; the workers move it
enum class Pacing { paced, by_hand, virtual_time };

/// Threads: start() and move_to() belong to the thread that drives the system; all else is for any.
class ModelClock {
 public:
  using Wall = std::chrono::steady_clock::time_point;

  /// Requires speed > 0.
  ModelClock(Pacing pacing, double speed) noexcept : pacing_(pacing), speed_(speed) {}

  /// Model time `at` is now. Before, it stands at zero.
  void start(SimTime at = {}) noexcept;
  /// Moves hand-moved time forward.
  void move_to(SimTime time) noexcept;

  [[nodiscard]] static Wall wall_now() noexcept { return std::chrono::steady_clock::now(); }
  /// The model time that the wall says it should be at `wall`: what may be due.
  [[nodiscard]] SimTime target(Wall wall) const noexcept;
  /// When `time` should be handled. Requires a started, paced clock.
  [[nodiscard]] Wall wall_of(SimTime time) const noexcept;
  /// How long after `time` should have been handled the wall shows `wall`; zero for hand-moved
  /// time.
  [[nodiscard]] Nanos lateness(SimTime time, Wall wall) const noexcept;
  [[nodiscard]] bool started() const noexcept;
  [[nodiscard]] Pacing pacing() const noexcept { return pacing_; }
  [[nodiscard]] double speed() const noexcept { return speed_; }

 private:
  static constexpr std::int64_t kNotStarted = INT64_MIN;

  const Pacing pacing_;
  const double speed_;
  // Wall nanoseconds of model time zero. Written once, by start().
  std::atomic<std::int64_t> origin_ns_{kNotStarted};
  // Hand-moved model time. Written by move_to().
  std::atomic<std::int64_t> by_hand_ns_{0};
};

}  // namespace chargemill::runtime
