// A node's part in a move of shards between nodes that live.
#pragma once

#include <functional>
#include <optional>

#include "actors/network/network.hpp"
#include "app/nodes/moves.hpp"
#include "app/nodes/take_over.hpp"
#include "runtime/cluster/peers.hpp"

namespace chargemill::app {

/// From hold() on what is for those shards waits, until a Route says where they live; whoever leads
/// then. Each step may be the last: then they are where they were. Threads: whoever runs the node.
class HandOver {
 public:
  /// Whether nobody waits any more for what a node has sent.
  using IsOver = std::function<bool()>;

  /// Of all that shards are; what travels beside it fits into the rest of a message.
  static constexpr std::size_t kStateBytesMax =
      runtime::Links::kMessageBytesMax - (std::size_t{1} << 20U);

  /// All outlive this. Shards that are more than `state_max` bytes stay where they are.
  HandOver(runtime::Coordinator& engine, network::Network& network, runtime::Peers& exchange,
           std::size_t state_max = kStateBytesMax)
      : engine_(engine), network_(network), exchange_(exchange), state_max_(state_max) {}

  /// What this node's actors say to those shards waits from now on. How much was sent to where they
  /// are before; none: another move is under way.
  [[nodiscard]] std::optional<std::uint64_t> hold(const Move& move);
  /// Of the node that has them, once all others hold: waits for what those have sent, and lets the
  /// shards go.
  [[nodiscard]] Given give(const Marks& marks, const IsOver& is_over);
  /// Waits for all that their node has sent here before they left; false: it does not come.
  [[nodiscard]] bool hear(const Marks& marks, const IsOver& is_over) const;
  /// Of the node that gets them.
  [[nodiscard]] bool take(Luggage luggage, const IsOver& is_over);

  /// What came of it. First turn: whoever has them now lets them go on.
  void arrive(const network::Scenario& scenario, const TakeOver& order);
  /// Second turn: all send what has waited to where they are. In hold_still(), arrivals not held.
  void route(const TakeOver& order);

 private:
  [[nodiscard]] bool is_mine(const Move& move) const {
    return move_ && move_->token == move.token && move_->epoch == move.epoch &&
           move_->shards == move.shards && move_->half == move.half;
  }
  [[nodiscard]] bool has_come(const std::vector<std::uint64_t>& sent, const IsOver& is_over) const;
  /// They do not live where they were any more, whatever has become of them.
  [[nodiscard]] bool are_away(const TakeOver& order) const;
  /// They live where they were to go, with all that they are.
  [[nodiscard]] bool are_carried(const TakeOver& order) const;
  /// Somebody outside has said that to an actor that lives elsewhere now: who leads knows where, or
  /// this node, which leads.
  void send_back(const network::Order& said, const TakeOver& where) const;

  runtime::Coordinator& engine_;
  network::Network& network_;
  runtime::Peers& exchange_;
  const std::size_t state_max_;
  std::optional<Move> too_large_;  // no message carried these; asked for again, they stay
  std::optional<Move> move_;       // under way; none: nothing is
  std::string state_;              // of what comes here; empty: it has not come, or has arrived
  bool has_departed_ = false;      // from here
};

}  // namespace chargemill::app
