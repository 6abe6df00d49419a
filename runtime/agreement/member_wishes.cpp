// What a member would change in the store.
#include <algorithm>

#include "runtime/agreement/member.hpp"
#include "runtime/agreement/member_keys.hpp"

namespace chargemill::runtime::agreement {
namespace {

/// Of the shards that are used, so many move at a time.
constexpr std::size_t kMovesPart = 10;

}  // namespace

/// As the store was when it last looked.
std::optional<Request> Member::wish() const {
  using Of = Compare::Of;
  const std::string me = key(kNodes) + options_.name;
  if (self_.incarnation == Revision{}) {
    if (view_.find(options_.name) != nullptr) return std::nullopt;  // until that lease is over
    return Txn{{{me, Of::created, Revision{}}}, {{me, options_.card, lease_}}};
  }
  const Compare is_me{me, Of::created, self_.incarnation};
  if (wants_to_leave_ && !view_.is_leaving(self_))
    return Txn{{is_me}, {{key(kLeaving) + options_.name, to_text(self_), lease_}}};
  if (!view_.central) {
    if (!may_be_central()) return std::nullopt;
    return Txn{{is_me, {key(kCentral), Of::created, Revision{}}},
               {{key(kCentral), to_text(self_), lease_}}};
  }
  if (!is_central(now_)) return std::nullopt;
  const auto table = wanted_table();
  if (!table || *table == view_.table) return std::nullopt;
  return Txn{
      {{key(kCentral), Of::created, view_.token}, {key(kShardsKey), Of::modified, view_.epoch}},
      {{key(kShardsKey), to_text(*table), LeaseId{}}}};
}

/// Somebody of the table is still there: the network that it was made for is not over.
bool Member::is_network_there() const {
  return std::any_of(view_.table.owners.begin(), view_.table.owners.end(),
                     [this](const Owner& owner) { return view_.has(owner); });
}

/// A network that has begun is led by one of those who began it, or by nobody.
bool Member::may_be_central() const {
  const auto stays = [this](const Owner& owner) {
    return view_.has(owner) && !view_.is_leaving(owner);
  };
  const auto& owners = view_.table.owners;
  if (wants_to_leave_ && std::any_of(owners.begin(), owners.end(), stays)) return false;
  if (options_.course == Course::open || !is_network_there()) return true;
  return options_.course == Course::heirs && view_.table.number_of(self_) != ShardTable::kNobody;
}

std::optional<ShardTable> Member::wanted_table() const {
  std::vector<Owner> live;
  for (const auto& peer : view_.members) {
    if (live.size() < ShardTable::kOwnersMax) live.push_back(peer.who);
  }
  if (options_.course != Course::open && is_network_there()) {
    if (options_.course == Course::fixed) return std::nullopt;
    std::vector<Owner> heirs;
    for (const auto& owner : view_.table.owners) {
      if (view_.has(owner)) heirs.push_back(owner);
    }
    return inherited(without_let_go(), heirs, view_.leaving, options_.shards,
                     std::max<std::size_t>(1, options_.shards / kMovesPart));
  }
  if (options_.course != Course::open) {
    if (live.size() < options_.expected) return std::nullopt;
    // The central first: it leads. The others as they came.
    std::stable_partition(live.begin(), live.end(), [this](const Owner& o) { return o == self_; });
    live.resize(options_.expected);
    return assigned({}, live);
  }
  if (view_.table.owners.empty() && live.size() < options_.expected) return std::nullopt;
  return assigned(without_let_go(), live);
}

/// The table once those have let go who said so.
ShardTable Member::without_let_go() const {
  ShardTable table = view_.table;
  for (const auto& one : let_go_) {
    const auto number = table.number_of(one.from);
    if (number != ShardTable::kNobody) table = handed_over(std::move(table), number);
  }
  return table;
}

}  // namespace chargemill::runtime::agreement
