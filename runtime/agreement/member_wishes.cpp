// What a member would change in the store.
#include <algorithm>

#include "runtime/agreement/member.hpp"
#include "runtime/agreement/member_keys.hpp"

namespace chargemill::runtime::agreement {
namespace {

/// Of the shards that are used, so many move at a time at most.
constexpr std::size_t kMovesPart = 10;

/// Those of `some` that are not there for it.
std::vector<Owner> without(Role role, const View& view, const std::vector<Owner>& some) {
  std::vector<Owner> result;
  for (const auto& one : some) {
    if (!view.roles_of(one).has(role)) result.push_back(one);
  }
  return result;
}

}  // namespace

Roles View::roles_of(const Owner& one) const noexcept {
  const auto* const peer = find(one.name);
  return peer != nullptr && peer->who == one ? peer->roles : Roles{};
}

std::vector<Peer> founders(const View& view, std::size_t expected) {
  std::vector<Peer> all = view.members;
  if (all.size() < expected) return {};
  std::stable_partition(all.begin(), all.end(), [&](const Peer& peer) {
    return view.central && peer.who == *view.central;
  });
  all.erase(all.begin() + static_cast<std::ptrdiff_t>(expected), all.end());
  return all;
}

/// Who leads comes first, so the others are known only once somebody does.
std::optional<Role> missing_role(const View& view, std::size_t expected) {
  const auto leads = [](const Peer& peer) { return peer.roles.central; };
  if (view.members.size() < expected) return std::nullopt;
  if (std::none_of(view.members.begin(), view.members.end(), leads)) return Role::central;
  if (!view.central || !view.has(*view.central)) return std::nullopt;
  std::vector<Roles> roles;
  for (const auto& peer : founders(view, expected)) roles.push_back(peer.roles);
  return chargemill::missing_role(roles);
}

std::vector<Roles> roles_left(const View& view) {
  std::vector<Roles> left;
  for (const auto& peer : view.members) {
    if (view.belongs(peer.who)) left.push_back(peer.roles);
  }
  return left;
}

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
  if (heir_) return wish_of_an_heir();
  if (!is_central(now_)) return std::nullopt;
  const auto table = wanted_table();
  if (!table || *table == view_.table) return std::nullopt;
  return Txn{
      {{key(kCentral), Of::modified, view_.token}, {key(kShardsKey), Of::modified, view_.epoch}},
      {{key(kShardsKey), to_text(*table), LeaseId{}}}};
}

/// The key goes from one lease to another: at no revision is it nobody's or that of two. None: who
/// was to lead cannot, and whoever runs this node names another one.
std::optional<Request> Member::wish_of_an_heir() const {
  using Of = Compare::Of;
  if (!view_.could_lead(*heir_)) return std::nullopt;
  const std::string them = key(kNodes) + heir_->name;
  return Txn{{{key(kCentral), Of::modified, view_.token}, {them, Of::created, heir_->incarnation}},
             {{key(kCentral), to_text(*heir_), view_.find(heir_->name)->lease}}};
}

/// Somebody who belongs to it is still there: the network that the table was made for is not over.
bool Member::is_network_there() const {
  const auto& owners = view_.table.owners;
  return std::any_of(owners.begin(), owners.end(),
                     [this](const Owner& owner) { return view_.belongs(owner); });
}

/// A network that has begun is led by one of those who have part in it, or by nobody: whoever has
/// just come knows nothing of it.
bool Member::may_be_central() const {
  if (!roles_in(options_.card).central) return false;
  const auto& owners = view_.table.owners;
  const auto stays = [&](const Owner& owner) { return view_.could_lead(owner); };
  if (wants_to_leave_ && std::any_of(owners.begin(), owners.end(), stays)) return false;
  if (options_.course == Course::open || !is_network_there()) return true;
  const auto self = view_.table.number_of(self_);
  return options_.course == Course::heirs && self != ShardTable::kNobody &&
         view_.table.has_part(self);
}

std::optional<ShardTable> Member::wanted_table() const {
  std::vector<Owner> live;
  for (const auto& peer : view_.members) {
    if (live.size() < ShardTable::kOwnersMax) live.push_back(peer.who);
  }
  if (options_.course != Course::open && is_network_there()) {
    if (options_.course == Course::fixed) return std::nullopt;
    return table_of_heirs();
  }
  if (options_.course != Course::open) return first_table();
  if (view_.table.owners.empty() && live.size() < options_.expected) return std::nullopt;
  const auto idle = without(Role::shards, view_, live);
  const auto driverless = without(Role::drivers, view_, live);
  if (idle.size() == live.size() || driverless.size() == live.size()) return std::nullopt;
  return assigned(without_let_go(), live, idle, driverless);
}

/// Of a network that begins; the store has elected this node, as it sees it.
std::optional<ShardTable> Member::first_table() const {
  const auto begin = founders(view_, options_.expected);
  if (begin.empty() || missing_role(view_, options_.expected)) return std::nullopt;
  std::vector<Owner> owners;
  for (const auto& peer : begin) owners.push_back(peer.who);
  return assigned({}, owners, without(Role::shards, view_, owners),
                  without(Role::drivers, view_, owners), options_.shards);
}

/// First what was lost has a new owner, then those who have come have numbers. None: nobody is left
/// who could have what was lost. This node could, even if it has given all away to leave.
std::optional<ShardTable> Member::table_of_heirs() const {
  const ShardTable table = without_let_go();
  std::vector<Owner> heirs;
  std::vector<Owner> newcomers;
  std::vector<Owner> live;
  for (const auto& peer : view_.members) {
    const Owner& one = peer.who;
    const auto number = table.number_of(one);
    const bool is_ready = std::find(ready_.begin(), ready_.end(), one) != ready_.end();
    live.push_back(one);
    if (number == ShardTable::kNobody) {
      newcomers.push_back(one);
    } else if (is_ready || view_.table.has_part(number)) {
      heirs.push_back(one);
    }
  }
  auto idle = without(Role::shards, view_, heirs);
  auto driverless = without(Role::drivers, view_, heirs);
  const auto is_nobody_there = [&] {
    return idle.size() == heirs.size() || driverless.size() == heirs.size();
  };
  const bool is_heir = std::find(heirs.begin(), heirs.end(), self_) != heirs.end();
  if (is_nobody_there() && !is_heir && view_.belongs(self_)) {
    heirs.push_back(self_);
    idle = without(Role::shards, view_, heirs);
    driverless = without(Role::drivers, view_, heirs);
  }
  if (is_nobody_there()) return std::nullopt;
  const std::size_t at_most =
      std::max<std::size_t>(1, std::min(options_.moves_at_once, options_.shards / kMovesPart));
  return seated(inherited(table, heirs, view_.leaving, options_.shards, at_most, idle, driverless),
                newcomers, live, options_.places);
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
