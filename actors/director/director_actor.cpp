#include "actors/director/director_actor.hpp"

#include "actors/central/central.hpp"
#include "actors/central/shard.hpp"
#include "actors/charge_point/charge_point.hpp"
#include "actors/driver/driver.hpp"
#include "actors/monitor/monitor.hpp"
#include "actors/supervisor/supervisor.hpp"
#include "runtime/base/overloaded.hpp"

namespace chargemill::director {
namespace {

Metric injected_of(std::size_t kind) noexcept {
  return static_cast<Metric>(static_cast<std::size_t>(Metric::first_injected) + kind);
}

}  // namespace

void DirectorActor::run(const Event& event) {
  const Totals before = state_.totals;
  const auto effects = step(state_, event, now());
  for (const auto& effect : effects) perform(effect);
  for (std::size_t k = 0; k < kFaultKinds; ++k)
    instruments().add(injected_of(k), state_.totals.by_kind[k] - before.by_kind[k]);
  rest_until(due(state_));
}

// Those inside know it by the sweep; an empty place of a monitor says that its point is outside.
template <class Event>
void DirectorActor::to_latecomers(const Event& e) {
  // acquire: their places are filled; pairs with release in Network::join.
  const auto drivers = network_.late_drivers.load(std::memory_order_acquire);
  for (std::uint32_t i = 0; i < drivers; ++i)
    tell<driver::Event>(network_.drivers[network_.first_late_driver + i], e);
  const auto points = network_.late_points.load(std::memory_order_acquire);  // acquire: likewise
  for (std::uint32_t i = 0; i < points; ++i) {
    const auto at = network_.first_late_point + i;
    if (network_.monitors[at] == nullptr) tell<charge_point::Event>(network_.points[at], e);
  }
}

void DirectorActor::perform(const Effect& effect) {
  const auto shard = state_.settings.shard;
  // A driver of this shard's fleet sees the same outage as the shard's charge points (D-131).
  const auto to_drivers = [&](const auto& e) {
    for (const auto id : network_.drivers_of[shard])
      tell<driver::Event>(network_.drivers[index_of(id)], e);
    for (const auto id : network_.outside_of[shard])
      tell<charge_point::Event>(network_.points[index_of(id)], e);
    if (shard + 1 == network_.shards.size()) to_latecomers(e);
  };
  std::visit(
      Overloaded{
          [&](const ToPoint& e) {
            const auto to = network_.points[index_of(e.point)];
            std::visit([&](const auto& m) { tell<charge_point::Event>(to, m); }, e.message);
          },
          [&](const ToMonitor& e) {
            const auto to = network_.monitors[index_of(e.point)];
            std::visit([&](const auto& m) { tell<monitor::Event>(to, m); }, e.message);
          },
          [&](const ToShard& e) {
            std::visit([&](const auto& m) { tell<central::ShardEvent>(network_.shards[shard], m); },
                       e.message);
            std::visit(
                Overloaded{[&](const CentralDown&) { to_drivers(LinkDown{}); },
                           [&](const CentralUp&) { to_drivers(LinkUp{}); }, [](const auto&) {}},
                e.message);
          },
          [&](const ToCentral& e) { tell<central::CentralEvent>(network_.central, e.message); },
          [&](const ToDriver& e) {
            const auto to = network_.drivers[index_of(e.driver)];
            std::visit([&](const auto& m) { tell<driver::Event>(to, m); }, e.message);
          },
          [&](const ToDrivers& e) {
            for (const auto id : network_.drivers_of[shard])
              tell<driver::Event>(network_.drivers[index_of(id)], e.message);
          },
          [&](const KeepCrashed& e) {
            tell<supervisor::Event>(
                network_.supervisors[shard],
                supervisor::KeepDown{e.until, index_of(e.point), ActorKind::charge_point});
          },
      },
      effect);
}

}  // namespace chargemill::director
