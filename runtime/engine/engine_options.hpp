// How an engine is set up; the caf::actor_system_config that carries it.
#pragma once

#include <algorithm>
#include <caf/actor_system_config.hpp>

#include "runtime/engine/model_clock.hpp"

namespace chargemill::runtime {

class Frontier;

struct EngineOptions {
  unsigned workers = 0;  ///< threads, or logical workers of hand-moved time; 0: one per core
  Pacing pacing = Pacing::paced;
  double speed = 1.0;
  /// Virtual time: how long every message travels, in model time, and so the length of a window.
  Nanos latency = Millis{100};
  /// How far, in model time, one worker may run ahead of another that still works. Messages between
  /// two actors of different homes see clocks that differ by no more, and no time-out fires because
  /// a worker was held up by its host.
  Nanos lead_max = Millis{100};
  /// Once idle a worker leaves its timers alone for so long (wall): bounds the cost of waking for
  /// single ones. Mail it handles at once.
  Nanos nap_min = std::chrono::microseconds{500};
  /// And at most this long, whatever happens: bounds how late a change of the horizon is noticed.
  Nanos sleep_max = Millis{100};
  /// The lateness of timers that are due before is left out (a warm-up).
  SimTime measure_from{};
  /// A window of what was slowest (SlowestRecorder), in model time: five minutes of the wall's, an
  /// hour where the wall means nothing.
  [[nodiscard]] Nanos slowest_window() const noexcept {
    constexpr double kSpeedMax = 1e6;
    if (pacing != Pacing::paced) return std::chrono::hours{1};
    return std::chrono::duration_cast<Nanos>(std::chrono::minutes{5} *
                                             std::clamp(speed, 1.0, kSpeedMax));
  }
  /// Of a cluster: how many nodes there are, which of them this is, and the way to the others,
  /// which outlives the engine. In virtual time node 0 gives the orders.
  unsigned nodes = 1;
  unsigned node = 0;
  Frontier* frontier = nullptr;
  /// Virtual time, not on node 0: what is posted from outside is heard when orders change and at no
  /// other meeting, so that what this node sends before each meeting depends on nothing but what it
  /// has heard at those before. A node that repeats its life needs it (cluster/README.md).
  bool hears_with_orders = false;
  /// Whether a worker may wait busily for others: not when there are more of them than cores.
  bool may_spin = true;
};

/// Makes the coordinator the scheduler of an actor system:
///     EngineConfig config{options};  caf::actor_system system{config};
///     auto& engine = Coordinator::of(system);
class EngineConfig : public caf::actor_system_config {
 public:
  explicit EngineConfig(const EngineOptions& options);
  [[nodiscard]] const EngineOptions& options() const noexcept { return options_; }

 private:
  EngineOptions options_;
};

}  // namespace chargemill::runtime
