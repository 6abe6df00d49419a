// An engine of one's own: for those who run one and have no other business with CAF.
#pragma once

#include <memory>

#include "runtime/engine/coordinator.hpp"

namespace chargemill::runtime {

/// Starts with its construction, ends all actors in its destructor.
class Engine {
 public:
  explicit Engine(const EngineOptions& options);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  [[nodiscard]] Coordinator& coordinator() noexcept { return coordinator_; }

 private:
  EngineConfig config_;
  std::unique_ptr<caf::actor_system> system_;
  Coordinator& coordinator_;
};

}  // namespace chargemill::runtime
