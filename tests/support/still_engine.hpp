// An engine that stands still: one thread, and time moves only when told to.
#pragma once

#include <caf/actor_system.hpp>
#include <vector>

#include "runtime/engine/coordinator.hpp"

namespace chargemill::test {

struct StillEngine {
  explicit StillEngine(unsigned workers = 1)
      : config(options(workers)), system(config), engine(runtime::Coordinator::of(system)) {}

  /// Handles every message, and those they cause.
  void settle() { engine.settle(); }
  /// Moves time, firing what falls due on the way.
  void pass(Nanos time) { engine.pass(time); }

  runtime::EngineConfig config;
  caf::actor_system system;
  runtime::Coordinator& engine;

 private:
  static runtime::EngineOptions options(unsigned workers) {
    runtime::EngineOptions o;
    o.workers = workers;
    o.pacing = runtime::Pacing::by_hand;
    return o;
  }
};

}  // namespace chargemill::test
