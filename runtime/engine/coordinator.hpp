// The engine: a CAF scheduler with one worker a core, a home for every actor, and one clock.
#pragma once

#include <algorithm>
#include <atomic>
#include <caf/actor_system.hpp>
#include <caf/detail/thread_safe_actor_clock.hpp>
#include <caf/make_actor.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "runtime/engine/engine_options.hpp"
#include "runtime/engine/lean_actor.hpp"
#include "runtime/engine/standing_place.hpp"
#include "runtime/engine/window_barrier.hpp"
#include "runtime/engine/worker.hpp"

namespace chargemill::runtime {

class Coordinator final : public caf::scheduler::abstract_coordinator {
 public:
  /// Virtual time: what the engine itself holds, as bytes (saved_engine.hpp).
  class Saved;
  /// Real and hand-moved time: how single actors rest, and go on elsewhere (parking.hpp).
  class Parking;

  explicit Coordinator(caf::actor_system& system);
  ~Coordinator() override;
  /// The hook that caf::actor_system_config::load asks for.
  static caf::actor_system::module* make(caf::actor_system& system, caf::detail::type_list<>);
  /// Requires a system made with EngineConfig.
  [[nodiscard]] static Coordinator& of(caf::actor_system& system);

  /// Spawns a lean actor with a given home. The engine holds it until it terminates, so the
  /// returned address may be used without a handle as long as that does not happen. Any thread.
  template <class T, class... Args>
  T* spawn(unsigned home, Args&&... args) {
    T* const actor = spawn_unnamed<T>(home, std::forward<Args>(args)...);
    if (options_.nodes > 1) places_.emplace_back(static_cast<const LeanActor*>(actor));
    return actor;
  }
  /// The same outside the order in which a cluster names its actors.
  template <class T, class... Args>
  T* spawn_unnamed(unsigned home, Args&&... args) {
    caf::actor_config config{workers_[home % workers_.size()].get()};
    auto handle = caf::make_actor<T, caf::actor>(system().next_actor_id(), system().node(),
                                                 &system(), config, std::forward<Args>(args)...);
    auto* const actor = static_cast<T*>(caf::actor_cast<caf::abstract_actor*>(handle));
    static_cast<LeanActor*>(actor)->lines_ = LeanActor::lines_of(std::min(sizeof(T), T::kHotBytes));
    static_assert(static_cast<std::size_t>(T::kKind) < kActorKindsMax);
    static_cast<LeanActor*>(actor)->actor_kind_ = static_cast<std::uint8_t>(T::kKind);
    actor->launch(config.host, false, true);
    return actor;
  }
  /// Real time, in a cluster: spawns an actor in the place of one that another node had. Requires
  /// an address of somebody elsewhere; in hold_still(), while nobody asks for a resident().
  template <class T, class... Args>
  T* take_over(Address place, unsigned home, Args&&... args) {
    T* const actor = spawn_unnamed<T>(home, std::forward<Args>(args)...);
    places_[number_of(place) - 1] = Address{static_cast<const LeanActor*>(actor)};
    return actor;
  }
  /// Likewise: who was on another node is now on `node`, which is not this one.
  [[nodiscard]] Address move_on(Address place, unsigned node);
  /// How many actors of a cluster have been named so far: the number of the last one.
  [[nodiscard]] Entity named() const noexcept { return static_cast<Entity>(places_.size()); }
  /// The address of an actor that another node spawns at the same place in the order of spawning.
  /// In a cluster one thread of each node names all actors, by spawn() or by this, in the same
  /// order.
  [[nodiscard]] Address reserve(unsigned node);
  /// Where the actor with this number lives; null: nobody has it, or another node does. Of a
  /// cluster, once all are spawned. Any thread.
  [[nodiscard]] Address resident(Entity entity) const noexcept;
  /// Which node it lives on; this one, if nobody has that number. Of a cluster, once all are
  /// spawned. Any thread.
  [[nodiscard]] unsigned node_of(Entity entity) const noexcept;
  /// The worker that it lives on. Requires a resident().
  [[nodiscard]] unsigned home_of(Address place) const noexcept {
    return options_.pacing == Pacing::virtual_time ? place.home() : place.worker();
  }
  /// Real time: hands a packet over to a resident(). Any thread.
  void deliver(Address to, PacketBase* packet);

  [[nodiscard]] ModelClock& model_clock() noexcept { return model_clock_; }
  [[nodiscard]] const EngineOptions& options() const noexcept { return options_; }
  [[nodiscard]] unsigned workers() const noexcept { return static_cast<unsigned>(workers_.size()); }
  /// Where actors can live, as this node sees it: its workers, then nodes.
  [[nodiscard]] unsigned homes() const noexcept {
    return options_.workers + (options_.nodes > 1 ? options_.nodes : 0);
  }
  [[nodiscard]] Worker& worker(unsigned index) const { return *workers_[index]; }

  /// Lets model time begin: now is `at`, which is zero unless others are there already. Any thread.
  void start_clock(SimTime at = {}) noexcept;
  /// Model time will not pass `time`; what is due at that time is still handled. Any thread.
  void set_horizon(SimTime time) noexcept;
  [[nodiscard]] SimTime horizon() const noexcept;
  /// The model time that all workers have reached. Any thread.
  [[nodiscard]] SimTime reached() const noexcept;

  /// Lets no timer fire any more, waits until every message is handled and no worker runs; then the
  /// caller may read the actors' states. False: still busy after `at_most` (wall), or this node may
  /// not act any more (Frontier::tenure()). Not a worker's.
  [[nodiscard]] bool freeze(Nanos at_most);
  /// Lets time go on.
  void thaw() noexcept;
  [[nodiscard]] bool is_frozen() const noexcept;
  /// Real and hand-moved time: calls `f` while every worker stands between two activations. Time
  /// and messages wait meanwhile, in order. Waits for handlers under way. Not a worker's; one
  /// thread at a time, before stop().
  void hold_still(const std::function<void()>& f);
  /// Real time: workers stand from their next activation on, for what they do would find no room;
  /// until let_go_on(), which is called in hold_still(). Any thread, but not in hold_still().
  void hold_up() { standing_place_.close(); }
  void let_go_on() noexcept { standing_place_.open(); }

  /// Virtual time: lets it run until all that is due at or before `time` is handled. Returns at
  /// once; a new call replaces the limit, also of a run under way. Any thread but a worker's.
  void go_until(SimTime time);
  /// Virtual time: waits until it stands still. False: still running after `at_most` (wall).
  [[nodiscard]] bool await_pause(Nanos at_most);

  /// Hand-moved time, one thread: handles every message, and those they cause.
  void settle();
  /// Hand-moved time: moves the clock by `time`, firing what falls due on the way.
  void pass(Nanos time);

  // caf::scheduler::abstract_coordinator
  void enqueue(caf::resumable* job) override;
  caf::actor_clock& clock() noexcept override { return caf_clock_; }
  void init(caf::actor_system_config& config) override;
  void start() override;
  void stop() override;

 private:
  friend class Worker;
  friend class LeanActor;

  [[nodiscard]] bool is_stopping() const noexcept;
  /// Of an address of somebody elsewhere, in real time.
  [[nodiscard]] Entity number_of(Address place) const noexcept;
  [[nodiscard]] StandingPlace& standing_place() noexcept { return standing_place_; }
  [[nodiscard]] Entity next_entity() noexcept;
  [[nodiscard]] WindowBarrier& barrier() noexcept { return *barrier_; }
  /// What those who drive virtual time want at the moment.
  [[nodiscard]] WindowProposal orders() const noexcept;
  /// A worker whose windows are done: waits for orders newer than `orders`. Where another node
  /// gives them, they come at the next meeting.
  void pause(std::uint64_t orders);
  /// The first worker has new orders: time does not stand still any more.
  void go_on();
  [[nodiscard]] bool gives_orders() const noexcept { return options_.node == 0; }
  /// Virtual time: whether workers hear what is posted at every meeting.
  [[nodiscard]] bool hears_always() const noexcept {
    return gives_orders() || !options_.hears_with_orders;
  }
  void give_orders(std::optional<SimTime> limit = std::nullopt);
  /// Called by each worker's thread: returns once all have left their loops.
  void await_all_stopped();
  [[nodiscard]] bool all_asleep(std::vector<std::uint64_t>& activations) const;

  EngineOptions options_;
  ModelClock model_clock_;
  std::vector<Address> places_;  // of a cluster: by entity, from 1; who is elsewhere too
  std::vector<std::unique_ptr<Worker>> workers_;
  // Of those that have left for another node: other threads may still name them for a moment.
  std::vector<std::pair<ModelClock::Wall, caf::strong_actor_ptr>> departed_;
  std::vector<std::thread> threads_;
  // Ordinary CAF actors keep CAF's clock (one thread); lean actors never use it.
  caf::detail::thread_safe_actor_clock caf_clock_;
  std::thread caf_clock_thread_;
  // Written by any thread that ends the system or sets limits; read by workers every turn.
  std::atomic<bool> stopping_{false};
  std::atomic<bool> frozen_{false};
  StandingPlace standing_place_;
  std::atomic<std::int64_t> horizon_ns_{INT64_MAX};
  std::atomic<Entity> entities_{0};  // numbers given out; written by whoever spawns
  // Virtual time. The mutex is taken by the first worker once a window.
  std::unique_ptr<WindowBarrier> barrier_;
  mutable std::mutex pause_mutex_;
  std::uint64_t orders_ = 0;  // guarded by pause_mutex_, and the limit that comes with them
  std::condition_variable pause_signal_;
  std::condition_variable orders_signal_;
  unsigned paused_ = 0;  // guarded by pause_mutex_: workers that wait for newer orders
  // The way out only: never taken while messages travel.
  std::mutex stopped_mutex_;
  std::condition_variable stopped_signal_;
  unsigned stopped_ = 0;  // guarded by stopped_mutex_
};

}  // namespace chargemill::runtime
