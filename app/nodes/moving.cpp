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
  const auto is_there = [&](ShardTable::Number owner, ShardTable::Number next) {
    return owner != ShardTable::kNobody && next == ShardTable::kNobody &&
           table.owners[owner] == owners[move.to];
  };
  return std::all_of(move.shards.begin(), move.shards.end(), [&](std::uint32_t shard) {
    const std::size_t s = shard % agreement::kShards;
    return (move.half == Half::fleet || is_there(table.owner[s], table.next[s])) &&
           (move.half == Half::shard || is_there(table.fleet[s], table.fleet_next[s]));
  });
}

namespace {

/// What the table wants of a shard that moves, or whose fleet does.
struct Wanted {
  ShardTable::Number from = ShardTable::kNobody, to = ShardTable::kNobody;
  Half half = Half::both;
};
bool operator!=(const Wanted& a, const Wanted& b) {
  return a.from != b.from || a.to != b.to || a.half != b.half;
}

std::optional<Wanted> wanted_of(const ShardTable& table, std::size_t s) {
  const Wanted shard{table.owner[s], table.next[s], Half::shard};
  const Wanted fleet{table.fleet[s], table.fleet_next[s], Half::fleet};
  if (!table.is_moving(s) && !table.is_fleet_moving(s)) return std::nullopt;
  if (shard.from == fleet.from && shard.to == fleet.to)
    return Wanted{shard.from, shard.to, Half::both};
  return table.is_moving(s) ? shard : fleet;
}

}  // namespace

std::optional<Move> move_of(const std::vector<agreement::Owner>& owners,
                            const agreement::View& view, const Whereabouts& where) {
  const auto& table = view.table;
  Move move;
  move.token = agreement::number_of(view.token);
  move.epoch = agreement::number_of(view.epoch);
  std::optional<Wanted> all;
  // The last of them are those that nobody has.
  for (std::uint32_t shard = 0; shard < std::max(where.lives.size(), agreement::kShards); ++shard) {
    const auto wanted = wanted_of(table, shard % agreement::kShards);
    if (!wanted) continue;
    if (!all) all = wanted;
    if (*all != *wanted) continue;
    if (shard < where.lives.size()) move.shards.push_back(shard);
  }
  if (!all) return std::nullopt;
  move.half = all->half;
  move.from = number_in(owners, table.owners[all->from]);
  move.to = number_in(owners, table.owners[all->to]);
  if (move.from == kNoNode || move.to == kNoNode) return std::nullopt;
  if (!move.shards.empty()) move.turns = where.turns_of(move.shards.front(), move.half);
  const bool are_there = std::all_of(move.shards.begin(), move.shards.end(), [&](std::uint32_t s) {
    return where.is_at(move.from, s, move.half);
  });
  if (!are_there) return std::nullopt;
  return move;
}

/// A move has come about once the table says so: whoever leads then finds it there (FE-01).
Whereabouts Succession::whereabouts_now() const {
  Whereabouts where = where_;
  if (!expected_ || !has_come_about(*expected_, membership_.owners, view_)) return where;
  for (const std::uint32_t s : expected_->shards) {
    if (where.is_at(expected_->from, s, expected_->half))
      where.go_to(s, expected_->to, expected_->half);
  }
  return where;
}

std::optional<Move> Succession::next_move() const {
  CHARGEMILL_ASSERT(leads());
  if (!is_settled()) return std::nullopt;
  return move_of(membership_.owners, view_, where_);
}

bool Succession::let_go(const Move& move) {
  const agreement::Revision epoch{move.epoch};
  bond_.let_go({membership_.owners[move.from], epoch});
  // The write may have happened, so nothing else can be said before the table is seen.
  while (leads() && exchange_.failure().empty()) {
    const bool is_written =
        bond_.await([epoch](const auto& view) { return view.epoch != epoch; }, kTableEvery);
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
  (void)bond_.await([revision](const auto& view) { return view.revision != revision; }, patience);
  look();
}

bool Succession::has_any(unsigned node) const {
  const auto number = view_.table.number_of(membership_.owners[node]);
  const bool has_in_store =
      number != ShardTable::kNobody &&
      (view_.table.loads()[number] > 0 || view_.table.fleet_loads()[number] > 0 ||
       view_.table.gives_away(number));
  return has_in_store || where_.has_any(node);
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
  // Whoever has no shards needs nobody who takes them, nor whoever has no fleets for these.
  const Roles mine = membership_.roles_of(exchange_.self());
  unsigned others = 0;
  bool is_followed = !mine.shards;
  bool is_driven = !mine.drivers;
  for (unsigned node = 0; node < membership_.owners.size(); ++node) {
    const auto& owner = membership_.owners[node];
    const bool stays = view_.has(owner) && !view_.is_leaving(owner) &&
                       view_.table.has_part(view_.table.number_of(owner));
    if (node == exchange_.self() || !stays) continue;
    ++others;
    is_followed = is_followed || membership_.roles_of(node).shards;
    is_driven = is_driven || membership_.roles_of(node).drivers;
  }
  if (others == 0 || !is_followed || !is_driven || leads() || central_ == kNoNode) return false;
  bond_.part_with();
  return true;
}

}  // namespace chargemill::app
