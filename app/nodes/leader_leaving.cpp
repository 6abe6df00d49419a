// What the node that leads does when it leaves and another one is to lead (HANDOVER.md).
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "app/nodes/leader.hpp"
#include "app/nodes/order_words.hpp"

namespace chargemill::app {

using Clock = std::chrono::steady_clock;

bool Leader::may_hand_on() const { return succession_ != nullptr && succession_->may_hand_on(); }

void Leader::want_to_leave() { succession_->part_as_leader(); }

bool Leader::has_nothing() const { return succession_->is_empty(); }

void Leader::say(bool is_warning, const std::string& text) const {
  if (successors_ != nullptr) successors_->say(is_warning, text);
}

// All hear how things stood, should the one that is named be lost; it hears more, and says that it
// has. Once etcd has another name for who leads nothing holds this node any more. As long as nobody
// has been named there, or who was is gone, this node is the only one that can lead: it may stay.
// If that is not known within this time it leaves: what it does not say, etcd does.
Handing Leader::hand_on(const network::Snapshot& own, std::int64_t stood_ns, Nanos patience,
                        bool may_stay) {
  const auto deadline = exchange_.now() + patience;
  HandedOn what;
  what.token = token();
  what.by = exchange_.self();
  what.has_nothing = has_nothing();
  what.stood_ns = stood_ns;
  tell_others(message_of(Word::look, next_number(), to_bytes(says(own))));
  network::Snapshot counted = left();
  network::add_left(counted, own);
  what.latencies = counted.latencies;
  const std::string bytes = to_bytes(what);
  std::uint32_t refused = 0;  // by bit
  while (failure().empty() && succession_->leads() && exchange_.now() < deadline) {
    const auto heir = succession_->heir(refused);
    if (!heir && (!may_stay || succession_->leads_on())) break;
    if (!heir) {
      succession_->await_table(Succession::kTableEvery);  // one was named, and may lead yet
      continue;
    }
    // One that has died has its place until its lease is over: there must be time for the next one.
    const auto patient_until = std::min(deadline, exchange_.now() + patience / 2);
    const auto answer = ask_one(*heir, Word::lead, bytes, patient_until);
    // Who cannot, is late, or is lost before it could, is asked no more.
    if (!answer || answer->empty()) {
      refused |= 1U << *heir;
      continue;
    }
    // Orders whose points had moved: while etcd is asked there is time for them to arrive.
    for (const auto& order : std::exchange(returned_, {}))
      exchange_.tell(*heir, message_of(Word::order, next_number(), to_bytes(order)));
    if (succession_->hand_on(*heir, deadline)) break;
  }
  if (!failure().empty()) return {Handing::End::failed, {}};
  if (may_stay && succession_->leads_on()) {
    succession_->lead_on();
    return {Handing::End::stays, {}};
  }
  const unsigned next = succession_->leads() ? kNoNode : succession_->central();
  const std::string name = next == kNoNode ? std::string{} : succession_->name_of(next);
  succession_->leave();
  succession_ = nullptr;  // nobody is lost any more, and nobody is asked
  // Whatever central here still has in its mailbox, nobody hears what it makes of it.
  for (unsigned node = 0; node < exchange_.nodes(); ++node) {
    if (node != exchange_.self() && !exchange_.is_given_up(node)) exchange_.give_up(node);
  }
  return {Handing::End::left, name};
}

void Leader::tell_gap() {
  if (!handed_on_ || !failure().empty() || !succession_->leads() || !is_settled()) return;
  succession_->say(false,
                   fmt::format("all hear it: {:.3f} s after {} had stopped ordering",
                               static_cast<double>(utc_now_ns() - handed_on_->stood_ns) * 1e-9,
                               succession_->name_of(handed_on_->by)));
  handed_on_.reset();
}

}  // namespace chargemill::app
