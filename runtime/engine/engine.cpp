#include "runtime/engine/engine.hpp"

#include <caf/actor_system.hpp>

namespace chargemill::runtime {

Engine::Engine(const EngineOptions& options)
    : config_(options),
      system_(std::make_unique<caf::actor_system>(config_)),
      coordinator_(Coordinator::of(*system_)) {}

Engine::~Engine() = default;

}  // namespace chargemill::runtime
