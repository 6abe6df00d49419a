// What the node that leads does about nodes that are lost.
#include <fmt/format.h>

#include <algorithm>

#include "app/nodes/leader.hpp"

namespace chargemill::app {

Leader::Leader(runtime::Peers& exchange, Succession* succession)
    : exchange_(exchange), successors_(succession) {}

std::int64_t Leader::token() const noexcept {
  return successors_ == nullptr ? 0 : successors_->token();
}

void Leader::outlive_losses(std::size_t shards) {
  if (successors_ == nullptr) return;
  successors_->begin(shards);
  succession_ = successors_;
  exchange_.outlive_losses();
}

// Who has handed the lead on says nothing more, whether etcd has it still or not: what it has said
// last is what is left of it.
void Leader::follow(const LeaderSays& former, const std::optional<HandedOn>& handed_on) {
  succession_ = successors_;
  handed_on_ = handed_on;
  if (handed_on && handed_on->has_nothing) succession_->miss(handed_on->by);
  noted_ = succession_->lost();
  if (handed_on) noted_ |= 1U << handed_on->by;
  note_outsiders();
  seen_ = former.sim;
  const std::lock_guard lock{mutex_};
  if (handed_on) left_.latencies = handed_on->latencies;
  left_.totals = left_of(former, noted_);
}

void Leader::hear_early(const std::deque<runtime::Peers::Message>& messages) {
  for (const auto& message : messages) hear(message);
}

LeaderSays Leader::says(const network::Snapshot& own) const {
  LeaderSays all;
  all.node = exchange_.self();
  all.noted = noted_;
  all.sim = own.sim;
  all.own = own.totals;
  const std::lock_guard lock{mutex_};
  all.left = left_.totals;
  for (const auto& look : looks_) all.others.push_back(look.snapshot.totals);
  return all;
}

void Leader::end_course() {
  if (succession_ != nullptr) succession_->end();
}

network::Snapshot Leader::left() const {
  const std::lock_guard lock{mutex_};
  return left_;
}

/// What was seen last of nodes that are lost is what is left of them.
void Leader::note_losses() {
  if (succession_ == nullptr) return;
  for (unsigned node = 0; node < exchange_.nodes(); ++node) {
    // A place that nobody has is given up too, and has left nothing.
    if ((succession_->lost() >> node & 1U) == 0 || (noted_ >> node & 1U) != 0) continue;
    noted_ |= 1U << node;
    take_leave_of(node);
    const std::lock_guard lock{mutex_};
    if (node >= looks_.size()) continue;
    network::Snapshot last = std::exchange(looks_[node], {}).snapshot;
    if (last.sim > SimTime{}) seen_ = std::min(seen_, last.sim);  // else it was never looked at
    last.totals = network::left_of(last.totals);
    network::add_left(left_, last);
  }
}

// First all that is lost gets actors again, then all learn where; so nothing is sent to nobody. A
// node that is lost meanwhile is the next turn's.
void Leader::mend(const Heir& here) {
  if (succession_ == nullptr) return;
  succession_->look();
  while (succession_->leads()) {
    auto order = succession_->due();
    if (!order) return;
    note_losses();
    if (seen_ != SimTime::max()) order->since_ns = seen_.time_since_epoch().count();
    const std::string bytes = to_bytes(*order);
    Adopted own;
    const auto answers = ask(Word::adopt, bytes, [&] { own = here.adopt(*order); });
    if (!answers || !ask(Word::route, bytes, [&] { here.route(*order); })) return;
    const std::size_t fleets = succession_->fleets_lost_alone(*order);
    succession_->done(*order);
    seen_ = SimTime::max();
    Adopted all = own;
    for (const auto& answer : *answers) {
      const auto one = adopted_from(answer);
      if (one) add(all, *one);
    }
    network::Totals left;
    {
      const std::lock_guard lock{mutex_};
      bring_back(left_.totals, all);
      left = left_.totals;
    }
    succession_->say(
        true,
        fmt::format(
            "{} leads (token {}, epoch {}): {} shards with {} charge points{} live "
            "elsewhere now, {} open sessions and {} tickets came with them (read in "
            "{:.2f} s, stood still {:.3f} s); lost so far: {} sessions, {} requests{}",
            succession_->name_of(order->central), order->token, order->epoch, all.shards,
            all.restored.points, fleets == 0 ? "" : fmt::format(" and {} fleets of others", fleets),
            all.restored.sessions, all.restored.tickets, all.read_s, all.still_s,
            left.sessions_lost, left.requests_lost, all.trouble.empty() ? "" : ". " + all.trouble));
    succession_->look();
  }
}

}  // namespace chargemill::app
