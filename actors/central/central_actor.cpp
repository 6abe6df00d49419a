#include "actors/central/central_actor.hpp"

#include "actors/central/fenced.hpp"
#include "actors/central/inspection.hpp"
#include "actors/central/shard.hpp"
#include "actors/driver/driver.hpp"
#include "runtime/base/overloaded.hpp"

namespace chargemill::central {
namespace {

/// Whether that shard lives on this node.
bool is_here(const Switchboard& network, ShardId shard) {
  const std::size_t s = index_of(shard);
  return network.next_here[s == 0 ? network.shards.size() : s - 1] == s;
}

}  // namespace

void CentralActor::run(const CentralEvent& event) {
  effects_.clear();
  step(state_, event, now(), effects_);
  for (const auto& effect : effects_) perform(effect);
  rest_until(due(state_));
}

// An inspection follows the orders given before it on the way that they took. The shard that it
// begins with may have left this node since whoever sent it had looked: no word between nodes means
// an inspection, so it goes on with the next one here.
void CentralActor::on_other(const runtime::Message& m) {
  const auto* const inspect = m.get_if<Inspect>();
  if (inspect == nullptr) return EssentialActor::on_other(m);
  if (!inspect->only_this) inspect->what->begin(state_);
  if (inspect->shard == kNoShardHere) return inspect->what->finish(now());
  Inspect first = *inspect;
  if (!is_here(network_, first.shard)) {
    if (first.only_this) return first.what->abandon(now());
    const auto next = network_.next_here[index_of(first.shard)];
    if (next == Switchboard::kNoShard) return first.what->finish(now());
    first.shard = ShardId{static_cast<std::uint16_t>(next)};
  }
  send(network_.shards[index_of(first.shard)], first);
}

template <class M>
void CentralActor::tell_driver(const M& message) {
  if (index_of(message.driver) >= network_.drivers.size()) return;
  tell<driver::Event>(network_.drivers[index_of(message.driver)], message);
}

template <class M>
void CentralActor::tell_shard(runtime::Address to, const M& message) {
  if (network_.token == 0) return tell<ShardEvent>(to, message);
  send(to, Fenced{network_.token, ShardEvent{message}});
}

void CentralActor::perform(const CentralEffect& effect) {
  std::visit(
      Overloaded{
          [&](const ToShard& e) { tell_shard(network_.shards[index_of(e.shard)], e.message); },
          [&](const ToShards& e) {
            for (const auto shard : network_.shards)
              std::visit([&](const auto& m) { tell_shard(shard, m); }, e.message);
          },
          [&](const ToOwner& e) {
            const auto owner = network_.owner(e.message.point);
            if (owner != network_.central) tell_shard(owner, e.message);
          },
          [&](const PointSearch& e) { tell_shard(network_.owner(e.next), e); },
          [&](const DriverUpdate& e) { tell_driver(e); },
          [&](const PointList& e) { tell_driver(e); },
      },
      effect);
}

}  // namespace chargemill::central
