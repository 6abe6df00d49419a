// What a seeded run is about, and what has to hold once it is over.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "actors/network/digest.hpp"
#include "actors/network/outcome.hpp"
#include "actors/network/scenario.hpp"
#include "app/nodes/take_over.hpp"
#include "app/nodes/words.hpp"
#include "tests/simulation/seeded_peers.hpp"

namespace chargemill::test {

inline constexpr std::uint32_t kSeededShards = 8;
inline constexpr std::uint32_t kSeededPoints = 24;

/// Few charge points and busy drivers, who ask at any of them: most of what is said crosses nodes.
inline network::Scenario seeded_scenario(unsigned nodes, std::uint64_t seed) {
  network::Scenario s;
  s.run.duration = std::chrono::hours{900};
  s.run.seed = seed;
  s.run.nodes = nodes;
  s.run.workers = 1;
  s.run.start_unix_s += 17 * 3'600;  // people come home
  s.network.charge_points = kSeededPoints;
  s.network.max_session = std::chrono::seconds{4};
  s.central.shards = kSeededShards;
  // A node sleeps for seconds, and its charge points with it.
  s.central.monitor_timeout = s.central.start_timeout = std::chrono::seconds{60};
  s.central.session_silence_timeout = std::chrono::seconds{60};
  s.drivers.count = 2 * kSeededPoints;
  s.drivers.sessions_per_cp_per_day = 9'000;
  s.drivers.initial_supplying = 0.5;
  s.drivers.choose = network::Choice::any_in_zone;
  return s;
}

/// What is there when all stand still.
struct SeededCount {
  network::Snapshot all;                        // with what was left of lost nodes
  std::vector<network::EntityDigest> entities;  // of all nodes
  bool holds = false;                           // a node still holds what is for shards that move
  bool is_any_lost = false;                     // a node went without giving its shards away
};

/// The first broken law; empty: none is.
inline std::string broken_law(const SeededCount& count) {
  std::map<std::pair<network::EntityKind, std::uint32_t>, unsigned> times;
  std::map<network::EntityKind, std::uint32_t> of_kind;
  for (const auto& entity : count.entities) {
    ++of_kind[entity.kind];
    if (++times[{entity.kind, entity.index}] > 1)
      return network::entity_name(entity.kind, entity.index) + " is on two nodes";
  }
  if (of_kind[network::EntityKind::point] != kSeededPoints)
    return std::to_string(of_kind[network::EntityKind::point]) + " charge points are left";
  if (of_kind[network::EntityKind::shard] != kSeededShards)
    return std::to_string(of_kind[network::EntityKind::shard]) + " shards are left";
  if (of_kind[network::EntityKind::fleet] != kSeededShards)
    return std::to_string(of_kind[network::EntityKind::fleet]) + " fleets are left";
  if (of_kind[network::EntityKind::central] != 1) return "there is not one central";
  if (count.holds) return "a move is not over";
  for (const auto& text : network::broken_identities(count.all.totals)) return text;
  const auto& totals = count.all.totals;
  if (!count.is_any_lost && totals.sessions_lost + totals.requests_lost + totals.letters_lost > 0)
    return "something is lost, and nobody was";
  return {};
}

/// A fault to be found: `node` is not told that it has got shards of others.
inline void keep_arrivals_from(Post& post, unsigned node, unsigned nodes) {
  const auto said = app::said_in(post.content);
  if (!said || (said->word != app::Word::adopt && said->word != app::Word::route)) return;
  auto order = app::take_over_from(said->rest, nodes, kSeededShards);
  if (!order) return;
  for (std::size_t s = 0; s < order->lives.size(); ++s) {
    auto& lives = order->lives[s];
    if (lives.size() != 2 || lives.back() != node || order->turns[s] != 1) continue;
    lives.pop_back();
    order->turns[s] = 0;
    order->fleets[s].node = lives.back();
    order->fleets[s].turns = 0;
  }
  post.content = app::message_of(said->word, said->number, app::to_bytes(*order));
}

/// A simulation in which nothing happens proves nothing.
struct SeededTally {
  unsigned leaders = 0, crashes = 0, stalls = 0, cuts = 0, leavers = 0, handed_on = 0, moves = 0,
           refused_moves = 0;
  // Silences and sleeps that lasted until somebody was gone for them.
  unsigned pairs_parted = 0, parts_stopped = 0, sleepers_gone = 0;
  std::uint64_t sessions = 0, sessions_lost = 0;
  std::uint64_t resent = 0, broken_lines = 0;  // frames, and connections of links

  void add(const SeededCount& count) {
    sessions += count.all.totals.sessions_completed;
    sessions_lost += count.all.totals.sessions_lost;
  }
};

inline void add(SeededTally& to, const SeededTally& from) {
  to.leaders += from.leaders, to.crashes += from.crashes, to.stalls += from.stalls;
  to.cuts += from.cuts, to.leavers += from.leavers;
  to.handed_on += from.handed_on, to.moves += from.moves, to.refused_moves += from.refused_moves;
  to.pairs_parted += from.pairs_parted, to.parts_stopped += from.parts_stopped;
  to.sleepers_gone += from.sleepers_gone;
  to.sessions += from.sessions, to.sessions_lost += from.sessions_lost;
  to.resent += from.resent, to.broken_lines += from.broken_lines;
}

}  // namespace chargemill::test
