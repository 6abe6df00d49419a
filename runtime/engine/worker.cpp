#include "runtime/engine/worker.hpp"

#include <algorithm>
#include <caf/exit_reason.hpp>
#include <utility>

#include "runtime/base/assert.hpp"
#include "runtime/base/prefetch.hpp"
#include "runtime/engine/coordinator.hpp"
#include "runtime/engine/entered.hpp"
#include "runtime/engine/frontier.hpp"
#include "runtime/engine/lean_actor.hpp"

namespace chargemill::runtime {
namespace {

constexpr std::size_t kBatch = 1024;           // activations between two looks at inbound and time
constexpr std::size_t kMessagesPerTurn = 256;  // of one actor, before the next has its turn
constexpr std::size_t kTimersPerTurn = 256;
// The wall that lateness is measured with is read anew after so many timers or activations.
constexpr std::size_t kTimersPerStamp = 16;
constexpr std::size_t kActivationsPerStamp = 64;
constexpr std::size_t kPrefetchAhead = 4;
// How many timers ahead their actors are fetched, and then what those will touch.
constexpr std::size_t kTimerAhead = 6;
constexpr std::size_t kTimerBytes = 192;  // from the first hot one on
constexpr std::size_t kWakeForesight = 2;
constexpr unsigned kSpins = 64;          // looks at the inbound queue before sleeping
constexpr Nanos kStarveMax = Millis{2};  // timers wait no longer for a ring that never empties

std::int64_t ns_of(SimTime time) noexcept { return time.time_since_epoch().count(); }

}  // namespace

Worker::Worker(Coordinator& coordinator, unsigned index)
    : execution_unit(&coordinator.system()),
      coordinator_(coordinator),
      index_(index),
      lane_(coordinator.options().pacing == Pacing::virtual_time
                ? std::make_unique<Lane>(coordinator.homes(), coordinator.options().latency)
                : nullptr) {
  bags_.resize(coordinator.homes());
  slowest_ticks_.keep_for(coordinator.options().slowest_window());
}

Worker::~Worker() {
  for (MailBag* bag : spare_bags_) delete bag;
  for (MailBag* list : {given_back_, returned_bags_.take_all()}) {
    while (list != nullptr) delete std::exchange(list, static_cast<MailBag*>(list->inbound_next));
  }
}

// One writer: a load and a store, no read-modify-write.
void Worker::count(std::atomic<std::uint64_t>& counter, std::uint64_t by) noexcept {
  // relaxed: a counter; orders nothing.
  counter.store(counter.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
}

// Twice a batch, so its cost is none of a message's. That of a message is one plain counter, found
// by a byte of its actor that lies beside the flags.
void Worker::publish_mailboxes() noexcept {
  const std::uint64_t total = sum_of(waiting_);
  publish_waiting(total);
  // In virtual time only posts of the outside wait in mailboxes: nothing, as a rule, and that is
  // not to replace what the window before held.
  if (total > 0 || !is_virtual()) publish_by_kind(waiting_);
}

void Worker::publish_by_kind(const WaitingByKind& waiting) noexcept {
  for (std::size_t k = 0; k < waiting.size(); ++k) {
    // relaxed (all): gauges, written by this worker only and read by whoever looks (a scrape, a
    // summary), each on its own; they order nothing.
    counters_.waiting_by_kind[k].store(waiting[k], std::memory_order_relaxed);
    if (waiting[k] > counters_.most_by_kind[k].load(std::memory_order_relaxed))
      counters_.most_by_kind[k].store(waiting[k], std::memory_order_relaxed);
  }
}

void Worker::publish_waiting(std::uint64_t waiting) noexcept {
  // relaxed: as in publish_by_kind().
  counters_.waiting.store(waiting, std::memory_order_relaxed);
  if (waiting > counters_.waiting_max.load(std::memory_order_relaxed))
    counters_.waiting_max.store(waiting, std::memory_order_relaxed);
}

void Worker::exec_later(caf::resumable* job) {
  if (running == this) return ready_.push(Ready{job});
  hand_over(new ForeignJob{job});
}

void Worker::hand_over(InboundNode* node) {
  if (!inbound_.push(node)) return;
  // relaxed: a bound that others compare with; it publishes nothing. Its two writers, who ended the
  // sleep and the sleeper before the next, are not ordered: what is too old is covered by
  // bound_ns_, what is too new lets the others go a lead further. From outside the engine mail has
  // no time, and what was reached before the sleep counts.
  if (running != nullptr && &running->coordinator_ == &coordinator_)
    mail_ns_.store(ns_of(running->now_), std::memory_order_relaxed);
  signal_.wake();
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
    actor->flags_.foresees = actor->foresees();
    return;
  }
  if (lane_->actors.size() <= actor->number_) lane_->actors.resize(actor->number_ + 1);
  lane_->actors[actor->number_] = Lane::Seat{actor, actor->lines_, actor->foresees()};
}

void Worker::run_one(Ready ready) {
  if (ready.is_lean()) {
    auto* const actor = ready.actor();
    actor->flags_.scheduled = false;
    if (actor->flags_.terminated || actor->flags_.parked) return;
    if (actor->activate(kMessagesPerTurn) && is_virtual()) settle_timer(*actor);
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

std::size_t Worker::run_batch(std::size_t activations_max) {
  std::size_t done = 0;
  publish_mailboxes();
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
  if (done > 0) publish_mailboxes();
  // release: what the handlers wrote is visible to whoever sees this count; pairs with acquire in
  // is_grace_over(), which frees memory on it, and in Coordinator::all_asleep().
  // The load is relaxed: nobody else writes it.
  counters_.activations.store(counters_.activations.load(std::memory_order_relaxed) + done,
                              std::memory_order_release);
  return done;
}

bool Worker::run_ready() {
  const Entered entered{this};
  bool any = false;
  for (;;) {
    drain_inbound();
    if (run_batch(kBatch) == 0) break;
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

void Worker::measure(const LeanActor& actor, SimTime due, ModelClock::Wall wall) {
  if (due < coordinator_.options().measure_from) return;
  const Nanos late = coordinator_.model_clock().lateness(due, wall);
  tick_lateness_.record(late);
  if (slowest_ticks_.would_keep(late, now_)) slowest_ticks_.record(late, now_, actor.label());
}

void Worker::fetch_resident(Address to, std::size_t bytes) const noexcept {
  if (to.worker() != index_) return;
  const auto* const actor = reinterpret_cast<const char*>(to.actor());
  prefetch(actor + LeanActor::kFirstHotByte, bytes - LeanActor::kFirstHotByte);
}

// Timers fire in the order of time, which is none of memory's: each would wait for its actor, and
// then for whom that writes to. Of the first nothing is read before its line has come, for which
// the wheel asks when its tick opens.
void Worker::foresee_timers() const {
  const auto* const later = static_cast<const char*>(wheel_.soon(kTimerAhead));
  if (later != nullptr) prefetch(later + LeanActor::kFirstHotByte, kTimerBytes);
  const auto* const soon = static_cast<const LeanActor*>(wheel_.soon(kWakeForesight));
  if (soon != nullptr) static_cast<const Reactor*>(soon)->foresee_wake();
}

// One timer, then all that it causes, then the next: a handler never sees a time that passes a due
// event, and what it sends to its own worker arrives before time moves on. What takes more than
// kBatch activations goes on once other queues have been looked at, and the next timer waits for
// it. Beside a ring that never empties there is one timer a look, look after look until none is
// due.
bool Worker::advance_time() {
  auto wall = ModelClock::wall_now();
  const auto looked_at = std::exchange(advanced_at_, wall);
  if (coordinator_.is_frozen()) return false;
  const SimTime until = limit(wall);
  const bool is_starving = !ready_.empty();
  const std::size_t activations_max = is_starving ? 0 : kBatch;
  std::size_t fired = 0;
  std::size_t ran = 0;
  std::size_t unstamped = 0;  // activations since the wall was read
  do {
    const auto due = wheel_.pop(until);
    if (!due) break;
    now_ = std::max(now_, due->due);
    foresee_timers();
    if (fired % kTimersPerStamp == kTimersPerStamp - 1 || unstamped >= kActivationsPerStamp) {
      wall = ModelClock::wall_now();
      unstamped = 0;
    }
    auto* const actor = static_cast<LeanActor*>(due->payload);
    measure(*actor, due->due, wall);
    actor->fire();
    ++fired;
    const std::size_t done = run_batch(activations_max - ran);
    ran += done;
    unstamped += done;
  } while (fired < kTimersPerTurn && ran < activations_max);
  if (is_starving && fired > 0) advanced_at_ = looked_at;  // it still does
  count(counters_.timers, fired);
  if (fired == 0 && ready_.empty()) now_ = std::max(now_, std::min(until, wheel_.next_due()));
  // relaxed: a bound that others compare with; it publishes nothing.
  bound_ns_.store(ns_of(now_), std::memory_order_relaxed);
  // A timer's wake-up counts as life, so that freeze() cannot overlook what it wrote.
  if (fired > 0)
    counters_.activations.store(counters_.activations.load(std::memory_order_relaxed) + fired,
                                std::memory_order_release);  // as in run_batch()
  return fired > 0;
}

void Worker::run() {
  const Entered entered{this};
  Frontier* const frontier = coordinator_.options().frontier;
  while (!coordinator_.is_stopping()) {
    coordinator_.standing_place().pass();
    if (frontier != nullptr && frontier->tenure().is_over()) {
      frontier->on_end_of_tenure();
      coordinator_.hold_up();  // nobody lets them go on: they stand until the engine stops
      coordinator_.standing_place().pass();
      continue;
    }
    drain_inbound();
    bool busy = run_batch(kBatch) > 0;
    release_the_dead();
    const auto wall = ModelClock::wall_now();
    const bool starved = wall - advanced_at_ > kStarveMax;
    // Mail ends a sleep, not the nap of the timers: else two workers that write to each other keep
    // each other at looking for single timers.
    if (wall >= nap_ends_ && (ready_.empty() || starved)) busy = advance_time() || busy;
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
  if (nap_ends_ <= before) nap_ends_ = before + coordinator_.options().nap_min;
  const SimTime next = wheel_.next_due();
  const Nanos sleep_max = coordinator_.options().sleep_max;
  Nanos sleep = sleep_max;
  if (!coordinator_.is_frozen() && next != kNever && next <= coordinator_.horizon() &&
      coordinator_.model_clock().started()) {
    sleep =
        std::min(std::max(coordinator_.model_clock().wall_of(next), nap_ends_) - before, sleep_max);
  }
  // relaxed: published by the release in try_sleep(); see bound().
  idle_until_ns_.store(ns_of(next), std::memory_order_relaxed);
  mail_ns_.store(INT64_MIN, std::memory_order_relaxed);  // relaxed: see hand_over()
  if (!inbound_.try_sleep()) return;
  signal_.sleep(sleep);
  inbound_.stay_awake();
  count(counters_.parked_ns, static_cast<std::uint64_t>((ModelClock::wall_now() - before).count()));
  // Nothing was due while asleep, so time may pass before what has arrived is handled.
  if (!coordinator_.is_frozen())
    now_ = std::max(now_, std::min(limit(ModelClock::wall_now()), wheel_.next_due()));
  bound_ns_.store(ns_of(now_), std::memory_order_relaxed);  // relaxed: as in advance_time()
}

// A worker that sleeps is idle until its next timer; once mail for it has ended that sleep it is
// not, though its thread may not run yet: a host that holds it up holds the others up as well.
// The three words may be of different moments. That is wrong for one look at most, of which a
// worker makes one for up to 256 timers.
SimTime Worker::bound() const noexcept {
  // relaxed: is_asleep() acquires what was written before the sleep it sees; the others are as in
  // advance_time() and hand_over().
  if (inbound_.is_asleep()) return SimTime{Nanos{idle_until_ns_.load(std::memory_order_relaxed)}};
  return SimTime{Nanos{std::max(bound_ns_.load(std::memory_order_relaxed),
                                mail_ns_.load(std::memory_order_relaxed))}};
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
