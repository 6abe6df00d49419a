#include "runtime/engine/worker.hpp"

#include <algorithm>
#include <caf/exit_reason.hpp>
#include <utility>

#include "runtime/base/assert.hpp"
#include "runtime/engine/coordinator.hpp"
#include "runtime/engine/entered.hpp"
#include "runtime/engine/lean_actor.hpp"

namespace chargemill::runtime {
namespace {

constexpr std::size_t kBatch = 1024;           // activations between two looks at inbound and time
constexpr std::size_t kMessagesPerTurn = 256;  // of one actor, before the next has its turn
constexpr std::size_t kTimersPerTurn = 256;
constexpr std::size_t kPrefetchAhead = 4;
constexpr std::size_t kSpareBagsMax = 64;
constexpr std::uint64_t kGracePeriods = 3;  // begun before the death; after it; one more look
constexpr unsigned kSpins = 64;             // looks at the inbound queue before sleeping
constexpr Nanos kStarveMax = Millis{2};     // timers wait no longer for a ring that never empties
constexpr Nanos kSleepMax = Millis{100};    // also bounds how late a lost horizon is noticed

std::int64_t ns_of(SimTime time) noexcept { return time.time_since_epoch().count(); }

}  // namespace

Worker::Worker(Coordinator& coordinator, unsigned index)
    : execution_unit(&coordinator.system()),
      coordinator_(coordinator),
      index_(index),
      lane_(
          coordinator.options().pacing == Pacing::virtual_time
              ? std::make_unique<Lane>(coordinator.options().workers, coordinator.options().latency)
              : nullptr) {
  bags_.resize(coordinator.options().workers);
  spare_bags_.reserve(kSpareBagsMax);
}

Worker::~Worker() {
  for (MailBag* bag : spare_bags_) delete bag;
}

// One writer: a load and a store, no read-modify-write.
void Worker::count(std::atomic<std::uint64_t>& counter, std::uint64_t by) noexcept {
  // relaxed: a counter; orders nothing.
  counter.store(counter.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
}

void Worker::publish_waiting(std::uint64_t waiting) noexcept {
  // relaxed: gauges with one writer.
  counters_.waiting.store(waiting, std::memory_order_relaxed);
  if (waiting > counters_.waiting_max.load(std::memory_order_relaxed))
    counters_.waiting_max.store(waiting, std::memory_order_relaxed);
}

void Worker::exec_later(caf::resumable* job) {
  if (running == this) return ready_.push(Ready{job});
  hand_over(new ForeignJob{job});
}

void Worker::deliver(Address to, PacketBase* packet) {
  LeanActor* const actor = to.actor();
  if (to.worker() != index_) return put_into_bag(to.worker(), actor, packet);
  if (actor->flags_.terminated) {
    lose();
    return packet->request_deletion(false);
  }
  actor->local_.push(packet);
  ++waiting_;
  schedule(actor);
}

// Not an argument but the thread decides where it is: only it cannot be wrong.
void Worker::deliver_from_anywhere(LeanActor* to, caf::mailbox_element* element) {
  Worker* const here = running;
  const bool has_bags = here != nullptr && !here->is_virtual() && !here->is_disposing_ &&
                        &here->coordinator_ == &to->home_->coordinator_;
  if (here != to->home_ && has_bags) return here->put_into_bag(to->home_->index_, to, element);
  if (here != to->home_ || here->is_disposing_) return deliver_from_outside(to, element);
  if (to->flags_.terminated) {
    element->next = nullptr;
    (void)to->discard(element);
    return;
  }
  to->local_.push(element);
  ++here->waiting_;
  here->schedule(to);
}

// The other worker gets it with the rest, when the bag is full or this worker's batch is over.
void Worker::put_into_bag(unsigned home, LeanActor* to, caf::mailbox_element* element) {
  MailBag*& bag = bags_[home];
  if (bag == nullptr) {
    has_mail_ = true;
    if (spare_bags_.empty()) {
      bag = new MailBag;
    } else {
      bag = spare_bags_.back();
      spare_bags_.pop_back();
    }
  }
  bag->add(to, element);
  if (bag->is_full()) coordinator_.worker(home).hand_over(std::exchange(bag, nullptr));
}

void Worker::send_bags() {
  if (!has_mail_) return;
  has_mail_ = false;
  for (unsigned home = 0; home < bags_.size(); ++home) {
    if (bags_[home] != nullptr)
      coordinator_.worker(home).hand_over(std::exchange(bags_[home], nullptr));
  }
}

void Worker::open_bag(MailBag* bag) {
  for (std::uint32_t i = 0; i < bag->count; ++i) {
    if (i + kPrefetchAhead < bag->count) {
      const auto* const soon = reinterpret_cast<const char*>(bag->letters[i + kPrefetchAhead].to);
      __builtin_prefetch(soon + 128, 1);
      __builtin_prefetch(soon + 192, 1);
    }
    const auto [to, message] = bag->letters[i];
    if (to->flags_.terminated) {
      message->next = nullptr;
      (void)to->discard(message);
      continue;
    }
    // What came from outside before the bag was packed may have caused what is in it.
    to->take_arrived();
    to->local_.push(message);
    ++waiting_;
    schedule(to);
  }
  bag->count = 0;
  if (spare_bags_.size() < kSpareBagsMax) return spare_bags_.push_back(bag);
  delete bag;
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

void Worker::hand_over(InboundNode* node) {
  if (inbound_.push(node)) signal_.wake();
}

void Worker::schedule(LeanActor* actor) {
  if (actor->flags_.scheduled) return;
  actor->flags_.scheduled = true;
  ready_.push(Ready{actor});
}

void Worker::drain_inbound() {
  InboundNode* node = inbound_.take_all();
  if (node == nullptr) return;
  while (node != nullptr) {
    InboundNode* const next = node->inbound_next;
    switch (node->kind) {
      case InboundNode::Kind::lean: {
        auto* const actor = static_cast<LeanActor*>(node);
        actor->flags_.arrived = true;
        if (!actor->flags_.adopted) adopt(actor);
        schedule(actor);
        break;
      }
      case InboundNode::Kind::bag:
        open_bag(static_cast<MailBag*>(node));
        break;
      case InboundNode::Kind::job: {
        auto* const foreign = static_cast<ForeignJob*>(node);
        ready_.push(Ready{foreign->job});
        delete foreign;
      }
    }
    node = next;
  }
  if (!is_virtual()) wheel_.reserve(residents_.size());  // an actor has at most one timer
}

void Worker::adopt(LeanActor* actor) {
  actor->flags_.adopted = true;
  if (!is_virtual()) {
    actor->number_ = static_cast<std::uint32_t>(residents_.size());
    residents_.push_back(actor);
    return;
  }
  if (lane_->actors.size() <= actor->number_) lane_->actors.resize(actor->number_ + 1);
  lane_->actors[actor->number_] = Lane::Seat{actor, actor->lines_, actor->foresees()};
}

void Worker::run_one(Ready ready) {
  if (ready.is_lean()) {
    auto* const actor = ready.actor();
    actor->flags_.scheduled = false;
    if (!actor->flags_.terminated && actor->activate(kMessagesPerTurn) && is_virtual())
      settle_timer(*actor);
    return;
  }
  auto* const job = ready.job();
  switch (job->resume(this, kMessagesPerTurn)) {
    case caf::resumable::resume_later:
      return ready_.push(ready);
    case caf::resumable::awaiting_message:
    case caf::resumable::done:
      return caf::intrusive_ptr_release(job);
    case caf::resumable::shutdown_execution_unit:
      return;
  }
}

bool Worker::run_batch(std::size_t activations_max) {
  std::size_t done = 0;
  publish_waiting(waiting_);
  while (done < activations_max && !ready_.empty()) {
    if (ready_.size() > kPrefetchAhead) {
      // Actors are cold when there are many: fetch the fields of one that runs soon.
      const auto* const soon = reinterpret_cast<const char*>(ready_.peek(kPrefetchAhead).actor());
      __builtin_prefetch(soon + 128);
      __builtin_prefetch(soon + 192);
    }
    run_one(ready_.pop());
    ++done;
  }
  send_bags();
  publish_waiting(waiting_);
  // release: what the handlers wrote is visible to whoever sees this count; pairs with acquire in
  // Coordinator::all_asleep().
  counters_.activations.store(counters_.activations.load(std::memory_order_relaxed) + done,
                              std::memory_order_release);
  return done > 0;
}

bool Worker::run_ready() {
  const Entered entered{this};
  bool any = false;
  for (;;) {
    drain_inbound();
    if (!run_batch(kBatch)) break;
    any = true;
  }
  release_the_dead();
  return any;
}

SimTime Worker::limit(ModelClock::Wall wall) const noexcept {
  SimTime result = std::min(coordinator_.model_clock().target(wall), coordinator_.horizon());
  for (unsigned i = 0; i < coordinator_.workers(); ++i) {
    if (i == index_) continue;
    const SimTime other = coordinator_.worker(i).bound();
    if (other != kNever) result = std::min(result, other + coordinator_.options().lead_max);
  }
  return result;
}

// One timer, then all that it causes, then the next: a handler never sees a time that passes a due
// event, and what it sends to its own worker arrives before time moves on.
bool Worker::advance_time() {
  auto wall = ModelClock::wall_now();
  advanced_at_ = wall;
  if (coordinator_.is_frozen()) return false;
  const SimTime until = limit(wall);
  std::size_t fired = 0;
  while (fired < kTimersPerTurn) {
    const auto due = wheel_.pop(until);
    if (!due) break;
    now_ = std::max(now_, due->due);
    if (fired % 16 == 15) wall = ModelClock::wall_now();
    tick_lateness_.record(coordinator_.model_clock().lateness(due->due, wall));
    static_cast<LeanActor*>(due->payload)->fire();
    ++fired;
    run_batch(kBatch);
  }
  count(counters_.timers, fired);
  if (fired == 0 && ready_.empty()) now_ = std::max(now_, std::min(until, wheel_.next_due()));
  // relaxed: a bound that others compare with; it publishes nothing.
  bound_ns_.store(ns_of(now_), std::memory_order_relaxed);
  // A timer's wake-up counts as life, so that freeze() cannot overlook what it wrote.
  if (fired > 0)
    counters_.activations.store(counters_.activations.load(std::memory_order_relaxed) + fired,
                                std::memory_order_release);  // release: as in run_batch()
  return fired > 0;
}

void Worker::run() {
  const Entered entered{this};
  while (!coordinator_.is_stopping()) {
    drain_inbound();
    bool busy = run_batch(kBatch);
    release_the_dead();
    const bool starved = ModelClock::wall_now() - advanced_at_ > kStarveMax;
    if (ready_.empty() || starved) busy = advance_time() || busy;
    if (!busy && ready_.empty()) park();
  }
  coordinator_.await_all_stopped();
  dispose();
  PacketPool::drain();
}

void Worker::park() {
  for (unsigned i = 0; i < kSpins; ++i) {
    if (!inbound_.looks_empty()) return;
    __builtin_ia32_pause();
  }
  const auto before = ModelClock::wall_now();
  const SimTime next = wheel_.next_due();
  Nanos sleep = kSleepMax;
  if (!coordinator_.is_frozen() && next != kNever && next <= coordinator_.horizon() &&
      coordinator_.model_clock().started()) {
    sleep = coordinator_.model_clock().wall_of(next) - before;
    sleep = std::clamp(sleep, coordinator_.options().nap_min, kSleepMax);
  }
  if (!inbound_.try_sleep()) return;
  // relaxed: as in advance_time(). Asleep: nothing of this worker is left to do before that time.
  bound_ns_.store(ns_of(next), std::memory_order_relaxed);
  signal_.sleep(sleep);
  inbound_.stay_awake();
  bound_ns_.store(ns_of(now_), std::memory_order_relaxed);
  count(counters_.parked_ns, static_cast<std::uint64_t>((ModelClock::wall_now() - before).count()));
  // Nothing was due while asleep, so time may pass before what has arrived is handled.
  if (!coordinator_.is_frozen())
    now_ = std::max(now_, std::min(limit(ModelClock::wall_now()), wheel_.next_due()));
  bound_ns_.store(ns_of(now_), std::memory_order_relaxed);
}

SimTime Worker::bound() const noexcept {
  // relaxed: as in advance_time().
  return SimTime{Nanos{bound_ns_.load(std::memory_order_relaxed)}};
}

bool Worker::fire_one(SimTime limit) {
  const Entered entered{this};
  const auto due = wheel_.pop(limit);
  if (!due) return false;
  now_ = std::max(now_, due->due);
  static_cast<LeanActor*>(due->payload)->fire();
  send_bags();
  count(counters_.timers);
  return true;
}

void Worker::pass_to(SimTime time) {
  now_ = std::max(now_, time);
  bound_ns_.store(ns_of(now_), std::memory_order_relaxed);  // relaxed: as in advance_time()
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
    // relaxed: where the period begins; whoever was faster than this look makes it longer.
    grace_begin_[i] = coordinator_.worker(i).counters_.activations.load(std::memory_order_relaxed);
  }
  return has_begun;
}

// Whoever sent to an actor while it lived may still have the letter in a bag. It has sent the bag
// when a period is over that began after the death; and then this worker has to look into its
// inbound queue once more. By hand all is one thread, and a batch ends with empty bags.
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

void Worker::dispose() {
  const Entered entered{this};
  is_disposing_ = true;
  drain_inbound();
  if (is_virtual()) drop_arrivals();
  while (!residents_.empty()) residents_.back()->terminate(caf::exit_reason::user_shutdown);
  if (is_virtual()) {
    for (const Lane::Seat seat : lane_->actors) {
      if (seat.actor() != nullptr) seat.actor()->terminate(caf::exit_reason::user_shutdown);
    }
    lane_->actors.clear();
  }
  while (!ready_.empty()) {
    const Ready ready = ready_.pop();
    if (ready.is_lean()) {
      ready.actor()->flags_.scheduled = false;
    } else {
      caf::scheduler::abstract_coordinator::cleanup_and_release(ready.job());
    }
  }
  // One that another worker may still hand over stays for the second call, which finds it here.
  std::vector<Dead> expected;
  for (const Dead& dead : dead_) {
    if (dead.awaits_arrival && !dead.actor->flags_.arrived) {
      expected.push_back(dead);
    } else {
      caf::intrusive_ptr_release(dead.actor->ctrl());
    }
  }
  dead_.swap(expected);
}

}  // namespace chargemill::runtime
