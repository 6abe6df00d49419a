// The table of a network that goes on while its nodes leave, are lost and join.
#include <algorithm>
#include <optional>

#include "runtime/agreement/fleets.hpp"
#include "runtime/agreement/shard_table.hpp"
#include "runtime/base/assert.hpp"

namespace chargemill::runtime::agreement {
namespace {

using Number = ShardTable::Number;
constexpr Number kNobody = ShardTable::kNobody;

bool is_among(const std::vector<Owner>& all, const Owner& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

/// Who may have shards, or fleets, by number.
struct Part {
  std::vector<bool> is_heir;
  std::vector<bool> stays;  ///< of the heirs; who may have none has nothing that could
};

/// `without`: those who are not there for it.
Part parts_of(const ShardTable& table, const std::vector<Owner>& heirs,
              const std::vector<Owner>& leavers, const std::vector<Owner>& without) {
  Part part;
  std::vector<bool> bears;
  for (const auto& owner : table.owners) {
    part.is_heir.push_back(is_among(heirs, owner));
    bears.push_back(part.is_heir.back() && !is_among(without, owner));
    part.stays.push_back(bears.back() && !is_among(leavers, owner));
  }
  // If all leave they stay: somebody has to have what there is.
  if (std::count(part.stays.begin(), part.stays.end(), true) == 0) part.stays = bears;
  CHARGEMILL_ASSERT(std::count(part.stays.begin(), part.stays.end(), true) > 0);
  return part;
}

/// Who is lost has no part any more; who is there for something else than shards has, once it is an
/// heir.
void note_the_idle(ShardTable& table, const std::vector<Owner>& heirs,
                   const std::vector<Owner>& idle) {
  table.idle.clear();
  for (std::size_t i = 0; i < table.owners.size(); ++i) {
    const auto& owner = table.owners[i];
    if (is_among(heirs, owner) && is_among(idle, owner))
      table.idle.push_back(static_cast<Number>(i));
  }
}

/// What those have who are no heirs is nobody's, or whose it was to be.
void take_from_the_lost(std::array<Number, kShards>& owner, std::array<Number, kShards>& next,
                        const Part& part) {
  const auto now = [&](Number one) { return one != kNobody && part.is_heir[one] ? one : kNobody; };
  for (std::size_t s = 0; s < kShards; ++s) {
    owner[s] = now(owner[s]);
    next[s] = now(next[s]);
    if (owner[s] == kNobody) std::swap(owner[s], next[s]);
  }
}

/// How many of the first `used` each has, or is to have.
std::vector<std::size_t> loads_of(const ShardTable& table, std::size_t used) {
  std::vector<std::size_t> result(table.owners.size());
  for (std::size_t s = 0; s < used; ++s) {
    const Number at_last = table.is_moving(s) ? table.next[s] : table.owner[s];
    if (at_last != kNobody) ++result[at_last];
  }
  return result;
}

/// Who of those that stay has least.
Number least_of(const std::vector<std::size_t>& loads, const Part& part) {
  Number least = kNobody;
  for (std::size_t i = 0; i < loads.size(); ++i) {
    if (part.stays[i] && (least == kNobody || loads[i] < loads[least]))
      least = static_cast<Number>(i);
  }
  return least;
}

/// Those that nobody has go to whoever has least of their kind: what is used and what is not.
void give_to_heirs(ShardTable& table, const Part& part, std::size_t used) {
  auto in_use = loads_of(table, used);
  auto all = table.loads();
  for (std::size_t s = 0; s < kShards; ++s) {
    if (table.owner[s] != kNobody) continue;
    const Number heir = least_of(s < used ? in_use : all, part);
    table.owner[s] = heir;
    ++all[heir];
    if (s < used) ++in_use[heir];
  }
}

/// So many of the first `used` begin to move: with their fleets where these are beside them and may
/// live there too, or all without.
void move(ShardTable& table, std::size_t used, Number from, Number to, std::size_t many,
          const Part& drive) {
  std::optional<bool> do_go_along;
  for (std::size_t s = 0; s < used && many > 0; ++s) {
    if (table.owner[s] != from || table.is_moving(s)) continue;
    const bool goes_along = table.fleet[s] == from && drive.stays[to];
    if (do_go_along.value_or(goes_along) != goes_along) continue;
    do_go_along = goes_along;
    table.next[s] = to;
    if (goes_along) table.fleet_next[s] = to;
    --many;
  }
}

/// The next ones of a leaver begin to move; false: nobody who leaves has any.
bool begin_to_leave(ShardTable& table, const Part& part, const Part& drive, std::size_t used,
                    std::size_t at_most) {
  const auto in_use = loads_of(table, used);
  const auto all = table.loads();
  const auto stay =
      static_cast<std::size_t>(std::count(part.stays.begin(), part.stays.end(), true));
  for (std::size_t leaver = 0; leaver < all.size(); ++leaver) {
    const auto mine = static_cast<Number>(leaver);
    if (!part.is_heir[leaver] || part.stays[leaver] || all[leaver] == 0) continue;
    const Number next = least_of(in_use, part);
    const std::size_t fair = used / stay;  // what is left over goes one by one
    const std::size_t wanted = fair > in_use[next] ? fair - in_use[next] : 1;
    const std::size_t many = std::min({at_most, in_use[leaver], wanted});
    move(table, used, mine, next, many, drive);
    for (std::size_t s = used; many == in_use[leaver] && s < kShards; ++s) {
      if (table.owner[s] == mine) table.next[s] = next;
    }
    return true;
  }
  return false;
}

/// Who has too few gets the next ones of somebody who has too many; false: nobody has.
bool begin_to_even_out(ShardTable& table, const Part& part, const Part& drive, std::size_t used,
                       std::size_t at_most) {
  const auto loads = loads_of(table, used);
  std::vector<Number> stay;
  std::vector<std::size_t> have;
  for (std::size_t i = 0; i < loads.size(); ++i) {
    if (!part.stays[i]) continue;
    stay.push_back(static_cast<Number>(i));
    have.push_back(loads[i]);
  }
  const auto wanted = even_shares(have, used);
  for (std::size_t to = 0; to < stay.size(); ++to) {
    if (have[to] >= wanted[to]) continue;
    for (std::size_t from = 0; from < stay.size(); ++from) {
      if (have[from] <= wanted[from]) continue;
      const std::size_t many =
          std::min({at_most, have[from] - wanted[from], wanted[to] - have[to]});
      move(table, used, stay[from], stay[to], many, drive);
      return true;
    }
  }
  return false;
}

}  // namespace

ShardTable inherited(const ShardTable& before, const std::vector<Owner>& heirs,
                     const std::vector<Owner>& leavers, std::size_t used, std::size_t at_most,
                     const std::vector<Owner>& idle, const std::vector<Owner>& driverless) {
  CHARGEMILL_ASSERT(used > 0 && used <= kShards && at_most > 0);
  ShardTable table = before;
  note_the_idle(table, heirs, idle);
  const Part bear = parts_of(table, heirs, leavers, idle);
  const Part drive = parts_of(table, heirs, leavers, driverless);
  take_from_the_lost(table.owner, table.next, bear);
  take_from_the_lost(table.fleet, table.fleet_next, drive);
  give_to_heirs(table, bear, used);
  give_fleets(table, drive.stays, used);
  // First what is on its way; then shards, whose fleets go along or follow.
  if (table.moving() == 0 && !begin_to_leave(table, bear, drive, used, at_most) &&
      !begin_fleets_to_leave(table, drive.stays, used, at_most) &&
      !begin_to_even_out(table, bear, drive, used, at_most))
    begin_fleets_to_settle(table, drive.stays, used, at_most);
  put_unused_fleets(table, used);
  return table;
}

ShardTable seated(ShardTable table, const std::vector<Owner>& newcomers,
                  const std::vector<Owner>& live, std::size_t places) {
  for (const auto& newcomer : newcomers) {
    auto& owners = table.owners;
    auto place = std::find_if(owners.begin(), owners.end(),
                              [&](const Owner& one) { return one.name == newcomer.name; });
    if (place == owners.end() && owners.size() < places) {
      owners.push_back(newcomer);
      continue;
    }
    if (place == owners.end())
      place = std::find_if(owners.begin(), owners.end(),
                           [&](const Owner& one) { return !is_among(live, one); });
    if (place == owners.end()) return table;
    CHARGEMILL_ASSERT(!table.has_part(static_cast<Number>(place - owners.begin())));
    *place = newcomer;
  }
  return table;
}

}  // namespace chargemill::runtime::agreement
