#include "runtime/agreement/shard_table.hpp"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <utility>

#include "runtime/agreement/fleets.hpp"
#include "runtime/base/assert.hpp"

namespace chargemill::runtime::agreement {
namespace {

using Number = ShardTable::Number;
using Numbers = std::array<Number, kShards>;
constexpr Number kNobody = ShardTable::kNobody;
constexpr std::string_view kTitle = "chargemill shards 1";
constexpr std::string_view kOfFleets = "fleets ";

/// Those of `before` that live keep their order; newcomers follow.
std::vector<Owner> owners_of(const ShardTable& before, const std::vector<Owner>& live) {
  std::vector<Owner> owners;
  for (const auto& owner : before.owners) {
    if (std::find(live.begin(), live.end(), owner) != live.end()) owners.push_back(owner);
  }
  for (const auto& owner : live) {
    if (std::find(owners.begin(), owners.end(), owner) == owners.end()) owners.push_back(owner);
  }
  return owners;
}

/// `before` with those `owners` and no others: what the others had is nobody's, or whose it was to
/// be.
ShardTable with_owners(const ShardTable& before, std::vector<Owner> owners) {
  ShardTable table;
  table.owners = std::move(owners);
  std::vector<Number> is_now;
  is_now.reserve(before.owners.size());
  for (const auto& owner : before.owners) is_now.push_back(table.number_of(owner));
  const auto now = [&](Number number) { return number == kNobody ? kNobody : is_now[number]; };
  const auto keep = [&](const Numbers& had, const Numbers& to_have, Numbers& has, Numbers& next) {
    for (std::size_t s = 0; s < kShards; ++s) {
      has[s] = now(had[s]);
      next[s] = now(to_have[s]);
      // Its owner is gone: whoever was to have it next has it.
      if (has[s] == kNobody) std::swap(has[s], next[s]);
    }
  };
  keep(before.owner, before.next, table.owner, table.next);
  keep(before.fleet, before.fleet_next, table.fleet, table.fleet_next);
  return table;
}

/// How many each is to have: who is idle none.
std::vector<std::size_t> targets(const ShardTable& table, const std::vector<std::size_t>& loads) {
  std::vector<std::size_t> of_bearers;
  for (std::size_t i = 0; i < loads.size(); ++i) {
    if (!table.is_idle(static_cast<Number>(i))) of_bearers.push_back(loads[i]);
  }
  CHARGEMILL_ASSERT(!of_bearers.empty());
  const auto shares = even_shares(of_bearers, kShards);
  std::vector<std::size_t> result(loads.size());
  for (std::size_t i = 0, bearer = 0; i < loads.size(); ++i) {
    if (!table.is_idle(static_cast<Number>(i))) result[i] = shares[bearer++];
  }
  return result;
}

/// Hands out what is missing, to whoever has least: so the shards of a first table go round.
class Receivers {
 public:
  Receivers(std::vector<std::size_t>& loads, const std::vector<std::size_t>& wanted)
      : loads_(loads), wanted_(wanted) {}
  [[nodiscard]] Number take() {
    std::size_t least = loads_.size();
    for (std::size_t i = 0; i < loads_.size(); ++i) {
      if (loads_[i] >= wanted_[i]) continue;
      if (least == loads_.size() || loads_[i] < loads_[least]) least = i;
    }
    CHARGEMILL_ASSERT(least < loads_.size());
    ++loads_[least];
    return static_cast<Number>(least);
  }

 private:
  std::vector<std::size_t>& loads_;
  const std::vector<std::size_t>& wanted_;
};

template <class Int>
bool take_number(std::string_view& text, Int& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end == text.data()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

bool take_text(std::string_view& text, std::string_view what) {
  if (text.substr(0, what.size()) != what) return false;
  text.remove_prefix(what.size());
  return true;
}

/// The next line, without its end, which must be there.
std::optional<std::string_view> take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const auto line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

/// "170 0>1", for shards from `shard` on; of so many owners.
bool take_run(std::string_view line, std::size_t owners, Numbers& has, Numbers& to_have,
              std::size_t& shard) {
  std::size_t count = 0;
  Number owner = 0;
  Number next = kNobody;
  if (!take_number(line, count) || !take_text(line, " ") || !take_number(line, owner)) return false;
  if (take_text(line, ">") && (!take_number(line, next) || next >= owners || next == owner))
    return false;
  if (!line.empty() || owner >= owners) return false;
  if (count == 0 || count > kShards - shard) return false;
  for (; count > 0; --count, ++shard) {
    has[shard] = owner;
    to_have[shard] = next;
  }
  return true;
}

void write_runs(std::string& text, std::string_view of, const Numbers& has, const Numbers& next) {
  for (std::size_t s = 0; s < kShards;) {
    std::size_t end = s;
    while (end < kShards && has[end] == has[s] && next[end] == next[s]) ++end;
    text += of;
    text += std::to_string(end - s) + ' ' + std::to_string(has[s]);
    if (next[s] != kNobody) text += '>' + std::to_string(next[s]);
    text += '\n';
    s = end;
  }
}

/// Shards or fleets by owner, once all moves are made.
std::vector<std::size_t> loads_of(std::size_t owners, const Numbers& has, const Numbers& next) {
  std::vector<std::size_t> result(owners);
  for (std::size_t s = 0; s < kShards; ++s) {
    const Number at_last = next[s] == kNobody ? has[s] : next[s];
    if (at_last != kNobody) ++result[at_last];
  }
  return result;
}

void hand_over(Numbers& has, Numbers& next, Number owner) {
  for (std::size_t s = 0; s < kShards; ++s) {
    if (has[s] == owner && next[s] != kNobody) has[s] = std::exchange(next[s], kNobody);
  }
}

}  // namespace

std::size_t shard_of(std::uint64_t number) noexcept {
  // SplitMix64's finaliser: neighbours in number are none in the table.
  number += 0x9E3779B97F4A7C15U;
  number = (number ^ (number >> 30U)) * 0xBF58476D1CE4E5B9U;
  number = (number ^ (number >> 27U)) * 0x94D049BB133111EBU;
  return static_cast<std::size_t>((number ^ (number >> 31U)) % kShards);
}

Number ShardTable::number_of(const Owner& one) const noexcept {
  const auto found = std::find(owners.begin(), owners.end(), one);
  return found == owners.end() ? kNobody : static_cast<Number>(found - owners.begin());
}

bool ShardTable::gives_away(Number one) const noexcept {
  for (std::size_t s = 0; s < kShards; ++s) {
    if (owner[s] == one && is_moving(s)) return true;
    if (fleet[s] == one && is_fleet_moving(s)) return true;
  }
  return false;
}

bool ShardTable::is_idle(Number one) const noexcept {
  return std::binary_search(idle.begin(), idle.end(), one);
}

bool ShardTable::has_part(Number one) const noexcept {
  if (one == kNobody) return false;
  if (is_idle(one)) return true;
  for (std::size_t s = 0; s < kShards; ++s) {
    if (owner[s] == one || next[s] == one) return true;
    if (fleet[s] == one || fleet_next[s] == one) return true;
  }
  return false;
}

std::size_t ShardTable::moving() const noexcept {
  std::size_t count = 0;
  for (std::size_t s = 0; s < kShards; ++s) count += is_moving(s) || is_fleet_moving(s) ? 1 : 0;
  return count;
}

std::vector<std::size_t> ShardTable::loads() const { return loads_of(owners.size(), owner, next); }
std::vector<std::size_t> ShardTable::fleet_loads() const {
  return loads_of(owners.size(), fleet, fleet_next);
}

bool operator==(const ShardTable& a, const ShardTable& b) noexcept {
  return a.owners == b.owners && a.owner == b.owner && a.next == b.next && a.fleet == b.fleet &&
         a.fleet_next == b.fleet_next && a.idle == b.idle;
}

std::vector<std::size_t> even_shares(const std::vector<std::size_t>& loads, std::size_t total) {
  const std::size_t n = loads.size();
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return loads[a] > loads[b]; });
  std::vector<std::size_t> result(n, total / n);
  for (std::size_t i = 0; i < total % n; ++i) ++result[order[i]];
  return result;
}

ShardTable assigned(const ShardTable& before, const std::vector<Owner>& live,
                    const std::vector<Owner>& idle, const std::vector<Owner>& driverless,
                    std::size_t used) {
  CHARGEMILL_ASSERT(!live.empty() && live.size() <= ShardTable::kOwnersMax);
  ShardTable table = with_owners(before, owners_of(before, live));
  for (std::size_t i = 0; i < table.owners.size(); ++i) {
    if (std::find(idle.begin(), idle.end(), table.owners[i]) != idle.end())
      table.idle.push_back(static_cast<Number>(i));
  }
  auto loads = table.loads();
  const auto wanted = targets(table, loads);
  Receivers receivers{loads, wanted};
  for (auto& owner : table.owner) {
    if (owner == kNobody) owner = receivers.take();
  }
  std::vector<bool> drives;
  for (const auto& one : table.owners)
    drives.push_back(std::find(driverless.begin(), driverless.end(), one) == driverless.end());
  give_fleets(table, drives, used);
  for (std::size_t s = 0; s < kShards; ++s) {
    const Number owner = table.owner[s];
    if (table.is_moving(s) || loads[owner] <= wanted[owner]) continue;
    --loads[owner];
    table.next[s] = receivers.take();
    const bool is_beside = table.fleet[s] == owner && !table.is_fleet_moving(s);
    if (is_beside && drives[table.next[s]]) table.fleet_next[s] = table.next[s];
  }
  put_unused_fleets(table, used);
  return table;
}

ShardTable handed_over(ShardTable table, Number owner) {
  hand_over(table.owner, table.next, owner);
  hand_over(table.fleet, table.fleet_next, owner);
  return table;
}

std::string to_text(const ShardTable& table) {
  CHARGEMILL_ASSERT(!table.owners.empty());
  std::string text{kTitle};
  text += '\n';
  for (std::size_t i = 0; i < table.owners.size(); ++i) {
    text += table.is_idle(static_cast<Number>(i)) ? "idle " : "owner ";
    text += to_text(table.owners[i]) + '\n';
  }
  write_runs(text, {}, table.owner, table.next);
  if (table.fleet != table.owner || table.fleet_next != table.next)
    write_runs(text, kOfFleets, table.fleet, table.fleet_next);
  return text;
}

std::optional<ShardTable> shard_table_from(std::string_view text) {
  ShardTable table;
  if (take_line(text) != kTitle) return std::nullopt;
  std::size_t shard = 0;
  std::size_t fleet = 0;
  while (!text.empty()) {
    auto line = take_line(text);
    if (!line) return std::nullopt;
    const bool is_idle = shard == 0 && take_text(*line, "idle ");
    if (is_idle || (shard == 0 && take_text(*line, "owner "))) {
      auto owner = owner_from(*line);
      if (!owner || table.owners.size() == ShardTable::kOwnersMax) return std::nullopt;
      if (is_idle) table.idle.push_back(static_cast<Number>(table.owners.size()));
      table.owners.push_back(std::move(*owner));
    } else if (shard == kShards && take_text(*line, kOfFleets)) {
      if (!take_run(*line, table.owners.size(), table.fleet, table.fleet_next, fleet))
        return std::nullopt;
    } else if (!take_run(*line, table.owners.size(), table.owner, table.next, shard)) {
      return std::nullopt;
    }
  }
  if (shard != kShards || (fleet != 0 && fleet != kShards)) return std::nullopt;
  if (fleet == 0) table.fleet = table.owner, table.fleet_next = table.next;
  return table;
}

std::string to_text(const Owner& owner) {
  return std::to_string(number_of(owner.incarnation)) + ' ' + owner.name;
}

std::optional<Owner> owner_from(std::string_view text) {
  std::int64_t incarnation = 0;
  if (!take_number(text, incarnation) || incarnation <= 0) return std::nullopt;
  if (!take_text(text, " ") || !is_node_name(text)) return std::nullopt;
  return Owner{std::string{text}, Revision{incarnation}};
}

}  // namespace chargemill::runtime::agreement
