// Nodes that join while the network runs: who is who among them, by etcd's table.
#include <algorithm>

#include "app/nodes/etcd_meeting.hpp"
#include "app/nodes/succession.hpp"
#include "runtime/base/assert.hpp"

namespace chargemill::app {

namespace agreement = runtime::agreement;
using agreement::ShardTable;

namespace {

bool is_among(const std::vector<agreement::Owner>& all, const agreement::Owner& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

}  // namespace

/// A view that is older than its life knows nothing of it: it may be told of sooner than seen.
bool Succession::is_known(unsigned node) const {
  const auto& owner = membership_.owners[node];
  return owner.incarnation != agreement::Revision{} && view_.revision >= owner.incarnation;
}

std::uint32_t Succession::outsiders() const {
  std::uint32_t bits = 0;
  const auto& owners = view_.table.owners;
  for (unsigned node = 0; node < owners.size() && node < exchange_.nodes(); ++node) {
    const bool is_in = node == exchange_.self() || is_among(settled_arrivals_, owners[node]) ||
                       view_.table.has_part(static_cast<ShardTable::Number>(node)) ||
                       view_.is_leaving(owners[node]);
    if (!is_in && view_.has(owners[node])) bits |= 1U << node;
  }
  return bits;
}

std::optional<Arrival> Succession::arrival() const {
  CHARGEMILL_ASSERT(leads());
  if (!is_settled()) return std::nullopt;
  const std::uint32_t bits = outsiders();
  for (unsigned node = 0; node < view_.table.owners.size(); ++node) {
    if ((bits >> node & 1U) == 0) continue;
    const auto* const peer = view_.find(view_.table.owners[node].name);
    const auto where = endpoints_from(peer->card);
    if (where) return Arrival{token(), node, peer->who, *where, peer->roles};
  }
  return std::nullopt;
}

bool Succession::let_in(const Arrival& arrival) {
  const unsigned node = arrival.node;
  if (node == exchange_.self()) return false;
  const auto& owners = membership_.owners;
  if (node < owners.size() && owners[node] == arrival.who)
    return exchange_.state_of(node) == runtime::PeerState::alive && exchange_.is_heard_by(node);
  // Whoever was there is given up, and no actor is looked for there any more.
  const bool was_there = node < owners.size() && owners[node].incarnation != agreement::Revision{};
  if (was_there && (settled_ >> node & 1U) == 0) return false;
  if (!exchange_.is_given_up(node) || !open_place(node, arrival.where)) return false;
  take_place(arrival);
  return false;
}

/// Etcd may say only now, and to another thread, that whoever was there before is gone: that is not
/// said of who comes.
bool Succession::open_place(unsigned node, const runtime::NodeEndpoints& where) {
  bond_.expect(node, {});
  return exchange_.let_in(node, where);
}

void Succession::take_place(const Arrival& arrival) {
  const unsigned node = arrival.node;
  bond_.expect(node, arrival.who);
  lost_ &= ~(1U << node);
  settled_ &= ~(1U << node);
  leaving_ &= ~(1U << node);
  silence_.forget(node);
  const std::lock_guard lock{members_mutex_};
  membership_.left &= ~(1U << node);
  if (membership_.owners.size() <= node) {
    membership_.owners.resize(node + 1);
    membership_.nodes.resize(node + 1);
    membership_.names.resize(node + 1);
  }
  membership_.roles.resize(membership_.owners.size());
  membership_.roles[node] = arrival.roles;
  membership_.owners[node] = arrival.who;
  membership_.nodes[node] = arrival.where;
  membership_.names[node] = arrival.who.name;
}

void Succession::settle(const Arrival& arrival, bool is_welcome) {
  const auto is_over = [this](const agreement::Owner& one) { return !view_.has(one); };
  auto& all = settled_arrivals_;
  all.erase(std::remove_if(all.begin(), all.end(), is_over), all.end());
  all.push_back(arrival.who);
  if (is_welcome) bond_.welcome(arrival.who);
}

std::string Succession::look_from_outside() {
  look();
  const auto& table = view_.table;
  const auto number = table.number_of(membership_.owners[exchange_.self()]);
  if (number != exchange_.self() || table.has_part(number))  // whoever begins another one has part
    return "the network that it was to join is over";
  for (unsigned node = 0; node < table.owners.size() && node < exchange_.nodes(); ++node) {
    const auto& owner = table.owners[node];
    if (node == exchange_.self() || !view_.has(owner)) continue;
    const auto where = endpoints_from(view_.find(owner.name)->card);
    const bool is_gone = node >= membership_.owners.size() || exchange_.is_given_up(node);
    // It waits to be called: nobody who is given up here has ever sent anything to this node.
    if (where && is_gone && open_place(node, *where))
      take_place({token(), node, owner, *where, view_.roles_of(owner)});
    if (exchange_.state_of(node) == runtime::PeerState::stranger)
      return name_of(node) + " has another scenario, seed or version";
  }
  return {};
}

void Succession::enter(const TakeOver& where) {
  lost_ |= where.lost;
  done(where);
}

/// A node without any part of a network that nobody else is left of has nothing to go on with.
void Succession::look_for_the_network() {
  const auto& table = view_.table;
  if (is_over_ || table.has_part(static_cast<ShardTable::Number>(exchange_.self()))) return;
  const auto& owners = table.owners;
  if (std::any_of(owners.begin(), owners.end(),
                  [this](const agreement::Owner& owner) { return view_.belongs(owner); }))
    return;
  exchange_.abandon("nobody is left who has a part of the network");
}

Membership Succession::members() const {
  const std::lock_guard lock{members_mutex_};
  return membership_;
}

}  // namespace chargemill::app
