// What the node that leads tells the others when one of them is lost, and what they answer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/network/outcome.hpp"
#include "actors/network/succession.hpp"

namespace chargemill::app {

using network::Half;

/// Where every shard is, and has been. By ShardId.
struct Whereabouts {
  /// Where a fleet is; what it has been through is counted as of shards.
  struct FleetAt {
    std::uint8_t node = 0;
    std::uint32_t losses = 0;
    std::uint32_t turns = 0;
  };
  /// The nodes that have had it, one after the other; the last has it now. Of those before the
  /// latest are known: what an older journal says, a later one has said again.
  std::vector<std::vector<std::uint8_t>> lives;
  std::vector<std::uint32_t> turns;   ///< how often it has gone from one to another
  std::vector<std::uint32_t> losses;  ///< how often of these because the one was lost

  std::vector<FleetAt> fleets;  ///< their fleets, which may be elsewhere

  /// All are where `node_of` says, and were nowhere before. `fleet_of`: likewise; empty: each fleet
  /// is beside its shard.
  static Whereabouts at_first(const std::vector<unsigned>& node_of,
                              const std::vector<unsigned>& fleet_of = {});
  [[nodiscard]] unsigned node_of(std::size_t shard) const { return lives[shard].back(); }
  [[nodiscard]] unsigned fleet_of(std::size_t shard) const { return fleets[shard].node; }
  /// Of `both` whether it is so of both, and how often they have gone together at least.
  [[nodiscard]] bool is_at(unsigned node, std::size_t shard, Half half) const;
  [[nodiscard]] std::uint32_t turns_of(std::size_t shard, Half half) const {
    return half == Half::fleet ? fleets[shard].turns : turns[shard];
  }
  void go_to(std::size_t shard, unsigned node, Half half = Half::both);
  /// It does, and what was there before was lost.
  void go_on_at(std::size_t shard, unsigned node, Half half);
  /// Somebody has a shard or a fleet there.
  [[nodiscard]] bool has_any(unsigned node) const;
  /// Each fleet is beside its shard, and always was.
  [[nodiscard]] bool are_fleets_beside() const;
};

/// Where every shard has been; where it was last is where it is from now on.
struct TakeOver : Whereabouts {
  std::int64_t token = 0;     ///< of the central that orders it
  std::int64_t epoch = 0;     ///< of the shard table that it follows
  std::uint32_t lost = 0;     ///< nodes that are given up, by bit
  std::uint32_t central = 0;  ///< the node that leads
  /// Model time at which those that are lost now were last seen; kUnseen: it is not known.
  std::int64_t since_ns = kUnseen;
  static constexpr std::int64_t kUnseen = INT64_MAX;

  [[nodiscard]] bool has_lost(unsigned node) const noexcept { return (lost >> node & 1U) != 0; }
};

/// What a node says that has got shards of others.
struct Adopted {
  std::uint64_t shards = 0;
  network::Restored restored;
  /// Sessions of which only the journal knows that they have ended: after the last look there.
  std::uint64_t completed = 0, failed = 0;
  double read_s = 0.0;   ///< what it took to read what a journal says
  double still_s = 0.0;  ///< how long the node's actors stood still
  std::string
      trouble;  ///< why nothing is known of what was open there; empty: it is, or nobody asked
};

/// What the node that leads says at each look: all that would go with it.
struct LeaderSays {
  std::uint32_t node = 0;   ///< itself
  std::uint32_t noted = 0;  ///< lost nodes that are part of `left`, by bit
  SimTime sim{};
  network::Totals own;                  ///< of its shards
  network::Totals left;                 ///< of nodes that were lost before
  std::vector<network::Totals> others;  ///< by node, as of the look before
};

/// What is left of nodes `lost` (by bit), as the leader before knew them, who is among them.
[[nodiscard]] network::Totals left_of(const LeaderSays& former, std::uint32_t lost);

[[nodiscard]] std::string to_bytes(const LeaderSays& says);
[[nodiscard]] std::optional<LeaderSays> leader_says_from(std::string_view bytes);
[[nodiscard]] std::string to_bytes(const TakeOver& order);
/// Empty: these are not its bytes. `nodes`, `shards`: of the network. Any bytes.
[[nodiscard]] std::optional<TakeOver> take_over_from(std::string_view bytes, unsigned nodes,
                                                     std::size_t shards);
/// `all` is what all nodes have said of one loss.
void add(Adopted& all, const Adopted& one);
/// What `all` has brought back of what was lost, and what it knows to have ended.
void bring_back(network::Totals& left, const Adopted& all);
[[nodiscard]] std::string to_bytes(const Adopted& answer);
[[nodiscard]] std::optional<Adopted> adopted_from(std::string_view bytes);

/// Shards that come to `self` by `order`, those with the same past together. `has`, `has_fleet`:
/// which it has already.
struct Legacy {
  std::vector<std::uint8_t>
      former;           ///< who has had them, the first one first; of fleets nobody asks
  unsigned losses = 0;  ///< how often one of those was lost
  std::vector<std::uint32_t> shards;
  Half half = Half::both;  ///< of all of them
};
template <class Has, class HasFleet>
[[nodiscard]] std::vector<Legacy> legacies_of(const TakeOver& order, unsigned self, Has has,
                                              HasFleet has_fleet) {
  std::vector<Legacy> legacies;
  const auto add = [&](std::uint32_t s, unsigned losses, Half half) {
    std::vector<std::uint8_t> former;
    if (half != Half::fleet) former.assign(order.lives[s].begin(), order.lives[s].end() - 1);
    Legacy* same = nullptr;
    for (Legacy& legacy : legacies) {
      if (legacy.former == former && legacy.losses == losses && legacy.half == half) same = &legacy;
    }
    if (same == nullptr) same = &legacies.emplace_back(Legacy{std::move(former), losses, {}, half});
    same->shards.push_back(s);
  };
  for (std::uint32_t s = 0; s < order.lives.size(); ++s) {
    const bool comes = order.node_of(s) == self && !has(s);
    const bool fleet_comes = order.fleet_of(s) == self && !has_fleet(s);
    const bool are_one = comes && fleet_comes && order.losses[s] == order.fleets[s].losses;
    if (are_one) add(s, order.losses[s], Half::both);
    if (comes && !are_one) add(s, order.losses[s], Half::shard);
    if (fleet_comes && !are_one) add(s, order.fleets[s].losses, Half::fleet);
  }
  return legacies;
}
/// Where each fleet is beside its shard.
template <class Has>
[[nodiscard]] std::vector<Legacy> legacies_of(const TakeOver& order, unsigned self, Has has) {
  return legacies_of(order, self, has, has);
}

[[nodiscard]] network::Route route_of(const TakeOver& order);

}  // namespace chargemill::app
