#include "app/nodes/take_over.hpp"

#include <algorithm>

#include "app/nodes/byte_streams.hpp"

namespace chargemill::app {

std::string to_bytes(const TakeOver& order) {
  ByteOutput out;
  out.value(order.token);
  out.value(order.epoch);
  out.value(order.lost);
  out.value(order.central);
  out.value(order.since_ns);
  for (const auto& lives : order.lives) out.list(lives);
  return out.take();
}

std::optional<TakeOver> take_over_from(std::string_view bytes, unsigned nodes, std::size_t shards) {
  TakeOver order;
  ByteInput in{bytes};
  in.value(order.token);
  in.value(order.epoch);
  in.value(order.lost);
  in.value(order.central);
  in.value(order.since_ns);
  order.lives.resize(shards);
  for (auto& lives : order.lives) in.list(lives);
  if (!in.is_exhausted() || order.central >= nodes || order.token < 0) return std::nullopt;
  const auto is_life = [&](const std::vector<std::uint8_t>& lives) {
    return !lives.empty() && lives.size() <= nodes &&
           std::all_of(lives.begin(), lives.end(), [&](std::uint8_t n) { return n < nodes; });
  };
  if (!std::all_of(order.lives.begin(), order.lives.end(), is_life)) return std::nullopt;
  return order;
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
  out.value(answer.shards);
  out.value(answer.restored);
  out.value(answer.completed);
  out.value(answer.failed);
  out.value(answer.read_s);
  out.value(answer.still_s);
  out.list(answer.trouble);
  return out.take();
}

std::optional<Adopted> adopted_from(std::string_view bytes) {
  Adopted answer;
  ByteInput in{bytes};
  in.value(answer.shards);
  in.value(answer.restored);
  in.value(answer.completed);
  in.value(answer.failed);
  in.value(answer.read_s);
  in.value(answer.still_s);
  in.list(answer.trouble);
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
  out.value(says.node);
  out.value(says.noted);
  out.value(says.sim);
  out.value(says.own);
  out.value(says.left);
  out.list(says.others);
  return out.take();
}

std::optional<LeaderSays> leader_says_from(std::string_view bytes) {
  LeaderSays says;
  ByteInput in{bytes};
  in.value(says.node);
  in.value(says.noted);
  in.value(says.sim);
  in.value(says.own);
  in.value(says.left);
  in.list(says.others);
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
