// Who is where: the addresses of all actors of one network, by id.
#pragma once

#include <atomic>
#include <vector>

#include "actors/driver/by_hand.hpp"
#include "actors/messages.hpp"
#include "actors/outside/line.hpp"
#include "actors/shell/console_feed.hpp"
#include "actors/shell/failures.hpp"
#include "actors/shell/instruments.hpp"
#include "runtime/engine/lean_actor.hpp"

namespace chargemill {

/// Filled while the network is built, before the first message; only read afterwards, by every
/// worker, and changed while all of them stand (Network::route). The engine holds the actors until
/// the end of the run, so no address goes stale. Places of those who join later are there from the
/// start, empty: whoever is told of a newcomer was sent that after its place was filled.
struct Switchboard {
  std::vector<runtime::Address> points;    ///< by PointId
  std::vector<runtime::Address> monitors;  ///< by PointId; null: it is outside
  std::vector<runtime::Address> drivers;   ///< by DriverId
  std::vector<runtime::Address> shards;    ///< by ShardId
  std::vector<runtime::Address> fleets;    ///< by ShardId
  std::vector<runtime::Address> directors;
  std::vector<runtime::Address> supervisors;
  runtime::Address central = nullptr;
  /// By ShardId: the next shard of this node; kNoShard: it is the last. Behind all: the first one.
  std::vector<std::uint32_t> next_here;
  static constexpr std::uint32_t kNoShard = 0xFFFFFFFF;
  /// What orders of central are fenced with; 0: with nothing. Before the first message, and
  /// likewise.
  std::int64_t token = 0;
  Failures* failures = nullptr;                   ///< outlives the actors
  std::vector<Instruments*> instruments;          ///< by worker; outlive the actors
  std::vector<ConsoleFeed*> consoles;             ///< by worker; empty: nobody looks
  std::vector<ShardId> shard_of;                  ///< by PointId
  std::vector<std::vector<DriverId>> drivers_of;  ///< of the shard's fleet, by ShardId
  std::vector<ShardId> fleet_of;                  ///< by DriverId
  std::vector<std::vector<PointId>> outside_of;   ///< points of the shard that are outside
  std::uint32_t first_late_point = 0, first_late_driver = 0;
  std::atomic<std::uint32_t> late_points{0}, late_drivers{0};  ///< of the last shard; release
  driver::HandListener* hands = nullptr;  ///< set before anybody can ask by hand; outlives all
  outside::Line* line = nullptr;  ///< to those outside; set before the first message; outlives all

  /// The shard that owns `point`; central for a point that nobody has.
  [[nodiscard]] runtime::Address owner(PointId point) const {
    const auto index = index_of(point);
    return index < shard_of.size() ? shards[index_of(shard_of[index])] : central;
  }
};

}  // namespace chargemill
