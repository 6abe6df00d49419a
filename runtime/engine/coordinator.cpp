#include "runtime/engine/coordinator.hpp"

#include <algorithm>
#include <caf/actor_system_config.hpp>

#include "runtime/base/assert.hpp"
#include "runtime/engine/frontier.hpp"
#include "runtime/engine/huge_pages.hpp"
#include "runtime/engine/time_slice.hpp"

namespace chargemill::runtime {

EngineConfig::EngineConfig(const EngineOptions& options) : options_(options) {
  if (options_.workers == 0) options_.workers = std::max(1U, std::thread::hardware_concurrency());
  load<Coordinator>();
}

Coordinator::Coordinator(caf::actor_system& system)
    : abstract_coordinator(system),
      options_(dynamic_cast<const EngineConfig&>(system.config()).options()),
      model_clock_(options_.pacing, options_.speed),
      barrier_(std::make_unique<ThreadBarrier>(
          options_.workers, options_.may_spin,
          options_.nodes == 1 ? ThreadBarrier::Agree{} : [this](const WindowGrant& here) {
            return options_.frontier->agree(here);
          })) {
  CHARGEMILL_ASSERT((options_.nodes > 1) == (options_.frontier != nullptr));
  CHARGEMILL_ASSERT(options_.node < options_.nodes);
  CHARGEMILL_ASSERT(options_.pacing != Pacing::virtual_time || options_.latency > Nanos{0});
  prefer_huge_pages();
  // Virtual time waits for its first order. A node that gives none has no horizon of its own.
  if (options_.pacing == Pacing::virtual_time && gives_orders()) set_horizon(SimTime{Nanos{-1}});
  for (unsigned i = 0; i < options_.workers; ++i)
    workers_.push_back(std::make_unique<Worker>(*this, i));
}

Coordinator::~Coordinator() = default;

caf::actor_system::module* Coordinator::make(caf::actor_system& system, caf::detail::type_list<>) {
  return new Coordinator(system);  // CAF's module table takes ownership of a raw pointer
}

Coordinator& Coordinator::of(caf::actor_system& system) {
  return static_cast<Coordinator&>(system.scheduler());
}

void Coordinator::init(caf::actor_system_config& config) {
  abstract_coordinator::init(config);
  num_workers_ = options_.workers;
}

void Coordinator::start() {
  caf_clock_thread_ = std::thread{[this] { caf_clock_.run_dispatch_loop(); }};
  if (options_.pacing == Pacing::paced) {
    for (auto& worker : workers_) {
      threads_.emplace_back([&worker] {
        ask_for_slice(kShortSlice);  // doors and their watchers share the cores: timers come first
        worker->run();
      });
    }
  } else if (options_.pacing == Pacing::virtual_time) {
    for (auto& worker : workers_) threads_.emplace_back([&worker] { worker->run_windows(); });
  }
  abstract_coordinator::start();
}

void Coordinator::stop() {
  // release: whatever the caller did before is visible to workers that leave; pairs with acquire in
  // is_stopping().
  stopping_.store(true, std::memory_order_release);
  {
    const std::lock_guard<std::mutex> lock(stopped_mutex_);  // nobody looks and then waits in vain
    stopped_signal_.notify_all();
  }
  give_orders();
  standing_place_.open_for_good();
  for (auto& worker : workers_) worker->wake();
  for (auto& thread : threads_) thread.join();
  if (threads_.empty()) {
    for (auto& worker : workers_) worker->dispose();
    PacketPool::drain();
  }
  stop_actors();
  departed_.clear();
  // What the utility actors left behind on their way out.
  for (auto& worker : workers_) worker->dispose();
  caf_clock_.cancel_dispatch_loop();
  caf_clock_thread_.join();
}

void Coordinator::enqueue(caf::resumable* job) {
  // relaxed: any worker will do; the counter only spreads them.
  const std::size_t turn = next_worker_.fetch_add(1, std::memory_order_relaxed);
  workers_[turn % workers_.size()]->exec_later(job);
}

void Coordinator::start_clock(SimTime at) noexcept {
  model_clock_.start(at);
  for (auto& worker : workers_) worker->wake();
}

void Coordinator::set_horizon(SimTime time) noexcept {
  // relaxed: workers only compare with it.
  horizon_ns_.store(time.time_since_epoch().count(), std::memory_order_relaxed);
}

SimTime Coordinator::horizon() const noexcept {
  // relaxed: as in set_horizon().
  return SimTime{Nanos{horizon_ns_.load(std::memory_order_relaxed)}};
}

SimTime Coordinator::reached() const noexcept {
  SimTime result = std::min(model_clock_.target(ModelClock::wall_now()), horizon());
  for (const auto& worker : workers_) result = std::min(result, worker->bound());
  return result;
}

bool Coordinator::is_stopping() const noexcept {
  // acquire: pairs with release in stop().
  return stopping_.load(std::memory_order_acquire);
}

bool Coordinator::is_frozen() const noexcept {
  // seq_cst: a worker that has woken by itself sees the flag, or freeze() sees it awake; pairs with
  // the store there. One that was awake all the time may see it late; freeze() waits for it.
  return frozen_.load(std::memory_order_seq_cst);
}

void Coordinator::thaw() noexcept {
  frozen_.store(false, std::memory_order_relaxed);      // relaxed: nothing hangs on when it is seen
  if (options_.pacing == Pacing::virtual_time) return;  // go_until() lets time run
  for (auto& worker : workers_) worker->wake();
}

// Two looks at all workers: asleep both times and no activation in between means that at the moment
// between the looks nobody ran and nothing was under way (a message under way either is in an
// inbound queue, whose owner then does not look asleep, or belongs to somebody who runs).
bool Coordinator::freeze(Nanos at_most) {
  // seq_cst: set before the scan below looks who sleeps; pairs with is_frozen() of a worker that
  // has just woken (InboundQueue::stay_awake()).
  frozen_.store(true, std::memory_order_seq_cst);
  if (options_.pacing == Pacing::virtual_time) {
    give_orders();
    return await_pause(at_most);
  }
  if (options_.pacing == Pacing::by_hand) {
    settle();
    return true;
  }
  for (auto& worker : workers_) worker->wake();
  const auto deadline = ModelClock::wall_now() + at_most;
  std::vector<std::uint64_t> before;
  std::vector<std::uint64_t> after;
  // A worker that has just missed the flag may be inside its last timers: it is awake until then.
  while (ModelClock::wall_now() < deadline) {
    // Then they stand where they are, and do not sleep any more.
    if (options_.frontier != nullptr && options_.frontier->tenure().is_over()) return false;
    if (all_asleep(before) && all_asleep(after) && before == after) return true;
    std::this_thread::yield();
  }
  return false;
}

void Coordinator::hold_still(const std::function<void()>& f) {
  CHARGEMILL_ASSERT(options_.pacing != Pacing::virtual_time);
  if (options_.pacing == Pacing::by_hand) return f();
  const auto wake = [this] {
    for (auto& worker : workers_) worker->wake();
  };
  standing_place_.hold(workers(), wake, f);
}

bool Coordinator::all_asleep(std::vector<std::uint64_t>& activations) const {
  activations.clear();
  for (const auto& worker : workers_) {
    if (!worker->is_asleep()) return false;
    // acquire: sees what the handlers wrote; pairs with release in Worker::run_batch().
    activations.push_back(worker->counters().activations.load(std::memory_order_acquire));
  }
  return true;
}

// relaxed: one thread spawns wherever the order matters.
Entity Coordinator::next_entity() noexcept {
  return entities_.fetch_add(1, std::memory_order_relaxed) + 1;
}

Address Coordinator::reserve(unsigned node) {
  CHARGEMILL_ASSERT(node < options_.nodes && node != options_.node);
  const std::uint32_t home = workers() + node;
  if (options_.pacing == Pacing::virtual_time) {
    places_.push_back(Address::of(next_entity(), home));
  } else {
    places_.push_back(Address::elsewhere(static_cast<Entity>(places_.size()) + 1, home));
  }
  return places_.back();
}

Entity Coordinator::number_of(Address place) const noexcept {
  CHARGEMILL_ASSERT(options_.pacing != Pacing::virtual_time && options_.nodes > 1);
  CHARGEMILL_ASSERT(place.worker() >= workers());
  const auto number =
      static_cast<Entity>(place.bits_ & ((std::uintptr_t{1} << Address::kHomeShift) - 1));
  CHARGEMILL_ASSERT(number > 0 && number <= places_.size());
  return number;
}

Address Coordinator::move_on(Address place, unsigned node) {
  CHARGEMILL_ASSERT(node < options_.nodes && node != options_.node);
  const Entity number = number_of(place);
  return places_[number - 1] = Address::elsewhere(number, workers() + node);
}

Address Coordinator::resident(Entity entity) const noexcept {
  if (entity == 0 || entity > places_.size()) return nullptr;
  const Address place = places_[entity - 1];
  return home_of(place) < workers() ? place : nullptr;
}

unsigned Coordinator::node_of(Entity entity) const noexcept {
  if (entity == 0 || entity > places_.size()) return options_.node;
  const unsigned home = home_of(places_[entity - 1]);
  return home < workers() ? options_.node : home - workers();
}

void Coordinator::deliver(Address to, PacketBase* packet) {
  Worker::deliver_from_anywhere(to.actor(), packet);
}

WindowProposal Coordinator::orders() const noexcept {
  WindowProposal result{};
  result.stop = is_stopping();
  result.limit_ns = INT64_MAX;
  if (!gives_orders()) return result;
  // A new limit under an old number would let time run before what was posted is heard.
  const std::lock_guard<std::mutex> lock(pause_mutex_);
  result.orders = orders_;
  result.timers = !is_frozen();
  // relaxed: ordered by the mutex.
  if (result.timers) result.limit_ns = horizon_ns_.load(std::memory_order_relaxed);
  return result;
}

void Coordinator::give_orders(std::optional<SimTime> limit) {
  const std::lock_guard<std::mutex> lock(pause_mutex_);
  if (limit) set_horizon(*limit);
  paused_ = 0;
  ++orders_;
  orders_signal_.notify_all();
}

void Coordinator::go_until(SimTime time) {
  CHARGEMILL_ASSERT(options_.pacing == Pacing::virtual_time);
  give_orders(time);
}

bool Coordinator::await_pause(Nanos at_most) {
  std::unique_lock<std::mutex> lock(pause_mutex_);
  return pause_signal_.wait_for(lock, at_most, [this] { return paused_ == workers_.size(); });
}

void Coordinator::pause(std::uint64_t orders) {
  std::unique_lock<std::mutex> lock(pause_mutex_);
  const auto newer = [&] { return orders_ != orders; };
  if (newer() && gives_orders()) return;
  if (++paused_ == workers_.size()) pause_signal_.notify_all();
  if (gives_orders()) orders_signal_.wait(lock, newer);
}

void Coordinator::go_on() {
  if (gives_orders()) return;  // give_orders() has said so
  const std::lock_guard<std::mutex> lock(pause_mutex_);
  paused_ = 0;
}

// And until stop() has been called: in virtual time workers leave on their own when nodes cannot
// agree any more, and whoever owns the engine still looks at what its actors show.
void Coordinator::await_all_stopped() {
  std::unique_lock<std::mutex> lock(stopped_mutex_);
  ++stopped_;
  stopped_signal_.notify_all();
  stopped_signal_.wait(lock, [this] { return stopped_ == workers_.size() && is_stopping(); });
}

void Coordinator::settle() {
  CHARGEMILL_ASSERT(options_.pacing == Pacing::by_hand);
  bool any = true;
  while (any) {
    any = false;
    for (auto& worker : workers_) any = worker->run_ready() || any;
  }
}

void Coordinator::pass(Nanos time) {
  if (is_frozen()) return settle();
  const SimTime until = model_clock_.target({}) + time;
  settle();
  for (;;) {
    Worker* first = nullptr;
    SimTime due = kNever;
    for (auto& worker : workers_) {
      const SimTime theirs = worker->exact_next_due();
      if (theirs < due) {
        due = theirs;
        first = worker.get();
      }
    }
    if (first == nullptr || due > until) break;
    if (due > model_clock_.target({})) model_clock_.move_to(due);
    for (auto& worker : workers_) worker->pass_to(model_clock_.target({}));
    first->fire_one(due);
    settle();
  }
  model_clock_.move_to(until);
  for (auto& worker : workers_) worker->pass_to(until);
}

}  // namespace chargemill::runtime
