#include "actors/supervisor/supervisor_actor.hpp"

#include <string>

#include "actors/charge_point/charge_point.hpp"
#include "actors/director/director.hpp"
#include "actors/driver/driver.hpp"
#include "actors/monitor/monitor.hpp"
#include "runtime/base/overloaded.hpp"

namespace chargemill::supervisor {
namespace {

/// Of a kind without which a run means nothing; null for the others.
constexpr const char* essential_name(ActorKind kind) {
  switch (kind) {
    case ActorKind::shard:
      return "shard ";
    case ActorKind::central:
      return "central ";
    case ActorKind::fleet:
      return "fleet ";
    case ActorKind::director:
      return "director ";
    case ActorKind::charge_point:
    case ActorKind::monitor:
    case ActorKind::driver:
      break;
  }
  return nullptr;
}

}  // namespace

void SupervisorActor::run(const Event& event) {
  const Totals before = state_.totals;
  const auto effects = step(state_, event, now());
  for (const auto& effect : effects) {
    std::visit(Overloaded{[&](const RestartChild& e) { restart(e); },
                          [&](const GiveUp& e) { give_up(e); }},
               effect);
  }
  instruments().add(Metric::restarts, state_.totals.restarts - before.restarts);
  instruments().add(Metric::given_up, state_.totals.given_up - before.given_up);
  wake_at(due(state_));
}

void SupervisorActor::restart(const RestartChild& child) {
  switch (child.kind) {
    case ActorKind::charge_point:
      return tell<charge_point::Event>(network_.points[child.index], Restart{});
    case ActorKind::monitor:
      return tell<monitor::Event>(network_.monitors[child.index], Restart{});
    case ActorKind::driver:
      return tell<driver::Event>(network_.drivers[child.index], Restart{});
    case ActorKind::shard:  // whoever cuts and heals its connections brings it back
      return tell<director::Event>(network_.directors[child.index], CentralUp{});
    case ActorKind::central:
      return send(network_.central, Restart{});
    case ActorKind::fleet:
      return send(network_.fleets[child.index], Restart{});
    case ActorKind::director:
      return send(network_.directors[child.index], Restart{});
  }
}

void SupervisorActor::give_up(const GiveUp& child) {
  show(ActorLost{child.kind, child.index});
  const char* const essential = essential_name(child.kind);
  if (essential != nullptr)
    network_.failures->report(essential + std::to_string(child.index),
                              "failed too often: given up");
}

}  // namespace chargemill::supervisor
