// What etcd's table says of shards that move while their node lives.
#include <algorithm>

#include "app/nodes/succession.hpp"
#include "runtime/base/assert.hpp"

namespace chargemill::app {

namespace agreement = runtime::agreement;
using agreement::ShardTable;

bool has_come_about(const Move& move, const std::vector<agreement::Owner>& owners,
                    const agreement::View& view) {
  const auto& table = view.table;
  return std::all_of(move.shards.begin(), move.shards.end(), [&](std::uint32_t shard) {
    const std::size_t s = shard % agreement::kShards;
    const auto owner = table.owner[s];
    return owner != ShardTable::kNobody && !table.is_moving(s) &&
           table.owners[owner] == owners[move.to];
  });
}

std::optional<Move> move_of(const std::vector<agreement::Owner>& owners,
                            const agreement::View& view, const Whereabouts& where) {
  const auto& table = view.table;
  Move move;
  move.token = agreement::number_of(view.token);
  move.epoch = agreement::number_of(view.epoch);
  std::optional<std::pair<ShardTable::Number, ShardTable::Number>> pair;
  // The last of them are those that nobody has.
  for (std::uint32_t shard = 0; shard < std::max(where.lives.size(), agreement::kShards); ++shard) {
    const std::size_t s = shard % agreement::kShards;
    if (!table.is_moving(s)) continue;
    if (!pair) pair = {table.owner[s], table.next[s]};
    if (*pair != std::pair{table.owner[s], table.next[s]}) continue;
    if (shard < where.lives.size()) move.shards.push_back(shard);
  }
  if (!pair) return std::nullopt;
  move.from = number_in(owners, table.owners[pair->first]);
  move.to = number_in(owners, table.owners[pair->second]);
  if (move.from == kNoNode || move.to == kNoNode) return std::nullopt;
  if (!move.shards.empty()) move.turns = where.turns[move.shards.front()];
  const bool are_there = std::all_of(move.shards.begin(), move.shards.end(), [&](std::uint32_t s) {
    return where.node_of(s) == move.from;
  });
  if (!are_there) return std::nullopt;
  return move;
}

/// A move has come about once the table says so: whoever leads then finds it there (FE-01).
Whereabouts Succession::whereabouts_now() const {
  Whereabouts where = where_;
  if (!expected_ || !has_come_about(*expected_, membership_.owners, view_)) return where;
  for (const std::uint32_t s : expected_->shards) {
    if (where.node_of(s) == expected_->from) where.go_to(s, expected_->to);
  }
  return where;
}

std::optional<Move> Succession::next_move() const {
  CHARGEMILL_ASSERT(leads());
  if (lost_ != settled_ || central_ != settled_central_) return std::nullopt;
  return move_of(membership_.owners, view_, where_);
}

bool Succession::let_go(const Move& move) {
  auto& store = membership_.bond->agreement();
  const agreement::Revision epoch{move.epoch};
  store.let_go({membership_.owners[move.from], epoch});
  // The write may have happened, so nothing else can be said before the table is seen.
  while (leads() && exchange_.failure().empty()) {
    const bool is_written = store.await(
        [epoch](const auto& status) { return status.view.epoch != epoch; }, kTableEvery);
    look();
    if (is_written) return leads();
  }
  return false;
}

TakeOver Succession::outcome() const {
  CHARGEMILL_ASSERT(leads());
  TakeOver order{whereabouts_now()};
  order.token = agreement::number_of(view_.token);
  order.epoch = agreement::number_of(view_.epoch);
  order.lost = settled_;
  order.central = central_;
  return order;
}

void Succession::await_table(Nanos patience) {
  const auto revision = view_.revision;
  (void)membership_.bond->agreement().await(
      [revision](const auto& status) { return status.view.revision != revision; }, patience);
  look();
}

bool Succession::has_any(unsigned node) const {
  const auto number = view_.table.number_of(membership_.owners[node]);
  const bool has_in_store = number != ShardTable::kNobody &&
                            (view_.table.loads()[number] > 0 || view_.table.gives_away(number));
  return has_in_store || std::any_of(where_.lives.begin(), where_.lives.end(),
                                     [node](const auto& lives) { return lives.back() == node; });
}

std::uint32_t Succession::empty_leavers() const {
  std::uint32_t empty = 0;
  for (const auto& owner : view_.leaving) {
    const unsigned node = number_in(membership_.owners, owner);
    if (node == kNoNode || node == exchange_.self() || (lost_ >> node & 1U) != 0) continue;
    if (!has_any(node)) empty |= 1U << node;
  }
  return empty;
}

bool Succession::part() {
  // Whoever has no shards needs nobody who takes them.
  const bool gives = membership_.roles_of(exchange_.self()).shards;
  unsigned others = 0;
  for (unsigned node = 0; node < membership_.owners.size(); ++node) {
    const auto& owner = membership_.owners[node];
    const bool stays = view_.has(owner) && !view_.is_leaving(owner) &&
                       view_.table.has_part(view_.table.number_of(owner));
    if (node != exchange_.self() && stays && (!gives || membership_.roles_of(node).shards))
      ++others;
  }
  if (others == 0 || leads() || central_ == kNoNode) return false;
  membership_.bond->agreement().part_with();
  return true;
}

}  // namespace chargemill::app
