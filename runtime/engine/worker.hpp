// One thread's share of the engine: its actors, what is ready, its timers, its sleep.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <caf/execution_unit.hpp>
#include <caf/resumable.hpp>
#include <cstdint>
#include <memory>
#include <vector>

#include "runtime/base/assert.hpp"
#include "runtime/base/cache_line.hpp"
#include "runtime/base/wake_signal.hpp"
#include "runtime/engine/address.hpp"
#include "runtime/engine/inbound_queue.hpp"
#include "runtime/engine/lane.hpp"
#include "runtime/engine/mail_bag.hpp"
#include "runtime/engine/model_clock.hpp"
#include "runtime/engine/packet.hpp"
#include "runtime/engine/ready_ring.hpp"
#include "runtime/engine/returned_bags.hpp"
#include "runtime/engine/timing_wheel.hpp"
#include "runtime/engine/waiting.hpp"
#include "runtime/engine/window_barrier.hpp"
#include "runtime/observe/histogram_recorder.hpp"
#include "runtime/observe/slowest_recorder.hpp"

namespace chargemill::runtime {

class Coordinator;
class LeanActor;

/// What a worker counts. Written by the worker only, but for `undeliverable`; read by anybody.
struct alignas(2 * kCacheLine) WorkerCounters {
  std::atomic<std::uint64_t> activations{0};  ///< also the sign of life of Coordinator::freeze()
  std::atomic<std::uint64_t> messages{0};
  std::atomic<std::uint64_t> timers{0};
  /// Sent to an actor that has terminated, or unknown. Written by whoever sent.
  std::atomic<std::uint64_t> undeliverable{0};
  std::atomic<std::uint64_t> failures{0};     ///< handlers that threw
  std::atomic<std::uint64_t> waiting{0};      ///< gauge: messages in the mailboxes of its actors
  std::atomic<std::uint64_t> waiting_max{0};  ///< the most that ever were
  std::atomic<std::uint64_t> parked_ns{0};    ///< wall time asleep
  /// Gauge: those that wait, by the kind of their actors. In virtual time, where all that a window
  /// holds waits when it opens: those of the latest one; 0 once time stands.
  std::array<std::atomic<std::uint32_t>, kActorKindsMax> waiting_by_kind{};
  std::array<std::atomic<std::uint32_t>, kActorKindsMax> most_by_kind{};  ///< that ever waited
};
static_assert(sizeof(WorkerCounters) == 2 * kCacheLine, "publishing writes one pair of lines");

/// Threads: all methods belong to the worker's own thread (or to the one that drives hand-moved
/// time), except those marked otherwise.
class Worker final : public caf::execution_unit {
 public:
  Worker(Coordinator& coordinator, unsigned index);
  ~Worker() override;

  // caf::execution_unit: an ordinary CAF actor became ready on this worker.
  void exec_later(caf::resumable* job) override;

  /// Hands a message over from a handler that runs on this worker.
  template <class T>
  void deliver(Address to, const T& content);
  /// Real time: fetches the first `bytes` of `to` but for CAF's part, which nobody reads, if it
  /// lives here.
  void fetch_resident(Address to, std::size_t bytes) const noexcept;
  /// Virtual time: sends from a handler of `from` that runs on this worker; takes the latency.
  template <class T>
  void mail(Address to, const T& content, Entity from);
  /// The same, to arrive after `delay`. Requires at least the latency.
  template <class T>
  void mail_after(Address to, const T& content, Entity from, Nanos delay);
  /// Any thread. Hands an element over and wakes the receiver's home if need be. What one thread
  /// hands over to one actor, by this or by deliver(), arrives in that order.
  static void deliver_from_anywhere(LeanActor* to, caf::mailbox_element* element);
  /// Any thread. Something to run that is not (yet) scheduled here.
  void hand_over(InboundNode* node);
  /// Any thread. Ends a sleep.
  void wake() { signal_.wake(); }
  /// The worker whose thread this is; null elsewhere.
  [[nodiscard]] static Worker* current() noexcept { return running; }

  /// The body of the worker's thread.
  void run();
  /// Its body in virtual time.
  void run_windows();
  /// Runs all that is ready, without moving time; true: there was something.
  bool run_ready();
  /// Hand-moved time: fires one timer due at or before `limit`, if there is one.
  bool fire_one(SimTime limit);
  [[nodiscard]] SimTime exact_next_due() { return wheel_.exact_next_due(); }
  /// Hand-moved time: nothing was due before `time`.
  void pass_to(SimTime time);
  /// Ends all actors that live here. No worker runs handlers any more.
  void dispose();

  [[nodiscard]] SimTime now() const noexcept { return now_; }
  [[nodiscard]] bool is_virtual() const noexcept { return lane_ != nullptr; }
  [[nodiscard]] unsigned index() const noexcept { return index_; }
  [[nodiscard]] Coordinator& coordinator() const noexcept { return coordinator_; }
  /// Any thread. The model time below which this worker has nothing left to do; kNever: it sleeps
  /// and has no timer.
  [[nodiscard]] SimTime bound() const noexcept;
  /// Any thread. Asleep with nothing to run.
  [[nodiscard]] bool is_asleep() const noexcept { return inbound_.is_asleep(); }
  [[nodiscard]] const WorkerCounters& counters() const noexcept { return counters_; }
  [[nodiscard]] const HistogramRecorder& tick_lateness() const noexcept { return tick_lateness_; }
  /// By the label of the actor whose timer it was.
  using SlowestTicks = SlowestRecorder<std::uint64_t>;
  [[nodiscard]] const SlowestTicks& slowest_ticks() const noexcept { return slowest_ticks_; }

 private:
  friend class LeanActor;
  friend class Coordinator;
  class Entered;

  /// How late it was that the timer of `actor` is handled at `wall`.
  void measure(const LeanActor& actor, SimTime due, ModelClock::Wall wall);

  /// A lean actor, or an ordinary resumable, told apart by the lowest bit of the pointer.
  class Ready {
   public:
    Ready() = default;
    explicit Ready(LeanActor* actor) noexcept : bits_(reinterpret_cast<std::uintptr_t>(actor)) {}
    explicit Ready(caf::resumable* job) noexcept
        : bits_(reinterpret_cast<std::uintptr_t>(job) | kForeign) {}
    [[nodiscard]] bool is_lean() const noexcept { return (bits_ & kForeign) == 0; }
    // NOLINTBEGIN(performance-no-int-to-ptr): what went in as a pointer comes out as one
    [[nodiscard]] LeanActor* actor() const noexcept { return reinterpret_cast<LeanActor*>(bits_); }
    [[nodiscard]] caf::resumable* job() const noexcept {
      return reinterpret_cast<caf::resumable*>(bits_ & ~kForeign);
    }
    // NOLINTEND(performance-no-int-to-ptr)

   private:
    static constexpr std::uintptr_t kForeign = 1;
    std::uintptr_t bits_ = 0;
  };

  void schedule(LeanActor* actor);
  static void deliver_from_outside(LeanActor* to, caf::mailbox_element* element);
  void deliver_here(LeanActor* to, PacketBase* packet);
  void put_into_bag(unsigned home, LeanActor* to, const PacketKind& kind, const void* content);
  void begin_bag(unsigned home);
  void send_bags();
  void send_bag(unsigned home);
  [[nodiscard]] MailBag* spare_bag();
  void keep_spare(MailBag* bag);
  void open_bag(MailBag* bag);
  void drain_inbound();
  void adopt(LeanActor* actor);
  void run_one(Ready ready);
  /// Says how many it ran.
  std::size_t run_batch(std::size_t activations_max);
  /// What model time may be now: the wall says so, and no other worker lags too far behind.
  [[nodiscard]] SimTime limit(ModelClock::Wall wall) const noexcept;
  void foresee_timers() const;
  bool advance_time();
  void park();
  // Virtual time (worker_windows.cpp).
  [[nodiscard]] WindowProposal propose();
  void send_abroad();
  void collect(const WindowGrant& grant, bool opens);
  void collect_from_abroad(const WindowGrant& grant, bool opens);
  void open_window(const WindowGrant& grant);
  void take_timers();
  void look_ahead(const Arrival* at) const;
  void run_group(LeanActor& actor, const Arrival* first, const Arrival* last);
  void keep(const Arrival& arrival);
  void settle_timer(LeanActor& actor);
  void let_timers_run(bool run);
  void drop_arrivals();
  void bury(LeanActor* actor, bool awaits_arrival);
  void release_the_dead();
  [[nodiscard]] bool is_grace_over();
  static void count(std::atomic<std::uint64_t>& counter, std::uint64_t by = 1) noexcept;
  /// Any thread. A message that nobody will handle.
  void lose() noexcept {
    // relaxed: a counter; orders nothing.
    counters_.undeliverable.fetch_add(1, std::memory_order_relaxed);
  }
  /// What waits in mailboxes, of which a handler changes plain counters only.
  void publish_mailboxes() noexcept;
  void publish_waiting(std::uint64_t waiting) noexcept;
  void publish_by_kind(const WaitingByKind& waiting) noexcept;

  static inline thread_local Worker* running = nullptr;

  Coordinator& coordinator_;
  const unsigned index_;
  SimTime now_{};
  ModelClock::Wall advanced_at_{};  // wall time of the last look at the timers
  ModelClock::Wall nap_ends_{};     // once idle it looks at them no earlier, whatever mail comes
  WaitingByKind waiting_{};         // in the mailboxes of its actors; not what is on its way
  ReadyRing<Ready> ready_;
  TimingWheel wheel_;
  std::vector<LeanActor*> residents_;  // in virtual time the lane's
  struct Dead {
    LeanActor* actor;
    bool awaits_arrival;  // somebody is still about to put it into the inbound queue
    std::uint64_t grace;  // the period in which it died
  };
  std::vector<Dead> dead_;
  std::uint64_t grace_ = 0;                 // periods in which every other worker sent its bags
  std::vector<std::uint64_t> grace_begin_;  // their activations at its begin
  std::vector<MailBag*> bags_;              // by the worker they go to; null: none begun
  bool has_mail_ = false;                   // one of them has been begun
  std::vector<MailBag*> spare_bags_;
  MailBag* given_back_ = nullptr;  // taken from returned_bags_, linked by inbound_next
  bool is_disposing_ = false;
  HistogramRecorder tick_lateness_;
  SlowestTicks slowest_ticks_;
  WorkerCounters counters_;
  const std::unique_ptr<Lane> lane_;  // null: real or hand-moved time
  // Written by other threads; on lines of their own.
  alignas(2 * kCacheLine) InboundQueue inbound_;
  alignas(2 * kCacheLine) WakeSignal signal_;
  alignas(2 * kCacheLine) ReturnedBags returned_bags_;
  // Written by this worker, read by the others.
  alignas(2 * kCacheLine) std::atomic<std::int64_t> bound_ns_{0};  // what it has reached
  std::atomic<std::int64_t> idle_until_ns_{0};                     // while it sleeps
  // The time at which mail ended its sleep. Written by the worker that sent it, and reset by this
  // one before it sleeps; read by all.
  std::atomic<std::int64_t> mail_ns_{INT64_MIN};
};

template <class T>
void Worker::deliver(Address to, const T& content) {
  static_assert(MailBag::bytes_of(sizeof(T)) <= MailBag::kRoom, "it never fits into a bag");
  if (to.worker() == index_) return deliver_here(to.actor(), Packet<T>::make(content));
  put_into_bag(to.worker(), to.actor(), Packet<T>::kKind, &content);
}

// The other worker gets it with the rest, when the bag is full or this worker's batch is over.
inline void Worker::put_into_bag(unsigned home, LeanActor* to, const PacketKind& kind,
                                 const void* content) {
  if (bags_[home] != nullptr && bags_[home]->try_add(to, kind, content)) return;
  begin_bag(home);
  const bool has_room = bags_[home]->try_add(to, kind, content);
  CHARGEMILL_ASSERT(has_room);
}

template <class T>
void Worker::mail(Address to, const T& content, Entity from) {
  Lane& lane = *lane_;
  if (!lane.is_open) return mail_after(to, content, from, Nanos{lane.length_ns});
  // All that is sent in a window arrives in the next.
  const std::int64_t time_ns = now_.time_since_epoch().count() + lane.length_ns;
  lane.outgoing[lane.half].next[to.home()].push_back(
      Arrival{time_ns, to.entity(), from, LetterPtr::in_window(lane.arena(), content)});
}

template <class T>
void Worker::mail_after(Address to, const T& content, Entity from, Nanos delay) {
  Lane& lane = *lane_;
  const std::int64_t time_ns = (now_ + delay).time_since_epoch().count();
  CHARGEMILL_ASSERT(time_ns >= lane.end_ns);
  auto& outgoing = lane.outgoing[lane.half];
  // What arrives in the next window lies in one list, with or without a delay: so the order of
  // sending is kept.
  if (lane.is_open && time_ns - lane.end_ns < lane.length_ns) {
    outgoing.next[to.home()].push_back(
        Arrival{time_ns, to.entity(), from, LetterPtr::in_window(lane.arena(), content)});
    return;
  }
  outgoing.later_ns = std::min(outgoing.later_ns, time_ns);
  outgoing.later[to.home()].push_back(
      Arrival{time_ns, to.entity(), from, LetterPtr::on_its_own(content)});
}

/// An ordinary CAF actor on its way to a worker.
struct ForeignJob : InboundNode {
  explicit ForeignJob(caf::resumable* what) : InboundNode(Kind::job), job(what) {}
  caf::resumable* job;
};

}  // namespace chargemill::runtime
