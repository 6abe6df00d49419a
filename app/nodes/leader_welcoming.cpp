// What the node that leads does about one that joins (HANDOVER.md).
#include <fmt/format.h>

#include <chrono>

#include "app/nodes/leader.hpp"

namespace chargemill::app {

using Clock = std::chrono::steady_clock;

namespace {

/// Nobody ends a run in which it has no part yet, or holds it up for long, by being late.
constexpr std::chrono::seconds kEnterMax{2};

}  // namespace

void Leader::note_outsiders() {
  // relaxed: see is_present().
  outsiders_.store(succession_->outsiders(), std::memory_order_relaxed);
}

// One at a time. It is told to build and does so while all others go on; meanwhile these let it in.
// Once it is ready, and heard by all, it is one of them, and etcd's table may give it shards.
void Leader::welcome_one(const Heir& here) {
  if (!succession_->leads() || !failure().empty()) return;
  note_outsiders();  // before anybody lets it in: it is asked nothing
  const auto arrival = succession_->arrival();
  if (!arrival) return guest_.reset();
  if (!guest_ || guest_->arrival.who != arrival->who) {
    guest_.emplace();
    guest_->arrival = *arrival;
    guest_->since = exchange_.now();
  }
  const bool do_hear = do_all_hear(*arrival);
  if (!succession_->leads()) return;
  if (guest_->invited == 0 && !exchange_.is_given_up(arrival->node)) {
    guest_->invited = next_number();
    const Invitation invitation{arrival->token, here.beginning(), here.roles,
                                succession_->outcome()};
    exchange_.tell(arrival->node, message_of(Word::join, guest_->invited, to_bytes(invitation)));
    succession_->say(false, arrival->who.name + " has come and makes itself ready");
  }
  if (!do_hear || !guest_->trouble) return;
  if (guest_->trouble->empty()) return let_enter(here, *arrival);
  succession_->settle(*arrival, false);
  succession_->say(true, arrival->who.name + " cannot join: " + *guest_->trouble);
}

bool Leader::do_all_hear(const Arrival& arrival) {
  bool do_hear = false;
  const auto answers =
      ask(Word::invite, to_bytes(arrival), [&] { do_hear = succession_->let_in(arrival); });
  if (!answers) return false;
  for (unsigned node = 0; node < answers->size(); ++node) {
    if (node != exchange_.self() && is_present(node) && (*answers)[node].empty()) return false;
  }
  return do_hear;
}

void Leader::let_enter(const Heir& here, const Arrival& arrival) {
  const unsigned node = arrival.node;
  const Entry entry{here.now(), succession_->outcome()};
  const auto answer = ask_one(node, Word::enter, to_bytes(entry), exchange_.now() + kEnterMax);
  if (!answer || answer->empty()) return;  // it is gone, or the next turn asks again
  noted_ &= ~(1U << node);
  parted_ &= ~(1U << node);
  succession_->settle(arrival, true);
  note_outsiders();
  succession_->say(
      false, fmt::format("{} has joined, {:.3f} s after it came", arrival.who.name,
                         std::chrono::duration<double>(exchange_.now() - guest_->since).count()));
  guest_.reset();
}

}  // namespace chargemill::app
