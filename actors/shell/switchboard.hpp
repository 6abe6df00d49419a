// Who is where: the addresses of all actors of one network, by id.
#pragma once

#include <vector>

#include "actors/messages.hpp"
#include "actors/shell/console_feed.hpp"
#include "actors/shell/failures.hpp"
#include "actors/shell/instruments.hpp"
#include "runtime/engine/lean_actor.hpp"

namespace chargemill {

/// Filled while the network is built, before the first message; only read afterwards, by every
/// worker. The engine holds the actors until the end of the run, so no address goes stale.
struct Switchboard {
  std::vector<runtime::Address> points;    ///< by PointId
  std::vector<runtime::Address> monitors;  ///< by PointId
  std::vector<runtime::Address> drivers;   ///< by DriverId
  std::vector<runtime::Address> shards;    ///< by ShardId
  std::vector<runtime::Address> fleets;    ///< by ShardId
  std::vector<runtime::Address> directors;
  std::vector<runtime::Address> supervisors;
  runtime::Address central = nullptr;
  Failures* failures = nullptr;                   ///< outlives the actors
  std::vector<Instruments*> instruments;          ///< by worker; outlive the actors
  std::vector<ConsoleFeed*> consoles;             ///< by worker; empty: nobody looks
  std::vector<ShardId> shard_of;                  ///< by PointId
  std::vector<std::vector<DriverId>> drivers_of;  ///< of the shard's fleet, by ShardId
  std::vector<ShardId> fleet_of;                  ///< by DriverId

  /// The shard that owns `point`; central for a point that nobody has.
  [[nodiscard]] runtime::Address owner(PointId point) const {
    const auto index = index_of(point);
    return index < shard_of.size() ? shards[index_of(shard_of[index])] : central;
  }
};

}  // namespace chargemill
