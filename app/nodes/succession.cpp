#include "app/nodes/succession.hpp"

#include <algorithm>

#include "actors/network/placement.hpp"
#include "app/nodes/words.hpp"
#include "runtime/base/assert.hpp"

namespace chargemill::app {

namespace agreement = runtime::agreement;
using Clock = std::chrono::steady_clock;

unsigned number_in(const std::vector<agreement::Owner>& owners, const agreement::Owner& one) {
  const auto found = std::find(owners.begin(), owners.end(), one);
  return found == owners.end() ? kNoNode : static_cast<unsigned>(found - owners.begin());
}

std::optional<TakeOver> take_over_of(const std::vector<agreement::Owner>& owners,
                                     const agreement::View& view, std::uint32_t lost,
                                     const Whereabouts& where) {
  if (!view.central) return std::nullopt;
  TakeOver order{where};
  order.token = agreement::number_of(view.token);
  order.epoch = agreement::number_of(view.epoch);
  order.lost = lost;
  const unsigned central = number_in(owners, *view.central);
  if (central == kNoNode || order.has_lost(central)) return std::nullopt;
  order.central = central;
  // Who has it by that table; kNoNode: nobody who could.
  const auto heir_of = [&](agreement::ShardTable::Number number) {
    if (number == agreement::ShardTable::kNobody) return kNoNode;
    const unsigned heir = number_in(owners, view.table.owners[number]);
    return heir == kNoNode || order.has_lost(heir) ? kNoNode : heir;
  };
  for (std::size_t shard = 0; shard < order.lives.size(); ++shard) {
    const std::size_t s = shard % agreement::kShards;
    for (const Half half : {Half::shard, Half::fleet}) {
      const bool is_fleet = half == Half::fleet;
      if (!order.has_lost(is_fleet ? order.fleet_of(shard) : order.node_of(shard))) continue;
      const unsigned heir = heir_of(is_fleet ? view.table.fleet[s] : view.table.owner[s]);
      if (heir == kNoNode) return std::nullopt;
      order.go_on_at(shard, heir, half);
    }
  }
  return order;
}

namespace {

/// Greater than that of whoever was in its place before: etcd's revisions grow.
std::uint64_t life_of(const Membership& membership, unsigned node) {
  const auto& owners = membership.owners;
  const auto life = node < owners.size() ? agreement::number_of(owners[node].incarnation) : 0;
  return static_cast<std::uint64_t>(std::max<std::int64_t>(life, 0));
}

Bond& bond_of(const Membership& membership) {
  CHARGEMILL_ASSERT(membership.bond != nullptr);
  return *membership.bond;
}

}  // namespace

Succession::Succession(runtime::Peers& exchange, Membership membership)
    : Succession(exchange, membership, bond_of(membership)) {}

Succession::Succession(runtime::Peers& exchange, Membership membership, Bond& bond)
    : exchange_(exchange),
      bond_(bond),
      membership_(std::move(membership)),
      silence_(exchange.self(), life_of(membership_, exchange.self()), membership_.lease,
               runtime::LinksOptions{}.suspect_after) {
  CHARGEMILL_ASSERT(membership_.owners.size() == membership_.nodes.size());
  CHARGEMILL_ASSERT(membership_.nodes.size() <= exchange.nodes());
  view_ = bond_.view();
  for (unsigned node = 0; node < membership_.owners.size(); ++node) {
    if (node != exchange_.self()) bond_.expect(node, membership_.owners[node]);
  }
}

void Succession::begin(std::size_t shards) {
  const network::Placement placement{shards, static_cast<unsigned>(membership_.owners.size()),
                                     membership_.roles};
  std::vector<unsigned> node_of;
  std::vector<unsigned> fleet_of;
  for (std::size_t s = 0; s < shards; ++s) {
    node_of.push_back(placement.shard(s).node);
    fleet_of.push_back(placement.fleet(s).node);
  }
  where_ = Whereabouts::at_first(node_of, fleet_of);
}

std::int64_t Succession::token() const noexcept { return agreement::number_of(view_.token); }

void Succession::say(bool is_warning, const std::string& text) const {
  bond_.say({is_warning, text});
}

void Succession::look() {
  view_ = bond_.view();
  for (unsigned node = 0; node < membership_.owners.size(); ++node) {
    if (node == exchange_.self() || !is_known(node) || (lost_ >> node & 1U) != 0) continue;
    if (view_.is_leaving(membership_.owners[node])) leaving_ |= 1U << node;
    if (!view_.has(membership_.owners[node])) lose(node);
  }
  const unsigned central = view_.central ? number_in(membership_.owners, *view_.central) : kNoNode;
  const bool is_gone = central != kNoNode && (lost_ >> central & 1U) != 0;
  central_ = is_gone ? kNoNode : central;
  look_at_roles();
  look_at_links();
  look_for_the_network();
}

/// Nobody takes over what nobody who is left is there for; whoever has no part yet does not either.
void Succession::look_at_roles() {
  if (lost_ == 0 || is_over_ || !exchange_.failure().empty()) return;
  const auto missing = missing_role(agreement::roles_left(view_));
  if (!missing) return;
  const std::string why =
      "no node with the role '" + std::string{chargemill::name_of(*missing)} + "' is left";
  say(true, "stops: " + why);
  exchange_.abandon(why);
}

void Succession::lose(unsigned node) {
  lost_ |= 1U << node;
  if ((leaving_ >> node & 1U) != 0) {
    const std::lock_guard lock{members_mutex_};
    membership_.left |= 1U << node;
  }
  if (is_over_ && where_.has_any(node))
    return exchange_.abandon("node " + name_of(node) + " was lost while all were counted");
  say(true, name_of(node) + " is lost: its lease is over, or it has left");
  exchange_.give_up(node);
}

/// etcd may reach nodes that do not reach each other (silence.hpp). A link that heals in time has
/// been slow.
void Succession::look_at_links() {
  const auto now = exchange_.now();
  const unsigned node = silence_.look(scene(), now);
  if (!exchange_.failure().empty()) return;
  if (const auto news = silence_.news(now)) tell(*news);
  if (node == kNoNode) return;
  const std::string why =
      "node " + name_of(node) + " is not heard, though it has its place in etcd";
  say(true, "stops: " + why);
  exchange_.abandon(why);
}

/// Nobody stops for one that has no part yet, and may not even fit. Whoever leads and has given all
/// away is heard by all, or they wait for each other.
Scene Succession::scene() const {
  Scene scene;
  scene.central = central_;
  for (unsigned node = 0; node < membership_.owners.size(); ++node) {
    if (node == exchange_.self() || !is_known(node) || (lost_ >> node & 1U) != 0) continue;
    if (!view_.belongs(membership_.owners[node])) continue;
    scene.living |= 1U << node;
    const auto state = exchange_.state_of(node);
    const bool is_heard =
        state == runtime::PeerState::alive || state == runtime::PeerState::unknown;
    if (!is_heard) scene.suspect |= 1U << node;
  }
  return scene;
}

/// Those who do not hear this node have it from others.
void Succession::tell(std::string_view news_of_silence) {
  const auto text = message_of(Word::silence, 0, news_of_silence);
  const std::uint32_t living = scene().living;
  for (unsigned node = 0; node < membership_.owners.size(); ++node) {
    const bool is_there = node != exchange_.self() && (living >> node & 1U) != 0;
    if (is_there && exchange_.state_of(node) == runtime::PeerState::alive)
      exchange_.tell(node, text);
  }
}

bool Succession::hears(std::string_view message) {
  const auto said = said_in(message);
  if (!said || said->word != Word::silence) return false;
  silence_.hear(said->rest);
  return true;
}

std::optional<TakeOver> Succession::due() const {
  CHARGEMILL_ASSERT(leads());
  if (is_settled()) return std::nullopt;
  return take_over_of(membership_.owners, view_, lost_, whereabouts_now());
}

std::size_t Succession::fleets_lost_alone(const TakeOver& order) const {
  std::size_t count = 0;
  for (std::size_t s = 0; s < order.lives.size(); ++s) {
    const bool is_lost = order.fleets[s].losses != where_.fleets[s].losses;
    if (is_lost && order.losses[s] == where_.losses[s]) ++count;
  }
  return count;
}

void Succession::done(const TakeOver& order) {
  expected_.reset();
  where_ = order;
  settled_ = order.lost;
  settled_central_ = order.central;
}

}  // namespace chargemill::app
