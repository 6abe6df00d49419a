#include "app/nodes/take_over.hpp"

#include <algorithm>

#include "app/nodes/byte_streams.hpp"

namespace chargemill::app {

namespace {

/// Nodes that a shard has been on, as far as they are known.
constexpr std::size_t kLivesMax = 16;

// What travels, in its order, for both ways.
template <class Stream, class Order>
void walk_order(Stream& stream, Order& order) {
  stream.value(order.token);
  stream.value(order.epoch);
  stream.value(order.lost);
  stream.value(order.central);
  stream.value(order.since_ns);
  for (auto& lives : order.lives) stream.list(lives);
  stream.list(order.turns);
  stream.list(order.losses);
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
  stream.value(says.own);
  stream.value(says.left);
  stream.list(says.others);
}

}  // namespace

std::string to_bytes(const TakeOver& order) {
  ByteOutput out;
  walk_order(out, order);
  return out.take();
}

std::optional<TakeOver> take_over_from(std::string_view bytes, unsigned nodes, std::size_t shards) {
  TakeOver order;
  order.lives.resize(shards);
  ByteInput in{bytes};
  walk_order(in, order);
  if (!in.is_exhausted() || order.central >= nodes || order.token < 0) return std::nullopt;
  const auto is_life = [&](const std::vector<std::uint8_t>& lives) {
    return !lives.empty() && lives.size() <= kLivesMax &&
           std::all_of(lives.begin(), lives.end(), [&](std::uint8_t n) { return n < nodes; });
  };
  if (!std::all_of(order.lives.begin(), order.lives.end(), is_life)) return std::nullopt;
  if (order.turns.size() != shards || order.losses.size() != shards) return std::nullopt;
  return order;
}

Whereabouts Whereabouts::at_first(const std::vector<unsigned>& node_of) {
  Whereabouts all;
  for (const unsigned node : node_of) all.lives.push_back({static_cast<std::uint8_t>(node)});
  all.turns.resize(node_of.size());
  all.losses.resize(node_of.size());
  return all;
}

void Whereabouts::go_to(std::size_t shard, unsigned node) {
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
  for (std::uint32_t node = 0; node < former.others.size(); ++node) {
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
  route.central = order.central;
  route.token = order.token;
  return route;
}

}  // namespace chargemill::app
