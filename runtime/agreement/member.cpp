#include "runtime/agreement/member.hpp"

#include <algorithm>
#include <utility>

#include "runtime/agreement/member_keys.hpp"
#include "runtime/base/assert.hpp"

namespace chargemill::runtime::agreement {
namespace {

// Parts of a hundred of the lease.
constexpr int kRenewAfter = 20;    // four attempts at least before it stops
constexpr int kFenceAfter = 90;    // what is left is for clocks that differ
constexpr int kRetryAfter = 5;     // whatever went without an answer
constexpr int kTroubleAfter = 40;  // without any answer: worth a word
constexpr int kLookEvery = 25;     // should a watch be silent and nobody know
constexpr int kTellEvery = 5;

bool starts_with(std::string_view text, std::string_view beginning) noexcept {
  return text.substr(0, beginning.size()) == beginning;
}

/// Their revisions aside.
bool is_same(const View& a, const View& b) noexcept {
  return a.epoch == b.epoch && a.token == b.token && a.leaving == b.leaving &&
         std::equal(a.members.begin(), a.members.end(), b.members.begin(), b.members.end(),
                    [](const Peer& x, const Peer& y) { return x.who == y.who; });
}

}  // namespace

const Peer* View::find(std::string_view name) const noexcept {
  const auto found = std::find_if(members.begin(), members.end(),
                                  [&](const Peer& peer) { return peer.who.name == name; });
  return found == members.end() ? nullptr : &*found;
}

bool View::has(const Owner& one) const noexcept {
  const auto* const peer = find(one.name);
  return peer != nullptr && peer->who == one;
}

bool View::is_leaving(const Owner& one) const noexcept {
  return std::find(leaving.begin(), leaving.end(), one) != leaving.end();
}

bool View::could_lead(const Owner& one) const noexcept {
  return has(one) && !is_leaving(one) && roles_of(one).central &&
         table.has_part(table.number_of(one));
}

bool View::belongs(const Owner& one) const noexcept {
  const auto number = table.number_of(one);
  if (number == ShardTable::kNobody || !has(one)) return false;
  return table.has_part(number) || (central && *central == one && is_leaving(one));
}

Member::Member(MemberOptions options, MachineTime now)
    : options_(std::move(options)),
      ttl_(options_.lease),
      renew_at_(now),
      store_at_(now),
      self_{options_.name, {}},
      heard_at_(now) {
  CHARGEMILL_ASSERT(is_node_name(options_.name) && !options_.prefix.empty());
  CHARGEMILL_ASSERT(options_.lease.count() > 0 && options_.expected > 0);
  CHARGEMILL_ASSERT(options_.shards > 0 && options_.shards <= kShards);
}

Nanos Member::share(std::int64_t parts_of_a_hundred) const noexcept {
  return Nanos{ttl_} / 100 * parts_of_a_hundred;
}

MachineTime Member::acts_until() const noexcept {
  return is_stopped_ || self_.incarnation == Revision{} ? MachineTime::min() : fence_at_;
}

bool Member::is_central(MachineTime now) const noexcept {
  return may_act(now) && view_.central && *view_.central == self_ && !heir_;
}

bool Member::acts_for(std::size_t shard, MachineTime now) const noexcept {
  CHARGEMILL_ASSERT(shard < kShards);
  if (!may_act(now) || view_.table.is_moving(shard)) return false;
  const auto owner = view_.table.owner[shard];
  return owner != ShardTable::kNobody && view_.table.owners[owner] == self_;
}

bool Member::acts_for_fleet(std::size_t shard, MachineTime now) const noexcept {
  CHARGEMILL_ASSERT(shard < kShards);
  if (!may_act(now) || view_.table.is_fleet_moving(shard)) return false;
  const auto owner = view_.table.fleet[shard];
  return owner != ShardTable::kNobody && view_.table.owners[owner] == self_;
}

bool Member::is_name_taken() const noexcept {
  const auto* const peer = view_.find(options_.name);
  return peer != nullptr && self_.incarnation == Revision{} && peer->lease != lease_;
}

MachineTime Member::wake_at() const {
  if (is_stopped_) return MachineTime::max();
  MachineTime at = std::min({fence_at_, tell_at_, heard_at_ + share(kTroubleAfter)});
  if (!trouble_.empty()) at = std::min(fence_at_, tell_at_);
  if (lease_call_.id == CallId{}) at = std::min(at, renew_at_);
  if (store_call_.id == CallId{} && lease_ != LeaseId{})
    at = std::min(at, is_look_due_ ? store_at_ : std::max(store_at_, look_at_));
  return at;
}

std::vector<Action> Member::on(const Event& event, MachineTime now) {
  now_ = now;
  actions_.clear();
  // Whatever it is that comes: a process that slept is told by the clock first.
  if (now_ >= fence_at_ && self_.incarnation == Revision{}) lose_unused_lease();
  if (!is_stopped_ && now_ >= fence_at_)
    stop("its lease could not be renewed in time" + (last_why_.empty() ? "" : ": " + last_why_));
  if (!is_stopped_) std::visit([this](const auto& e) { handle(e); }, event);
  if (!is_stopped_) think();
  return std::exchange(actions_, {});
}

void Member::stop(const std::string& why) {
  is_stopped_ = true;
  fence_at_ = MachineTime::max();
  actions_.emplace_back(Stop{why});
}

void Member::ask(Call& slot, Request request) {
  CHARGEMILL_ASSERT(slot.id == CallId{});
  slot = {CallId{++calls_}, now_, request};
  actions_.emplace_back(Ask{slot.id, std::move(request)});
}

void Member::handle(const Answered& event) {
  heard_at_ = now_;
  if (event.call == lease_call_.id) {
    take_lease(event.answer);
  } else if (event.call == store_call_.id) {
    const bool is_range = std::holds_alternative<Range>(store_call_.request);
    store_call_.id = CallId{};
    // What became of a transaction the store itself tells best.
    is_look_due_ = !is_range;
    if (is_range) take_range(event.answer);
  }
}

void Member::handle(const Unanswered& event) {
  last_why_ = event.why;
  if (event.call == lease_call_.id) {
    lease_call_.id = CallId{};
    renew_at_ = now_ + share(kRetryAfter);
  } else if (event.call == store_call_.id) {
    store_call_.id = CallId{};
    is_look_due_ = true;
    store_at_ = now_ + share(kRetryAfter);
  }
}

void Member::take_lease(const Answer& answer) {
  const bool is_grant = std::holds_alternative<Grant>(lease_call_.request);
  lease_call_.id = CallId{};
  if (is_grant) lease_ = answer.lease;
  if (answer.ttl.count() <= 0 && self_.incarnation != Revision{})
    return stop("its lease has run out");
  if (answer.ttl.count() <= 0) return lose_unused_lease();
  ttl_ = answer.ttl;
  fence_at_ = lease_call_.sent + share(kFenceAfter);
  renew_at_ = lease_call_.sent + share(kRenewAfter);
}

/// No place hangs on it yet, as far as this node knows: another one will do.
void Member::lose_unused_lease() {
  lease_ = LeaseId{};
  lease_call_.id = CallId{};  // late words about it are none about the next
  fence_at_ = MachineTime::max();
  renew_at_ = now_;
}

void Member::take_range(const Answer& answer) {
  if (answer.revision < view_.revision) {
    is_look_due_ =
        true;  // a watch was faster; or the store has been emptied, and the lease is gone
    store_at_ = now_ + share(kRetryAfter);
    return;
  }
  const View before = std::exchange(view_, {});
  for (const auto& kv : answer.found) apply({kv, false});
  view_.revision = answer.revision;
  // A look that nothing had asked for has found news: who watches has gone deaf.
  const bool is_deaf = now_ >= look_at_ && !is_same(before, view_);
  look_at_ = now_ + share(kLookEvery);
  view_changed(before.epoch);
  if (is_stopped_ || (is_watching_ && !is_deaf)) return;
  is_watching_ = true;
  actions_.emplace_back(BeginWatch{after(view_.revision)});
}

void Member::handle(const Changes& event) {
  heard_at_ = now_;
  // All changes of one revision come together; what a look has shown already is left out.
  const Revision known = view_.revision;
  const Revision epoch_before = view_.epoch;
  for (const auto& change : event.changes) {
    if (change.now.modified <= known) continue;
    apply(change);
    view_.revision = change.now.modified;
  }
  if (view_.revision != known) view_changed(epoch_before);
}

void Member::handle(const WatchLost& event) {
  last_why_ = event.why;
  is_watching_ = false;
  is_look_due_ = true;
  store_at_ = std::max(store_at_, now_ + share(kRetryAfter));
}

void Member::apply(const Change& change) {
  const KeyValue& kv = change.now;
  if (!starts_with(kv.key, options_.prefix)) return;
  const std::string_view rest = std::string_view{kv.key}.substr(options_.prefix.size());
  if (rest == kCentral) {
    view_.central = change.is_removed ? std::nullopt : owner_from(kv.value);
    view_.token = change.is_removed ? Revision{} : kv.modified;
  } else if (rest == kShardsKey) {
    auto table = change.is_removed ? ShardTable{} : shard_table_from(kv.value);
    if (!table) return stop(kv.key + " holds no shard table: etcdctl del removes it");
    view_.table = std::move(*table);
    view_.epoch = change.is_removed ? Revision{} : kv.modified;
  } else if (starts_with(rest, kLeaving)) {
    const std::string_view name = rest.substr(kLeaving.size());
    auto& all = view_.leaving;
    all.erase(
        std::remove_if(all.begin(), all.end(), [&](const Owner& one) { return one.name == name; }),
        all.end());
    const auto one = change.is_removed ? std::nullopt : owner_from(kv.value);
    if (one) all.push_back(*one);
  } else if (starts_with(rest, kNodes) && is_node_name(rest.substr(kNodes.size()))) {
    const std::string name{rest.substr(kNodes.size())};
    auto& all = view_.members;
    all.erase(std::remove_if(all.begin(), all.end(),
                             [&](const Peer& peer) { return peer.who.name == name; }),
              all.end());
    if (change.is_removed) return;
    const auto at = std::find_if(all.begin(), all.end(), [&](const Peer& peer) {
      return peer.who.incarnation > kv.created;
    });
    all.insert(at, {{name, kv.created}, kv.value, kv.lease, roles_in(kv.value)});
  }
}

void Member::view_changed(Revision epoch_before) {
  if (is_stopped_) return;
  const auto* const here = view_.find(options_.name);
  const bool is_mine = here != nullptr && here->lease == lease_ && lease_ != LeaseId{};
  if (self_.incarnation == Revision{}) {
    if (is_mine) self_ = here->who;
  } else if (!is_mine || here->who != self_) {
    return stop("its key is gone from etcd: its lease has run out, or somebody removed it");
  }
  if (!view_.central || *view_.central != self_) heir_.reset();
  if (view_.epoch == epoch_before) return;
  let_go_.clear();
  tell_at_ = MachineTime::max();
}

void Member::handle(const Drained& event) {
  drained_ = std::max(drained_, event.epoch);
  if (drained_ == view_.epoch) tell_at_ = now_;
}

// Of this very epoch: one of an older table may be about shards that have come back since.
void Member::handle(const LetGo& event) {
  if (event.epoch != view_.epoch) return;
  const auto same = [&](const LetGo& one) { return one.from == event.from; };
  if (std::none_of(let_go_.begin(), let_go_.end(), same)) let_go_.push_back(event);
}

void Member::handle(const Welcome& event) {
  const auto is_over = [&](const Owner& one) { return one == event.who || !view_.has(one); };
  ready_.erase(std::remove_if(ready_.begin(), ready_.end(), is_over), ready_.end());
  ready_.push_back(event.who);
}

// Who does not lead has nothing to hand on.
void Member::handle(const HandOn& event) {
  if (view_.central && *view_.central == self_) heir_ = event.to;
}

void Member::handle(const LeadOn&) {
  if (heir_ && !view_.has(*heir_)) heir_.reset();
}

void Member::handle(const Leave&) {
  const LeaseId lease = lease_;
  stop("it has left");
  actions_.pop_back();  // nobody has to be told
  if (lease != LeaseId{}) actions_.emplace_back(Ask{CallId{++calls_}, Revoke{lease}});
}

void Member::think() {
  think_of_the_lease();
  think_of_letting_go();
  think_of_the_store();
  note_trouble();
}

void Member::think_of_the_lease() {
  if (lease_call_.id != CallId{} || now_ < renew_at_) return;
  if (lease_ == LeaseId{}) return ask(lease_call_, Grant{options_.lease});
  ask(lease_call_, KeepAlive{lease_});
}

void Member::think_of_letting_go() {
  const auto& table = view_.table;
  const auto number = table.number_of(self_);
  if (!may_act(now_) || number == ShardTable::kNobody || !table.gives_away(number)) {
    tell_at_ = MachineTime::max();
    return;
  }
  if (drain_asked_ != view_.epoch) {
    drain_asked_ = view_.epoch;
    actions_.emplace_back(Drain{view_.epoch});
  }
  if (drained_ != view_.epoch || now_ < tell_at_) return;
  tell_at_ = now_ + share(kTellEvery);
  if (!view_.central) return;
  const LetGo what{self_, view_.epoch};
  if (*view_.central == self_) return handle(what);
  actions_.emplace_back(TellLetGo{*view_.central, what});
}

void Member::think_of_the_store() {
  if (store_call_.id != CallId{} || lease_ == LeaseId{} || now_ < store_at_) return;
  if (is_look_due_ || now_ >= look_at_) return ask(store_call_, Range{options_.prefix, true});
  if (auto request = wish()) ask(store_call_, std::move(*request));
}

void Member::note_trouble() {
  const bool is_silent = now_ - heard_at_ >= share(kTroubleAfter);
  if (is_silent == !trouble_.empty()) return;
  if (!is_silent) {
    trouble_.clear();
    actions_.emplace_back(Note{false, "etcd answers again"});
    return;
  }
  trouble_ = last_why_.empty() ? "etcd does not answer" : last_why_;
  const std::string until =
      lease_ == LeaseId{} ? "" : "; this node stops when its lease is nearly over";
  actions_.emplace_back(
      Note{true, "etcd does not answer, so membership stays as it is" + until + ": " + trouble_});
}

}  // namespace chargemill::runtime::agreement
