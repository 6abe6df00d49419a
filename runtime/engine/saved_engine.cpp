#include "runtime/engine/saved_engine.hpp"

#include <algorithm>

#include "runtime/base/assert.hpp"
#include "runtime/engine/entered.hpp"

namespace chargemill::runtime {
namespace {

constexpr std::uint8_t kTimer = 0xFF;  // in place of a kind

template <class V, class T>
void pass_counter(V& v, std::atomic<T>& counter) {
  T value = counter.load(std::memory_order_relaxed);  // relaxed (both): all threads stand
  v(value);
  if constexpr (V::kReads) counter.store(value, std::memory_order_relaxed);
}

}  // namespace

bool Coordinator::Saved::has_posts() const noexcept {
  return std::any_of(engine_.workers_.begin(), engine_.workers_.end(), [](const auto& worker) {
    return !worker->inbound_.looks_empty() || !worker->ready_.empty() ||
           sum_of(worker->waiting_) > 0;
  });
}

bool Coordinator::Saved::lives_on(Entity entity, const Lane& lane) const noexcept {
  return entity < lane.actors.size() && lane.actors[entity].actor() != nullptr;
}

// What no window depends on is left out: the half that is written, what is open, arenas.
template <class V>
void Coordinator::Saved::pass(V& v, Lane& lane) const {
  std::int64_t length_ns = lane.length_ns;
  v.same(static_cast<std::uint64_t>(length_ns));
  v.check(!lane.is_open && lane.open.empty());
  std::uint64_t orders = engine_.gives_orders() ? 0 : lane.orders;
  v(lane.window, lane.limit_ns, lane.opened_ns, orders, lane.timers_run, lane.timers_stood);
  v.check(lane.window >= 0 && lane.window < INT64_MAX / length_ns - 1);
  if constexpr (V::kReads) {
    // Who gives orders numbers them anew.
    if (!engine_.gives_orders()) lane.orders = orders;
    if (v.is_sound()) lane.end_ns = (lane.window + 1) * length_ns;
  }
}

template <class V>
void Coordinator::Saved::pass(V& v, Worker& worker) const {
  v(worker.now_);
  auto& c = worker.counters_;
  pass_counter(v, worker.bound_ns_);
  for (auto* counter : {&c.activations, &c.messages, &c.timers, &c.undeliverable, &c.failures,
                        &c.waiting, &c.waiting_max})
    pass_counter(v, *counter);
  for (auto* gauges : {&c.waiting_by_kind, &c.most_by_kind}) {
    for (auto& gauge : *gauges) pass_counter(v, gauge);
  }
}

/// Who wants to be woken when, and what is filed of it.
template <class V>
void Coordinator::Saved::pass_actors(V& v, Lane& lane) const {
  v.same(lane.actors.size());
  for (const Lane::Seat seat : lane.actors) {
    LeanActor* const actor = seat.actor();
    v.same(actor == nullptr ? 0 : 1);
    if (actor == nullptr || !v.is_sound()) continue;
    v.check(!actor->flags_.terminated);
    v(actor->wake_due_, actor->armed_ns_);
  }
}

void Coordinator::Saved::write(saved::Writer& v, const std::vector<Arrival>& list) const {
  v.whole(static_cast<std::uint64_t>(list.size()));
  for (const Arrival& a : list) {
    v(a.time_ns, a.to, a.from);
    if (!a.letter) {
      v.whole(kTimer);
      continue;
    }
    const auto tag = (*a.letter).tag;
    const auto kind = std::find_if(kinds_.begin(), kinds_.end(),
                                   [tag](const SavedLetter& one) { return one.tag == tag; });
    v.check(kind != kinds_.end());
    if (kind == kinds_.end()) return;
    v.whole(static_cast<std::uint8_t>(kind - kinds_.begin()));
    kind->write((*a.letter).content(), v);
  }
}

// By window, each in the order of filing.
void Coordinator::Saved::write(saved::Writer& v, const WindowCalendar& calendar) const {
  auto copy = std::make_unique<WindowCalendar>(calendar);
  std::vector<Arrival> list;
  for (auto window = copy->first(); window != WindowCalendar::kNone; window = copy->first()) {
    v(true, window);
    list.clear();
    copy->take(window, list);
    write(v, list);
  }
  v(false);
}

void Coordinator::Saved::write(saved::Writer& v) const {
  CHARGEMILL_ASSERT(kinds_.size() < kTimer);
  v.same(engine_.workers_.size());
  v.same(engine_.options_.node);
  v.check(!has_posts());
  if (!v.is_sound()) return;
  for (const auto& worker : engine_.workers_) {
    Lane& lane = *worker->lane_;
    pass(v, *worker);
    pass(v, lane);
    pass_actors(v, lane);
    write(v, lane.messages);
    write(v, lane.timers);
    const auto& sent = lane.outgoing[lane.half];
    for (unsigned home = 0; home < engine_.workers(); ++home) {
      write(v, sent.next[home]);
      write(v, sent.later[home]);
    }
  }
}

Arrival Coordinator::Saved::arrival(saved::Reader& v) {
  Arrival a{};
  std::uint8_t kind = kTimer;
  v(a.time_ns, a.to, a.from);
  v.whole(kind);
  v.check(kind == kTimer || kind < kinds_.size());
  if (!v.is_sound() || kind == kTimer) return a;
  if (const auto letter = kinds_[kind].read(v)) a.letter = *letter;
  return a;
}

void Coordinator::Saved::read(saved::Reader& v, std::vector<Arrival>& list) {
  std::uint64_t count = 0;
  v.whole(count);
  for (; count > 0 && v.is_sound(); --count) {
    const Arrival a = arrival(v);
    if (v.is_sound())
      list.push_back(a);
    else
      a.letter.release();
  }
}

void Coordinator::Saved::read(saved::Reader& v, Lane& lane, WindowCalendar& calendar) {
  const bool is_of_timers = &calendar == &lane.timers;
  std::vector<Arrival> list;
  auto former = WindowCalendar::Window{-1};
  for (;;) {
    bool is_there = false;
    auto window = former;
    v(is_there);
    if (!is_there || !v.is_sound()) return;
    v(window);
    // A window that a limit has cut holds what is later; timers that stood lie before.
    v.check(window > former && window < INT64_MAX / lane.length_ns - 1 &&
            (is_of_timers || window >= lane.window));
    list.clear();
    if (v.is_sound()) read(v, list);
    for (const Arrival& a : list) {
      v.check(static_cast<bool>(a.letter) != is_of_timers && lives_on(a.to, lane));
      v.check(a.time_ns < (window + 1) * lane.length_ns);
      if (v.is_sound())
        calendar.file(a, window);
      else if (a.letter)
        a.letter.release();
    }
    former = window;
  }
}

void Coordinator::Saved::read(saved::Reader& v) {
  v.same(engine_.workers_.size());
  v.same(engine_.options_.node);
  for (auto& worker : engine_.workers_) {
    // Whoever was spawned has its seat then.
    const Worker::Entered entered{worker.get()};
    worker->drain_inbound();
  }
  for (auto& worker : engine_.workers_) {
    if (!v.is_sound()) return;
    Lane& lane = *worker->lane_;
    pass(v, *worker);
    pass(v, lane);
    pass_actors(v, lane);
    lane.timers.drain([](const Arrival&) {});
    lane.messages.drain([](const Arrival& a) { a.letter.release(); });
    // A calendar begins anew, for windows that may be earlier than those it has seen.
    lane.messages = {};
    lane.timers = {};
    if (v.is_sound()) read(v, lane, lane.messages);
    if (v.is_sound()) read(v, lane, lane.timers);
    auto& sent = lane.outgoing[lane.half];
    sent.later_ns = INT64_MAX;
    for (unsigned home = 0; home < engine_.workers() && v.is_sound(); ++home) {
      const Lane& of = *engine_.workers_[home]->lane_;
      for (auto* const list : {&sent.next[home], &sent.later[home]}) {
        read(v, *list);
        for (const Arrival& a : *list)
          v.check(a.letter && lives_on(a.to, of) && a.time_ns >= lane.end_ns);
      }
      for (const Arrival& a : sent.later[home]) sent.later_ns = std::min(sent.later_ns, a.time_ns);
    }
  }
}

}  // namespace chargemill::runtime
