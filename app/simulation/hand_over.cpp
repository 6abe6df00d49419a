#include "app/simulation/hand_over.hpp"

#include <array>
#include <chrono>
#include <cstring>
#include <utility>

#include "app/nodes/order_words.hpp"
#include "app/nodes/words.hpp"

namespace chargemill::app {
namespace {

constexpr std::chrono::seconds kMarksMax{5};  // links carry in milliseconds what they have
constexpr std::chrono::seconds kFlushMax{2};
constexpr std::chrono::microseconds kLookEvery{200};

static_assert(HandOver::kStateBytesMax < kRestMax);
constexpr const char* kTooLarge =
    "they are more than a message carries; more shards (central.shards) would be smaller";

template <class IsSo>
bool comes_true(runtime::Peers& peers, IsSo is_so, const HandOver::IsOver& is_over) {
  const auto deadline = peers.now() + kMarksMax;
  while (!is_so()) {
    if (is_over() || peers.now() > deadline) return false;
    peers.pause(kLookEvery);
  }
  return true;
}

/// What is in `before` and not in `after`. Nothing but counters of 64 bits.
network::Totals difference(const network::Totals& before, const network::Totals& after) {
  using Words = std::array<std::uint64_t, sizeof(network::Totals) / sizeof(std::uint64_t)>;
  Words a;
  Words b;
  std::memcpy(a.data(), &before, sizeof before);
  std::memcpy(b.data(), &after, sizeof after);
  for (std::size_t i = 0; i < a.size(); ++i) a[i] -= b[i];
  network::Totals result;
  std::memcpy(static_cast<void*>(&result), a.data(), sizeof result);
  return result;
}

}  // namespace

std::optional<std::uint64_t> HandOver::hold(const Move& move) {
  if (move_) return std::nullopt;
  move_ = move;
  if (exchange_.self() == move.from) return 0;
  engine_.hold_still([&] { exchange_.hold(network_.numbers_of(move.shards, move.half)); });
  return exchange_.sent_to(move.from);
}

/// Of nodes that are given up nothing comes any more.
bool HandOver::has_come(const std::vector<std::uint64_t>& sent, const IsOver& is_over) const {
  return comes_true(
      exchange_,
      [&] {
        for (unsigned node = 0; node < exchange_.nodes(); ++node) {
          if (node == exchange_.self() || exchange_.is_given_up(node)) continue;
          if (exchange_.received_from(node) < sent[node]) return false;
        }
        return true;
      },
      is_over);
}

Given HandOver::give(const Marks& marks, const IsOver& is_over) {
  Given given;
  given.sent.resize(exchange_.nodes());
  const Move& move = marks.move;
  if (!is_mine(move) || exchange_.self() != move.from || has_departed_) {
    given.trouble = "it is not asked for what it has";
    return given;
  }
  if (too_large_ && too_large_->shards == move.shards && too_large_->half == move.half) {
    given.trouble = kTooLarge;
    return given;
  }
  if (!has_come(marks.sent, is_over)) {
    given.trouble = "not all has come that was sent to it";
    return given;
  }
  const auto begun = exchange_.now();
  engine_.hold_still([&] {
    const auto before = network_.look().totals;
    if (!network_.settle(move.shards, kFlushMax, move.half)) {
      given.trouble = "its journal does not take what they have said";
      return;
    }
    exchange_.hold_arrivals([&] {
      const auto bytes = network_.depart(move.shards, move.to, move.half);
      if (!bytes) given.trouble = bytes.error().text;
      if (!bytes) return;
      if (bytes->size() > state_max_) {
        given.trouble = kTooLarge;
        too_large_ = move;
        return network_.return_departed();
      }
      has_departed_ = true;
      exchange_.hold(network_.numbers_of(move.shards, move.half));
      given.state.assign(reinterpret_cast<const char*>(bytes->data()), bytes->size());
    });
    given.at = network_.stands_at();
    given.left = network_.look().totals;
    given.moved = difference(before, given.left);
  });
  given.still_s = std::chrono::duration<double>(exchange_.now() - begun).count();
  for (unsigned node = 0; node < exchange_.nodes(); ++node)
    given.sent[node] = exchange_.sent_to(node);
  return given;
}

bool HandOver::hear(const Marks& marks, const IsOver& is_over) const {
  if (!is_mine(marks.move)) return false;
  std::vector<std::uint64_t> sent(exchange_.nodes());
  sent[marks.move.from] = marks.sent[exchange_.self()];
  return exchange_.self() == marks.move.from || has_come(sent, is_over);
}

// Its time may be a little behind that of the node they come from: no actor sees time go back.
bool HandOver::take(Luggage luggage, const IsOver& is_over) {
  if (!is_mine(luggage.move) || exchange_.self() != luggage.move.to || luggage.state.empty())
    return false;
  if (!comes_true(
          exchange_, [&] { return engine_.reached() >= luggage.at; }, is_over))
    return false;
  state_ = std::move(luggage.state);
  return true;
}

bool HandOver::are_away(const TakeOver& order) const {
  return move_ && order.turns_of(move_->shards.front(), move_->half) > move_->turns;
}

bool HandOver::are_carried(const TakeOver& order) const {
  if (!move_ || order.has_lost(move_->from)) return false;
  const std::uint32_t first = move_->shards.front();
  return order.turns_of(first, move_->half) == move_->turns + 1 &&
         order.is_at(move_->to, first, move_->half);
}

void HandOver::arrive(const network::Scenario& scenario, const TakeOver& order) {
  const auto while_all_stand = [this](const std::function<void()>& f) {
    engine_.hold_still([&] { exchange_.hold_arrivals(f); });
  };
  if (has_departed_ && !are_away(order)) {
    while_all_stand([&] { network_.return_departed(); });
    has_departed_ = false;
  }
  if (!are_carried(order) || state_.empty()) return;
  const auto* const data = reinterpret_cast<const std::byte*>(state_.data());
  const std::vector<std::byte> bytes(data, data + state_.size());
  state_.clear();
  bool has_arrived = false;
  while_all_stand(
      [&] { has_arrived = network_.arrive(scenario, move_->shards, bytes, move_->half); });
  if (!has_arrived) exchange_.abandon("shards that came to this node are none of its network");
}

void HandOver::route(const TakeOver& order) {
  network::Route route = route_of(order);
  if (are_carried(order)) {
    route.carried = move_->shards;
    route.carried_half = move_->half;
  }
  std::vector<network::Order> told;
  exchange_.hold_arrivals([&] {
    if (has_departed_)
      exchange_.note_strays(
          network_.forget_departed([&](const network::Order& said) { told.push_back(said); }));
    network_.route(route);
  });
  if (move_) exchange_.release();
  for (const auto& said : told) send_back(said, order);
  has_departed_ = false;
  state_.clear();
  move_.reset();
}

void HandOver::send_back(const network::Order& said, const TakeOver& where) const {
  const PointId point = std::visit([](const auto& one) { return one.point; }, said);
  const ShardId shard = network_.switchboard().shard_of[index_of(point)];
  const bool leads = where.central == exchange_.self();
  const unsigned to = leads ? where.node_of(index_of(shard)) : where.central;
  exchange_.tell(to, message_of(Word::order, 0, to_bytes(said)));
}

}  // namespace chargemill::app
