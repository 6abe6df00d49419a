// A network whose central is another process: stand-ins take the places of the shards.
#include "actors/network/exact_count.hpp"
#include "actors/network/here.hpp"
#include "actors/network/network.hpp"
#include "runtime/base/assert.hpp"

namespace chargemill::network {

/// The shards stay, for nobody to speak to: the topology is theirs.
void Network::stand_in_for_central() {
  for (std::uint32_t s = 0; s < topology_.shards.size(); ++s) {
    const auto& seat = topology_.shards[s];
    stand_ins_.push_back(engine_.spawn<elsewhere::CentralActor>(
        s, elsewhere::make_state(PointId{seat.first_point}, seat.points), switchboard_, *link_));
  }
  switchboard_.shards.assign(stand_ins_.begin(), stand_ins_.end());
  switchboard_.central = stand_ins_.front();
}

void Network::hear(ShardId shard, const elsewhere::Heard& what) {
  CHARGEMILL_ASSERT(index_of(shard) < stand_ins_.size());
  auto* const to = stand_ins_[index_of(shard)];
  std::visit([to](const auto& e) { runtime::LeanActor::post(to, elsewhere::Event{e}); }, what);
}

void Network::count_central(Totals& totals) const {
  if (stand_ins_.empty())
    each_here(shards_, [&totals](const auto* shard) { add(totals, shard->state()); });
  for (const auto* stand_in : stand_ins_) add(totals, stand_in->state());
}

}  // namespace chargemill::network
