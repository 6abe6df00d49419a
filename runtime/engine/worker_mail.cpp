// How a message reaches an actor in real time, and when the memory of one that ended may go: both
// turn on the bags, in which a message may still lie.
#include <utility>

#include "runtime/engine/coordinator.hpp"
#include "runtime/engine/frontier.hpp"
#include "runtime/engine/lean_actor.hpp"
#include "runtime/engine/worker.hpp"

namespace chargemill::runtime {
namespace {

constexpr std::size_t kPrefetchAhead = 4;
constexpr std::size_t kSpareBagsMax = 64;
// Begun before the death; after it, perhaps with an old count (see is_grace_over()); after that;
// one more look.
constexpr std::uint64_t kGracePeriods = 4;

/// An element that exists already, on its way in a bag: a pointer to it.
constexpr PacketKind kElement{sizeof(caf::mailbox_element*), [](const void* from) noexcept {
                                return *static_cast<caf::mailbox_element* const*>(from);
                              }};

}  // namespace

void Worker::deliver_here(LeanActor* to, PacketBase* packet) {
  if (to->flags_.terminated) {
    lose();
    return packet->request_deletion(false);
  }
  if (to->flags_.foresees)
    to->reactor().foresee(Message{packet->mid.integer_value(), packet->data()});
  to->local_.push(packet);
  ++waiting_[to->actor_kind_];
  schedule(to);
}

// Not an argument but the thread decides where it is: only it cannot be wrong.
void Worker::deliver_from_anywhere(LeanActor* to, caf::mailbox_element* element) {
  Worker* const here = running;
  const bool has_bags = here != nullptr && !here->is_virtual() && !here->is_disposing_ &&
                        &here->coordinator_ == &to->home_->coordinator_;
  if (here != to->home_ && has_bags)
    return here->put_into_bag(to->home_->index_, to, kElement, &element);
  if (here != to->home_ || here->is_disposing_) return deliver_from_outside(to, element);
  if (to->flags_.terminated) {
    element->next = nullptr;
    (void)to->discard(element);
    return;
  }
  to->local_.push(element);
  ++here->waiting_[to->actor_kind_];
  here->schedule(to);
}

void Worker::begin_bag(unsigned home) {
  if (bags_[home] != nullptr) send_bag(home);
  has_mail_ = true;
  bags_[home] = spare_bag();
  bags_[home]->sender = static_cast<std::uint16_t>(index_);
}

void Worker::send_bags() {
  if (!has_mail_) return;
  has_mail_ = false;
  for (unsigned home = 0; home < bags_.size(); ++home) {
    if (bags_[home] != nullptr) send_bag(home);
  }
}

void Worker::send_bag(unsigned home) {
  MailBag* const bag = std::exchange(bags_[home], nullptr);
  if (home < coordinator_.workers()) return coordinator_.worker(home).hand_over(bag);
  coordinator_.options().frontier->send(home - coordinator_.workers(), *bag);
  keep_spare(bag);
}

MailBag* Worker::spare_bag() {
  if (!spare_bags_.empty()) {
    MailBag* const bag = spare_bags_.back();
    spare_bags_.pop_back();
    return bag;
  }
  if (given_back_ == nullptr) given_back_ = returned_bags_.take_all();
  if (given_back_ == nullptr) return new MailBag;
  return std::exchange(given_back_, static_cast<MailBag*>(given_back_->inbound_next));
}

// Who gets as many bags as it sends uses those, and no other thread hears of it. Who gets more
// gives them back, or a one-way flow would allocate each bag here and free it there.
void Worker::keep_spare(MailBag* bag) {
  bag->clear();
  if (spare_bags_.size() < kSpareBagsMax) return spare_bags_.push_back(bag);
  if (!coordinator_.worker(bag->sender).returned_bags_.push(bag)) delete bag;
}

void Worker::open_bag(MailBag* bag) {
  MailBag::Iterator soon = bag->begin();
  const auto look_ahead = [&] {
    if (soon == bag->end()) return;
    const auto* const actor = reinterpret_cast<const char*>(soon->to);
    __builtin_prefetch(actor + 128, 1);
    __builtin_prefetch(actor + 192, 1);
    ++soon;
  };
  for (std::size_t i = 0; i < kPrefetchAhead; ++i) look_ahead();
  for (const MailBag::Item& item : *bag) {
    look_ahead();
    LeanActor* const to = item.to;
    caf::mailbox_element* const message = kind_of(item.letter.tag).unpack(item.letter.content());
    if (to->flags_.terminated) {
      message->next = nullptr;
      (void)to->discard(message);
      continue;
    }
    // What came from outside before the bag was packed may have caused what is in it.
    to->take_arrived();
    to->local_.push(message);
    ++waiting_[to->actor_kind_];
    schedule(to);
  }
  keep_spare(bag);
}

void Worker::deliver_from_outside(LeanActor* to, caf::mailbox_element* element) {
  switch (to->remote_.push(element)) {
    case RemoteMailbox::Push::must_schedule:
      return to->home_->hand_over(to);
    case RemoteMailbox::Push::queued:
      return;
    case RemoteMailbox::Push::closed:
      element->next = nullptr;
      (void)to->discard(element);
  }
}

void Worker::bury(LeanActor* actor, bool awaits_arrival) {
  if (!is_virtual() && actor->flags_.adopted) {
    residents_[actor->number_] = residents_.back();
    residents_[actor->number_]->number_ = actor->number_;
    residents_.pop_back();
  }
  actor->flags_.adopted = true;  // once; never again
  dead_.push_back(Dead{actor, awaits_arrival, grace_});
}

/// Whether every other worker has sent its bags since the present period began; then the next one
/// begins.
bool Worker::is_grace_over() {
  const unsigned workers = coordinator_.workers();
  const bool has_begun = !grace_begin_.empty();
  grace_begin_.resize(workers);
  for (unsigned i = 0; has_begun && i < workers; ++i) {
    const Worker& other = coordinator_.worker(i);
    // acquire: what it sent before is in the inbound queue; pairs with release in run_batch().
    if (i != index_ && !other.is_asleep() &&
        other.counters_.activations.load(std::memory_order_acquire) == grace_begin_[i])
      return false;
  }
  for (unsigned i = 0; i < workers; ++i) {
    // relaxed: where the period begins. It is no count older than what led to a death by way of
    // messages, for that happened before this look (coherence); so of those letters a period that
    // begins after the death misses none. Of a worker that merely ran at the same time it may be an
    // older count than its newest: then the period ends with a batch that was over when it began,
    // while letters of the one under way still lie in bags. Where it ended the next one begins, or
    // later, and that one is whole. A count newer than the look above makes a period longer.
    grace_begin_[i] = coordinator_.worker(i).counters_.activations.load(std::memory_order_relaxed);
  }
  return has_begun;
}

// Whoever sent to an actor while it lived may still have the letter in a bag. It has sent the bag
// when a period is over that began after the death, or with the next; and then this worker has to
// look into its inbound queue once more. By hand all is one thread, and a batch ends with empty
// bags.
void Worker::release_the_dead() {
  if (is_virtual()) return;  // arrivals may still name them; they go with the engine
  if (dead_.empty()) return;
  const bool has_grace =
      coordinator_.workers() > 1 && coordinator_.options().pacing != Pacing::by_hand;
  if (has_grace && is_grace_over()) ++grace_;
  for (std::size_t i = 0; i < dead_.size();) {
    const Dead& dead = dead_[i];
    const bool referred = dead.actor->flags_.scheduled ||
                          (dead.awaits_arrival && !dead.actor->flags_.arrived) ||
                          (has_grace && grace_ < dead.grace + kGracePeriods);
    if (referred) {
      ++i;
      continue;
    }
    LeanActor* const actor = dead.actor;
    dead_[i] = dead_.back();
    dead_.pop_back();
    caf::intrusive_ptr_release(actor->ctrl());
  }
}

}  // namespace chargemill::runtime
