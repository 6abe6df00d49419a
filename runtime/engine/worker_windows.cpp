// The worker in virtual time: windows instead of a ready ring and a wheel.
#include <algorithm>
#include <utility>

#include "runtime/base/assert.hpp"
#include "runtime/base/prefetch.hpp"
#include "runtime/engine/coordinator.hpp"
#include "runtime/engine/entered.hpp"
#include "runtime/engine/frontier.hpp"
#include "runtime/engine/lean_actor.hpp"
#include "runtime/engine/worker.hpp"

namespace chargemill::runtime {
namespace {

// How many arrivals ahead each step of look_ahead() is.
constexpr std::size_t kSeatAhead = 16;
constexpr std::size_t kActorAhead = 8;
constexpr std::size_t kForesight = 5;
constexpr std::int64_t kForever = INT64_MAX;

std::int64_t ns_of(SimTime time) noexcept { return time.time_since_epoch().count(); }

// A seat leads to its actor, an actor to its own data: each is fetched when what leads to it is
// here, some arrivals ahead of its turn. Always inlined: see prefetch().
[[gnu::always_inline]] inline void fetch_seat(const Lane::Seat* seats, const Arrival& arrival) {
  prefetch(seats + arrival.to);
}

[[gnu::always_inline]] inline void fetch_actor(const Lane::Seat* seats, const Arrival& arrival) {
  const Lane::Seat seat = seats[arrival.to];
  const auto* const actor = reinterpret_cast<const char*>(seat.actor());
  prefetch(actor + LeanActor::kFirstHotByte, std::size_t{64} * seat.lines());
  prefetch(arrival.letter.get());
}

[[gnu::always_inline]] inline void foresee(const Lane::Seat* seats, const Arrival& arrival) {
  const Lane::Seat seat = seats[arrival.to];
  if (seat.foresees() && arrival.letter)
    static_cast<const Reactor*>(seat.actor())
        ->foresee(Message{(*arrival.letter).tag, (*arrival.letter).content()});
}

}  // namespace

void Worker::run_windows() {
  {
    const Entered entered{this};
    bool hears = coordinator_.hears_always();
    for (;;) {
      if (hears) drain_inbound();
      while (run_batch(SIZE_MAX) > 0) {
        if (hears) drain_inbound();
      }
      const WindowProposal proposal = propose();
      send_abroad();
      const WindowGrant grant = coordinator_.barrier().meet(index_, proposal);
      const bool has_news = grant.orders != lane_->orders || grant.timers != lane_->timers_run;
      const bool opens = !has_news && lane_->has_work(grant);
      hears = has_news || coordinator_.hears_always();
      if (hears) drain_inbound();  // knows whoever was spawned before anybody could write to it
      collect(grant, opens);
      if (grant.stop) break;
      if (has_news) {
        // What was posted before these orders has arrived by now: handle it, and propose anew.
        lane_->orders = grant.orders;
        let_timers_run(grant.timers);
        if (index_ == 0) coordinator_.go_on();
      } else if (opens) {
        open_window(grant);
      } else {
        // All that may be handled is: time stands at the limit, or where the last message led.
        const std::int64_t reached_ns = grant.timers ? grant.limit_ns : lane_->opened_ns;
        pass_to(std::max(now_, SimTime{Nanos{reached_ns}}));
        publish_by_kind({});
        coordinator_.pause(grant.orders);
      }
    }
  }
  coordinator_.await_all_stopped();
  dispose();
  PacketPool::drain();
}

// The first worker speaks for those who give orders, so that all act on the same.
WindowProposal Worker::propose() {
  WindowProposal result{WindowCalendar::kNone, kForever};
  if (index_ == 0) result = coordinator_.orders();
  result.earliest = lane_->earliest();
  return result;
}

// Before the meeting: whoever has met knows that all is on its way. The proposal counts it already.
void Worker::send_abroad() {
  Lane& lane = *lane_;
  auto& sent = lane.outgoing[lane.half];
  for (unsigned home = coordinator_.workers(); home < sent.next.size(); ++home) {
    auto& next = sent.next[home];
    auto& later = sent.later[home];
    if (next.empty() && later.empty()) continue;
    coordinator_.options().frontier->send(home - coordinator_.workers(), next, later);
    for (const Arrival& a : later) a.letter.release();  // the others go with their arena
    next.clear();
    later.clear();
  }
}

// Between two meetings nobody writes to the half that was written before the first of them.
void Worker::collect(const WindowGrant& grant, bool opens) {
  Lane& lane = *lane_;
  const unsigned sent = lane.half;
  const auto next = lane.window + 1;
  const bool opens_next = opens && grant.earliest == next;
  // What was filed was sent earlier: of messages that arrive at one time it comes first.
  if (opens_next) lane.messages.take(next, lane.open);
  for (unsigned i = 0; i < coordinator_.workers(); ++i) {
    auto& from = coordinator_.worker(i).lane_->outgoing[sent];
    const auto& soon = from.next[index_];
    if (opens_next) {
      lane.open.insert(lane.open.end(), soon.begin(), soon.end());
    } else {
      for (const Arrival& a : soon) lane.messages.file(a, next);
    }
    for (const Arrival& a : from.later[index_]) lane.messages.file(a, lane.window_of(a.time_ns));
  }
  if (coordinator_.options().frontier != nullptr) collect_from_abroad(grant, opens);
  lane.half ^= 1U;
  auto& mine = lane.outgoing[lane.half];
  for (auto& list : mine.next) list.clear();
  for (auto& list : mine.later) list.clear();
  mine.later_ns = kForever;
}

// As above. Another process has sent it: what comes too late is not believed.
void Worker::collect_from_abroad(const WindowGrant& grant, bool opens) {
  Lane& lane = *lane_;
  const auto next = lane.window + 1;
  auto& arrived = coordinator_.options().frontier->arrived(index_);
  for (auto* const list : {&arrived.next, &arrived.later}) {
    for (const Arrival& a : *list) {
      if (a.time_ns < lane.end_ns) {
        lose();
        a.letter.release();
      } else if (list == &arrived.next && opens && grant.earliest == next) {
        lane.open.push_back(a);
      } else {
        lane.messages.file(a, lane.window_of(a.time_ns));
      }
    }
    list->clear();
  }
}

void Worker::open_window(const WindowGrant& grant) {
  Lane& lane = *lane_;
  // What was sent in the window two before has been read; a window that a limit had cut goes on.
  if (lane.window != grant.earliest) lane.arenas[grant.earliest & 1].reset();
  lane.window = grant.earliest;
  lane.end_ns = (lane.window + 1) * lane.length_ns;
  lane.opened_ns = lane.end_ns;
  lane.limit_ns = grant.limit_ns;
  if (!grant.timers) lane.timers_stood = true;
  const std::int64_t start_ns = lane.end_ns - lane.length_ns;
  // A window that a limit had cut begins before that limit, which is reached all the same.
  // relaxed: as in advance_time().
  bound_ns_.store(std::max(start_ns, bound_ns_.load(std::memory_order_relaxed)),
                  std::memory_order_relaxed);

  lane.is_open = true;
  auto& open = lane.open;
  lane.messages.take(lane.window, open);
  if (grant.timers) take_timers();
  sort_canonically(open, lane.scratch, static_cast<Entity>(lane.actors.size()));

  // Behind the last there is always one to look ahead to.
  const std::size_t count = open.size();
  publish_waiting(count);
  if (count > 0) open.resize(count + kSeatAhead, Arrival{0, open.back().to, 0, {}});
  for (std::size_t i = 0; i < std::min(count, kSeatAhead); ++i)
    fetch_seat(lane.actors.data(), open[i]);
  for (std::size_t i = 0; i < std::min(count, kActorAhead); ++i)
    fetch_actor(lane.actors.data(), open[i]);
  for (std::size_t i = 0; i < std::min(count, kForesight); ++i)
    foresee(lane.actors.data(), open[i]);
  const Arrival* const end = open.data() + count;
  for (const Arrival* first = open.data(); first != end;) {
    const Arrival* last = first + 1;
    while (last != end && last->to == first->to) ++last;
    now_ = SimTime{Nanos{start_ns}};
    run_group(*lane.actors[first->to].actor(), first, last);
    first = last;
  }
  publish_by_kind(std::exchange(lane.handled, {}));
  open.clear();
  lane.is_open = false;
  now_ = SimTime{Nanos{start_ns}};
}

// Most timers have been moved away before they are due: a check is answered before its time-out. To
// see that takes one line of an actor, and spares its turn: no sorting, none of its data.
void Worker::take_timers() {
  Lane& lane = *lane_;
  auto& due = lane.due;
  due.clear();
  lane.timers.take(lane.window, due);
  const auto* const seats = lane.actors.data();
  const std::size_t count = due.size();
  for (std::size_t i = 0; i < count + kSeatAhead; ++i) {
    if (i < count) fetch_seat(seats, due[i]);
    if (i >= kActorAhead && i - kActorAhead < count)
      prefetch(&seats[due[i - kActorAhead].to].actor()->wake_due_);
    if (i < kSeatAhead) continue;
    const Arrival& timer = due[i - kSeatAhead];
    LeanActor& actor = *seats[timer.to].actor();
    if (timer.time_ns != actor.armed_ns_) continue;  // another one has been filed before it
    const std::int64_t wake_ns = ns_of(actor.wake_due_);
    if (wake_ns < lane.end_ns || actor.flags_.terminated) {
      lane.open.push_back(timer);
      continue;
    }
    actor.armed_ns_ = wake_ns;
    if (wake_ns != kForever)
      lane.timers.file(Arrival{wake_ns, timer.to, 0, {}}, lane.window_of(wake_ns));
  }
}

void Worker::look_ahead(const Arrival* at) const {
  const auto* const seats = lane_->actors.data();
  fetch_seat(seats, at[kSeatAhead]);
  fetch_actor(seats, at[kActorAhead]);
  foresee(seats, at[kForesight]);
}

// Merges an actor's messages with its one timer. At equal times messages come first, so that an
// answer that is just in time is in time.
void Worker::run_group(LeanActor& actor, const Arrival* first, const Arrival* last) {
  Lane& lane = *lane_;
  const std::int64_t until_ns = std::min(lane.limit_ns, lane.end_ns - 1);
  std::uint64_t messages = 0;
  std::uint64_t timers = 0;
  for (;;) {
    for (; first != last && !first->letter && first->time_ns <= until_ns; ++first) {
      look_ahead(first);
      if (first->time_ns == actor.armed_ns_) actor.armed_ns_ = kForever;
    }
    const std::int64_t message_ns = first != last ? first->time_ns : kForever;
    const std::int64_t wake_ns = lane.timers_run && !actor.flags_.terminated
                                     ? std::max(ns_of(actor.wake_due_), ns_of(now_))
                                     : kForever;
    if (std::min(message_ns, wake_ns) > until_ns) break;
    if (message_ns <= wake_ns) {
      look_ahead(first);
      now_ = SimTime{Nanos{message_ns}};
      if (actor.flags_.terminated) {
        lose();
      } else {
        actor.handle(Message{(*first->letter).tag, (*first->letter).content()});
        ++messages;
      }
      first->letter.release();
      ++first;
    } else {
      now_ = SimTime{Nanos{wake_ns}};
      actor.fire();
      ++timers;
    }
  }
  for (; first != last; ++first) keep(*first);
  settle_timer(actor);
  lane.handled[actor.actor_kind_] += static_cast<std::uint32_t>(messages);
  if (messages > 0) count(counters_.messages, messages);
  if (timers > 0) count(counters_.timers, timers);
}

/// Puts back what lies in the open window behind the limit.
void Worker::keep(const Arrival& arrival) {
  (arrival.letter ? lane_->messages : lane_->timers).file(arrival, lane_->window);
}

// One timer of an actor in the calendar is enough: a later wish waits until it has come, and then
// asks anew. So an actor that moves its timer to and fro does not fill the calendar.
void Worker::settle_timer(LeanActor& actor) {
  const std::int64_t due_ns = ns_of(actor.wake_due_);
  if (due_ns >= actor.armed_ns_ || actor.flags_.terminated) return;
  const std::int64_t at_ns = std::max(due_ns, ns_of(now_));
  actor.armed_ns_ = at_ns;
  lane_->timers.file(Arrival{at_ns, actor.number_, 0, {}}, lane_->window_of(at_ns));
}

// Windows have passed over timers that stood still: file them anew from where time is.
void Worker::let_timers_run(bool run) {
  Lane& lane = *lane_;
  lane.timers_run = run;
  if (!run || !lane.timers_stood) return;
  lane.timers_stood = false;
  lane.timers.drain([](const Arrival&) {});
  for (const Lane::Seat seat : lane.actors) {
    LeanActor* const actor = seat.actor();
    if (actor == nullptr) continue;
    actor->armed_ns_ = kForever;
    settle_timer(*actor);
  }
}

void Worker::drop_arrivals() {
  lane_->timers.drain([](const Arrival&) {});
  lane_->messages.drain([this](const Arrival& arrival) {
    lose();
    arrival.letter.release();
  });
}

}  // namespace chargemill::runtime
