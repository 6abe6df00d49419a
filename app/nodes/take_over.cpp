#include "app/nodes/take_over.hpp"

#include <algorithm>

#include "app/nodes/byte_streams.hpp"

namespace chargemill::app {

namespace {

/// Nodes that a shard has been on, as far as they are known.
constexpr std::size_t kLivesMax = 16;

/// Beside the number of the node that leads: where fleets are is said as well, because it is not
/// where their shards are.
constexpr std::uint32_t kFleetsFollow = 1U << 31U;

// What travels, in its order, for both ways.
template <class Stream, class Order, class Central>
void walk_order(Stream& stream, Order& order, Central& central) {
  stream.value(order.token);
  stream.value(order.epoch);
  stream.value(order.lost);
  stream.value(central);
  stream.value(order.since_ns);
  for (auto& lives : order.lives) stream.list(lives);
  stream.list(order.turns);
  stream.list(order.losses);
}
template <class Stream, class Fleets>
void walk_fleets(Stream& stream, Fleets& fleets) {
  for (auto& fleet : fleets) {
    stream.value(fleet.node);
    stream.value(fleet.losses);
    stream.value(fleet.turns);
  }
}
template <class Stream, class Answer>
void walk_adopted(Stream& stream, Answer& answer) {
  stream.value(answer.shards);
  stream.value(answer.restored);
  stream.value(answer.completed);
  stream.value(answer.failed);
  stream.value(answer.read_s);
  stream.value(answer.still_s);
  stream.list(answer.trouble);
}
template <class Stream, class Says>
void walk_says(Stream& stream, Says& says) {
  stream.value(says.node);
  stream.value(says.noted);
  stream.value(says.sim);
  stream.counters(says.own);
  stream.counters(says.left);
  stream.counters_of_each(says.others);
}

}  // namespace

std::string to_bytes(const TakeOver& order) {
  ByteOutput out;
  const bool are_apart = !order.are_fleets_beside();
  const std::uint32_t central = order.central | (are_apart ? kFleetsFollow : 0);
  walk_order(out, order, central);
  if (are_apart) walk_fleets(out, order.fleets);
  return out.take();
}

std::optional<TakeOver> take_over_from(std::string_view bytes, unsigned nodes, std::size_t shards) {
  TakeOver order;
  order.lives.resize(shards);
  ByteInput in{bytes};
  std::uint32_t central = 0;
  walk_order(in, order, central);
  order.central = central & ~kFleetsFollow;
  if (!in.is_sound() || order.central >= nodes || order.token < 0) return std::nullopt;
  const auto is_life = [&](const std::vector<std::uint8_t>& lives) {
    return !lives.empty() && lives.size() <= kLivesMax &&
           std::all_of(lives.begin(), lives.end(), [&](std::uint8_t n) { return n < nodes; });
  };
  if (!std::all_of(order.lives.begin(), order.lives.end(), is_life)) return std::nullopt;
  if (order.turns.size() != shards || order.losses.size() != shards) return std::nullopt;
  for (std::size_t s = 0; s < shards; ++s)
    order.fleets.push_back({order.lives[s].back(), order.losses[s], order.turns[s]});
  if ((central & kFleetsFollow) != 0) walk_fleets(in, order.fleets);
  const bool are_there = std::all_of(order.fleets.begin(), order.fleets.end(),
                                     [&](const auto& fleet) { return fleet.node < nodes; });
  if (!in.is_exhausted() || !are_there) return std::nullopt;
  return order;
}

Whereabouts Whereabouts::at_first(const std::vector<unsigned>& node_of,
                                  const std::vector<unsigned>& fleet_of) {
  Whereabouts all;
  for (const unsigned node : node_of) all.lives.push_back({static_cast<std::uint8_t>(node)});
  all.turns.resize(node_of.size());
  all.losses.resize(node_of.size());
  for (const unsigned node : fleet_of.empty() ? node_of : fleet_of)
    all.fleets.push_back({static_cast<std::uint8_t>(node), 0, 0});
  return all;
}

bool Whereabouts::is_at(unsigned node, std::size_t shard, Half half) const {
  return (half == Half::fleet || node_of(shard) == node) &&
         (half == Half::shard || fleet_of(shard) == node);
}

bool Whereabouts::has_any(unsigned node) const {
  for (std::size_t s = 0; s < lives.size(); ++s) {
    if (node_of(s) == node || fleet_of(s) == node) return true;
  }
  return false;
}

bool Whereabouts::are_fleets_beside() const {
  for (std::size_t s = 0; s < lives.size(); ++s) {
    const FleetAt& fleet = fleets[s];
    if (fleet.node != node_of(s) || fleet.losses != losses[s] || fleet.turns != turns[s])
      return false;
  }
  return true;
}

void Whereabouts::go_on_at(std::size_t shard, unsigned node, Half half) {
  go_to(shard, node, half);
  if (half != Half::fleet) ++losses[shard];
  if (half != Half::shard) ++fleets[shard].losses;
}

void Whereabouts::go_to(std::size_t shard, unsigned node, Half half) {
  if (half != Half::shard) {
    fleets[shard].node = static_cast<std::uint8_t>(node);
    ++fleets[shard].turns;
  }
  if (half == Half::fleet) return;
  auto& list = lives[shard];
  list.push_back(static_cast<std::uint8_t>(node));
  if (list.size() > kLivesMax) list.erase(list.begin());
  ++turns[shard];
}

void add(Adopted& all, const Adopted& one) {
  all.shards += one.shards;
  all.restored.points += one.restored.points;
  all.restored.sessions += one.restored.sessions;
  all.restored.tickets += one.restored.tickets;
  all.completed += one.completed;
  all.failed += one.failed;
  all.read_s = std::max(all.read_s, one.read_s);
  all.still_s = std::max(all.still_s, one.still_s);
  if (all.trouble.empty()) all.trouble = one.trouble;
}

void bring_back(network::Totals& left, const Adopted& all) {
  network::bring_back(left, all.restored.sessions);
  // Whoever has them now counts them as its own.
  left.tickets_issued -= std::min(all.restored.tickets, left.tickets_issued);
  const auto ended = [&left](std::uint64_t count, std::uint64_t& total) {
    const std::uint64_t known = std::min(count, left.sessions_lost);
    left.sessions_lost -= known;
    total += known;
  };
  ended(all.completed, left.sessions_completed);
  ended(all.failed, left.sessions_failed);
}

std::string to_bytes(const Adopted& answer) {
  ByteOutput out;
  walk_adopted(out, answer);
  return out.take();
}

std::optional<Adopted> adopted_from(std::string_view bytes) {
  Adopted answer;
  ByteInput in{bytes};
  walk_adopted(in, answer);
  if (!in.is_exhausted()) return std::nullopt;
  return answer;
}

network::Totals left_of(const LeaderSays& former, std::uint32_t lost) {
  network::Totals sum = former.left;
  network::add(sum, network::left_of(former.own));
  // Only what has a bit can be lost.
  const std::size_t nodes = std::min<std::size_t>(former.others.size(), 32);
  for (std::uint32_t node = 0; node < nodes; ++node) {
    const bool is_new = (lost >> node & 1U) != 0 && (former.noted >> node & 1U) == 0;
    if (is_new && node != former.node) network::add(sum, network::left_of(former.others[node]));
  }
  return sum;
}

std::string to_bytes(const LeaderSays& says) {
  ByteOutput out;
  walk_says(out, says);
  return out.take();
}

std::optional<LeaderSays> leader_says_from(std::string_view bytes) {
  LeaderSays says;
  ByteInput in{bytes};
  walk_says(in, says);
  if (!in.is_exhausted()) return std::nullopt;
  return says;
}

network::Route route_of(const TakeOver& order) {
  network::Route route;
  for (const auto& lives : order.lives) route.node_of.push_back(lives.back());
  for (const auto& fleet : order.fleets) route.fleet_of.push_back(fleet.node);
  route.central = order.central;
  route.token = order.token;
  return route;
}

}  // namespace chargemill::app
