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

std::string to_bytes(const Adopted& answer) {
  ByteOutput out;
  out.value(answer.shards);
  out.value(answer.restored);
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
  in.value(answer.read_s);
  in.value(answer.still_s);
  in.list(answer.trouble);
  if (!in.is_exhausted()) return std::nullopt;
  return answer;
}

network::Route route_of(const TakeOver& order) {
  network::Route route;
  for (const auto& lives : order.lives) route.node_of.push_back(lives.back());
  route.central = order.central;
  route.token = order.token;
  return route;
}

}  // namespace chargemill::app
