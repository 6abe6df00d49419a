#include "runtime/agreement/fleets.hpp"

#include <algorithm>

#include "runtime/base/assert.hpp"

namespace chargemill::runtime::agreement {
namespace {

using Number = ShardTable::Number;
constexpr Number kNobody = ShardTable::kNobody;

/// Of the first `used`, how many each has, or is to have.
std::vector<std::size_t> loads_of(const ShardTable& table, std::size_t used) {
  std::vector<std::size_t> loads(table.owners.size());
  for (std::size_t s = 0; s < used; ++s) {
    const Number at_last = table.is_fleet_moving(s) ? table.fleet_next[s] : table.fleet[s];
    if (at_last != kNobody) ++loads[at_last];
  }
  return loads;
}

/// Who has fewest, the first of those that have as few.
Number least_of(const std::vector<std::size_t>& loads, const Drives& drives) {
  Number least = kNobody;
  for (std::size_t i = 0; i < loads.size(); ++i) {
    if (drives[i] && (least == kNobody || loads[i] < loads[least])) least = static_cast<Number>(i);
  }
  CHARGEMILL_ASSERT(least != kNobody);
  return least;
}

/// Its shard is with somebody who may not have it.
bool is_apart(const ShardTable& table, const Drives& drives, std::size_t s) {
  return !drives[table.owner[s]];
}

/// Of those that may live beside their shards and do not, all of one way.
bool begin_to_come_home(ShardTable& table, const Drives& drives, std::size_t used,
                        std::size_t at_most) {
  Number from = kNobody;
  Number to = kNobody;
  for (std::size_t s = 0; s < used && at_most > 0; ++s) {
    const Number home = table.owner[s];
    if (table.fleet[s] == home || is_apart(table, drives, s)) continue;
    if (from != kNobody && (table.fleet[s] != from || home != to)) continue;
    from = table.fleet[s], to = home;
    table.fleet_next[s] = to;
    --at_most;
  }
  return from != kNobody;
}

}  // namespace

void give_fleets(ShardTable& table, const Drives& drives, std::size_t used) {
  CHARGEMILL_ASSERT(drives.size() == table.owners.size());
  for (std::size_t s = 0; s < used; ++s) {
    if (table.fleet[s] == kNobody && !is_apart(table, drives, s)) table.fleet[s] = table.owner[s];
  }
  auto loads = loads_of(table, used);
  for (std::size_t s = 0; s < used; ++s) {
    if (table.fleet[s] != kNobody) continue;
    table.fleet[s] = least_of(loads, drives);
    ++loads[table.fleet[s]];
  }
}

void put_unused_fleets(ShardTable& table, std::size_t used) {
  for (std::size_t s = used; s < kShards; ++s) {
    table.fleet[s] = table.owner[s];
    table.fleet_next[s] = table.next[s];
  }
}

bool begin_fleets_to_leave(ShardTable& table, const Drives& drives, std::size_t used,
                           std::size_t at_most) {
  auto loads = loads_of(table, used);
  Number from = kNobody;
  Number to = kNobody;
  for (std::size_t s = 0; s < used && at_most > 0; ++s) {
    const Number has = table.fleet[s];
    if (drives[has] || (from != kNobody && has != from)) continue;
    const Number wanted = is_apart(table, drives, s) ? least_of(loads, drives) : table.owner[s];
    if (to != kNobody && wanted != to) continue;
    from = has, to = wanted;
    table.fleet_next[s] = to;
    ++loads[to];
    --at_most;
  }
  return from != kNobody;
}

void begin_fleets_to_settle(ShardTable& table, const Drives& drives, std::size_t used,
                            std::size_t at_most) {
  if (begin_to_come_home(table, drives, used, at_most)) return;
  const auto loads = loads_of(table, used);
  // Who has most of those that have one that may go. Those beside their shards stay there.
  std::vector<std::size_t> apart(loads.size());
  for (std::size_t s = 0; s < used; ++s) {
    if (is_apart(table, drives, s)) ++apart[table.fleet[s]];
  }
  Number from = kNobody;
  for (std::size_t i = 0; i < loads.size(); ++i) {
    if (apart[i] > 0 && (from == kNobody || loads[i] > loads[from])) from = static_cast<Number>(i);
  }
  const Number to = least_of(loads, drives);
  if (from == kNobody || loads[from] < loads[to] + 2) return;
  std::size_t many = std::min({at_most, (loads[from] - loads[to]) / 2, apart[from]});
  for (std::size_t s = 0; s < used && many > 0; ++s) {
    if (table.fleet[s] != from || !is_apart(table, drives, s)) continue;
    table.fleet_next[s] = to;
    --many;
  }
}

}  // namespace chargemill::runtime::agreement
