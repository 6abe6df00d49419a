// What etcd says of a node that leads and leaves, and of who leads then.
#include <utility>
#include <vector>

#include "app/nodes/succession.hpp"
#include "runtime/base/assert.hpp"

namespace chargemill::app {

namespace agreement = runtime::agreement;

// The write that names one holds that one's place against the store: without it, it comes too late.
bool leads_on(const agreement::View& view, const agreement::Owner& self,
              const std::optional<agreement::Owner>& named) {
  return view.central == self && !(named && view.has(*named));
}

bool Succession::leads_on() const {
  return leads() && app::leads_on(view_, membership_.owners[exchange_.self()], named_);
}

void Succession::lead_on() {
  CHARGEMILL_ASSERT(leads_on());
  if (std::exchange(named_, std::nullopt)) bond_.lead_on();
}

/// Of those who stay somebody is there for everything: else the network would end with this node.
bool Succession::may_hand_on() const {
  if (!leads() || is_over_ || !exchange_.failure().empty()) return false;
  std::vector<Roles> stay;
  for (unsigned node = 0; node < membership_.owners.size(); ++node) {
    const auto& owner = membership_.owners[node];
    if (node == exchange_.self() || (lost_ >> node & 1U) != 0) continue;
    if (!view_.has(owner) || view_.is_leaving(owner)) continue;
    if (view_.table.has_part(view_.table.number_of(owner))) stay.push_back(view_.roles_of(owner));
  }
  return !stay.empty() && !missing_role(stay);
}

void Succession::part_as_leader() {
  CHARGEMILL_ASSERT(leads());
  bond_.part_with();
}

bool Succession::is_empty() const {
  const unsigned self = exchange_.self();
  return lost_ == settled_ && view_.is_leaving(membership_.owners[self]) && !has_any(self);
}

/// Who came first, so that it has seen most.
std::optional<unsigned> Succession::heir(std::uint32_t refused) const {
  for (const auto& peer : view_.members) {
    const unsigned node = number_in(membership_.owners, peer.who);
    if (node == kNoNode || node == exchange_.self() || exchange_.is_given_up(node)) continue;
    if ((refused >> node & 1U) == 0 && view_.could_lead(peer.who)) return node;
  }
  return std::nullopt;
}

bool Succession::hand_on(unsigned node, std::chrono::steady_clock::time_point deadline) {
  const agreement::Owner self = membership_.owners[exchange_.self()];
  const agreement::Owner heir = membership_.owners[node];
  named_ = heir;
  bond_.hand_on(heir);
  while (exchange_.failure().empty() && exchange_.now() < deadline) {
    // The write may have happened, so nothing else can be said before the key is seen.
    (void)bond_.await(
        [&](const auto& view) { return view.central != self || !view.could_lead(heir); },
        kTableEvery);
    look();
    if (!leads()) return true;
    if (!view_.could_lead(heir)) return false;
  }
  return false;
}

void Succession::leave() { bond_.leave(); }

void Succession::miss(unsigned node) {
  if (node == exchange_.self() || node >= membership_.owners.size()) return;
  if (is_known(node) && (lost_ >> node & 1U) == 0) lose(node);
}

}  // namespace chargemill::app
