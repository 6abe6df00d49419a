// A network of actors, built from a scenario: the only place that knows who talks to whom.
#pragma once

#include <array>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "actors/central/central_actor.hpp"
#include "actors/central/inspection.hpp"
#include "actors/central/shard_actor.hpp"
#include "actors/charge_point/charge_point_actor.hpp"
#include "actors/director/director_actor.hpp"
#include "actors/driver/driver_actor.hpp"
#include "actors/driver/request_run.hpp"
#include "actors/elsewhere/central_actor.hpp"
#include "actors/fleet/fleet_actor.hpp"
#include "actors/monitor/monitor_actor.hpp"
#include "actors/network/annex.hpp"
#include "actors/network/detail.hpp"
#include "actors/network/digest.hpp"
#include "actors/network/given_names.hpp"
#include "actors/network/others.hpp"
#include "actors/network/outcome.hpp"
#include "actors/network/placement.hpp"
#include "actors/network/slot.hpp"
#include "actors/network/succession.hpp"
#include "actors/network/topology.hpp"
#include "actors/outside/point_actor.hpp"
#include "actors/shell/instruments.hpp"
#include "actors/shell/memory.hpp"
#include "actors/shell/recording.hpp"
#include "actors/shell/switchboard.hpp"
#include "actors/supervisor/supervisor_actor.hpp"
#include "runtime/engine/coordinator.hpp"

namespace chargemill::network {

/// Spawns all actors at once; nothing moves before start(). Outlives the engine's workers: destroy
/// the actor system first. Threads: one drives it; look() may be called while the workers run.
class Network {
 public:
  /// `recording`, which outlives this, keeps what happens; null: nobody does. `image`: what an
  /// earlier run of the same network has left (D-084). `link`, which outlives the engine's workers:
  /// central is elsewhere, and this leads there; all hear that they reach it before they speak.
  /// `spread`: of a cluster; a node that joins one has none of the shards.
  Network(const Scenario& scenario, runtime::Coordinator& engine, Recording* recording = nullptr,
          const archive::Image* image = nullptr, elsewhere::Link* link = nullptr,
          const Spread& spread = {});
  ~Network();
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  /// From now on consoles are heard: call before start(), and hear() now and then.
  void open_consoles();
  /// Calls `f` with what consoles have shown since the last call, worker by worker; returns how
  /// much was missed so far because nobody called. The driving thread's.
  std::uint64_t hear(const std::function<void(const ConsoleNotice&)>& f);
  /// What happens is remembered, in a network that records nothing. Before start(); `memory`
  /// outlives this.
  void remember(Memory& memory);
  /// Switches everything on; model time zero should be now.
  void start();
  /// An actor without a supervisor has failed: what follows means nothing. Which, and why; empty:
  /// all is well. Any thread.
  [[nodiscard]] std::string failure() const {
    return failures_.happened() ? failures_.text() : std::string{};
  }
  /// Failures that supervisors have mended, and that no scenario asked for. Any thread.
  [[nodiscard]] Failures::Survived survived_failures() const { return failures_.survived(); }
  /// Whether a driver made it since this began; else one of an earlier run did.
  [[nodiscard]] bool is_of_this_run(RequestId request) const noexcept {
    return driver::run_of(request) == driver::run_of(RequestId{requests_made_});
  }
  /// No new load: no trips, no faults, no further lines of request files. What runs may end.
  void halt();
  /// The last words to the journal, if there is one: what open sessions have delivered until
  /// `now`, none: where time stands. From then on it stands there for count() as well, so that
  /// both say the same. Requires what count() requires.
  void close_recording(std::optional<SimTime> now = std::nullopt);
  /// How things stand, about now. Any time; not exact.
  [[nodiscard]] Snapshot look() const;
  /// The same, by zone and kind, for monitoring.
  [[nodiscard]] Detail detail() const;
  /// Of each latency the slowest of the latest minutes. Any time.
  [[nodiscard]] Slowest slowest() const;
  /// How things stand, exactly. Requires a frozen engine (or hand-moved time, settled).
  [[nodiscard]] Snapshot count() const { return count(time_of_count()); }
  /// The same, with the running sessions' energy at `now`; no message is under way any more.
  [[nodiscard]] Snapshot count(SimTime now) const;
  /// Where time stands. Requires that it does.
  [[nodiscard]] SimTime stands_at() const { return time_of_count(); }
  /// All actors of this node, what is under way between them, and what was counted, as bytes
  /// (runtime/saved); nobody's state may depend on the world outside: virtual time. Fails if
  /// somebody waits for a disk or for an answer from outside. Requires what count() requires, or a
  /// meeting of all workers.
  [[nodiscard]] Result<std::vector<std::byte>> save();
  /// The same network, built from the same scenario and not started, goes on from there. False, and
  /// it means nothing any more: these are no bytes of it.
  [[nodiscard]] bool load(const std::byte* data, std::size_t size);
  /// Each entity's part of the digest, in a fixed order. Requires what count() requires.
  [[nodiscard]] std::vector<EntityDigest> entity_digests() const;
  [[nodiscard]] const Topology& topology() const noexcept { return topology_; }

  // ---- those who join while it runs, in real time. Any thread.
  [[nodiscard]] const Annex& annex() const noexcept { return annex_; }
  [[nodiscard]] const TakenBack& taken_back() const noexcept { return taken_back_; }
  [[nodiscard]] Result<PointId> join(const PointSpec& spec);
  [[nodiscard]] Result<DriverId> join(const NewDriver& driver);

  // ---- those outside
  /// How they are told things; before start(). It outlives the engine's workers.
  void connect(outside::Line& line) noexcept { switchboard_.line = &line; }
  /// Who hears of requests by hand; likewise.
  void connect(driver::HandListener& hands) noexcept { switchboard_.hands = &hands; }
  /// Null: the point is inside, or nobody's. Any thread.
  [[nodiscard]] outside::PointActor* outside_point(PointId id) const;
  /// Null: the point is outside, or nobody's. Any thread.
  [[nodiscard]] charge_point::ChargePointActor* inside_point(PointId id) const;
  /// Null: nobody's. Any thread.
  [[nodiscard]] driver::DriverActor* any_driver(DriverId id) const;
  [[nodiscard]] bool is_guest(DriverId id) const;
  /// What guests call their requests. Any thread.
  [[nodiscard]] GivenNames& given_names() noexcept { return given_names_; }

  /// Of a cluster: among how many nodes shards were dealt out when it began. Any thread.
  [[nodiscard]] unsigned nodes() const noexcept { return dealt_among_; }
  /// Of a cluster: which node has this shard, with all that works beside it, as Placement says
  /// until one is lost, leaves or joins. Any thread.
  [[nodiscard]] unsigned node_of(std::uint32_t shard) const noexcept { return nodes_of_[shard]; }
  /// And which has its fleet, with the drivers. Any thread.
  [[nodiscard]] unsigned fleet_node_of(std::uint32_t shard) const noexcept {
    return fleet_nodes_of_[shard];
  }
  /// Whether the shard lives on this node.
  [[nodiscard]] bool has(ShardId id) const noexcept { return is_here(index_of(id)); }
  /// Whether its fleet does, with the drivers.
  [[nodiscard]] bool has_fleet(ShardId id) const noexcept { return is_fleet_here(index_of(id)); }
  /// Actors of a shard. Null: it lives elsewhere, where node_of() says, at once if it has just
  /// left. Any thread.
  [[nodiscard]] central::ShardActor* shard_here(ShardId id) const noexcept {
    return shards_[index_of(id)];
  }
  [[nodiscard]] director::DirectorActor* director_here(ShardId id) const noexcept {
    return directors_[index_of(id)];
  }
  /// The first shard that lives here; none: all live elsewhere. Any thread.
  [[nodiscard]] std::optional<ShardId> first_here() const noexcept {
    const std::uint32_t first = first_here_;
    if (first == Switchboard::kNoShard) return std::nullopt;
    return ShardId{static_cast<std::uint16_t>(first)};
  }
  /// Orders of the central that lives here bear `token` from now on. Before start().
  void fence(std::int64_t token) noexcept { switchboard_.token = token; }

  // ---- central is elsewhere
  [[nodiscard]] bool is_central_elsewhere() const noexcept { return link_ != nullptr; }
  /// What came from there, to the stand-in of `shard`. Requires is_central_elsewhere(). Any thread.
  void hear(ShardId shard, const elsewhere::Heard& what);

  // ---- shards of a lost node, in real time; each in Coordinator::hold_still(), while no message
  // of another node arrives
  /// Gives actors to what comes here. They do nothing before route().
  void adopt(const Scenario& scenario, const Inheritance& inheritance);
  /// From now on messages go where `route` says. Who came here begins to work, and whoever waits
  /// for an answer from what was lost asks again.
  void route(const Route& route);
  /// Open sessions of those shards, as this node has restored them.
  [[nodiscard]] Restored restored(const Inheritance& inheritance) const;

  // ---- shards that go to another node while this one lives, in real time; each in
  // Coordinator::hold_still(), and all but settle() while no message of another node arrives
  /// By which messages find all that works beside those shards.
  [[nodiscard]] std::vector<runtime::Entity> numbers_of(const std::vector<std::uint32_t>& shards,
                                                        Half half = Half::both);
  /// Lets all that waits on this node be handled, until what those shards have to say is on disk
  /// and said; false: the journal does not take it within `patience`. It may wait for a slow node:
  /// arrivals are not held.
  [[nodiscard]] bool settle(const std::vector<std::uint32_t>& shards, Nanos patience,
                            Half half = Half::both);
  /// At once after that, and then while no message of another node arrives: those shards rest, and
  /// live on `node`. What they are, as bytes. Nobody elsewhere says anything to them any more.
  /// Fails, and they stay, if something is under way there that cannot be kept.
  [[nodiscard]] Result<std::vector<std::byte>> depart(const std::vector<std::uint32_t>& shards,
                                                      unsigned node, Half half = Half::both);
  /// Those that departed are there: nothing of them is left here. What somebody outside has told
  /// them meanwhile is given to `told`; how many other messages for them came from nowhere else,
  /// and nobody heard.
  std::uint64_t forget_departed(const std::function<void(const Order&)>& told);
  /// They could not go, and go on here.
  void return_departed();
  /// Calls f with each shard that rests here and is not known to be elsewhere by all: until then
  /// nobody else can show it. A worker's, or the thread's that lets them depart.
  void each_departed(const std::function<void(const central::ShardState&)>& f) const;
  /// They are here now and go on as they were; before route(). False, and this network means
  /// nothing any more: these are no bytes of them.
  [[nodiscard]] bool arrive(const Scenario& scenario, const std::vector<std::uint32_t>& shards,
                            const std::vector<std::byte>& bytes, Half half = Half::both);

  // For tests that follow single actors; each requires one that lives here.
  [[nodiscard]] charge_point::ChargePointActor& point(PointId id) { return *points_[index_of(id)]; }
  [[nodiscard]] monitor::MonitorActor& monitor(PointId id) { return *monitors_[index_of(id)]; }
  [[nodiscard]] driver::DriverActor& driver(DriverId id) { return *drivers_[index_of(id)]; }
  [[nodiscard]] central::ShardActor& shard(ShardId id) { return *shards_[index_of(id)]; }
  [[nodiscard]] bool has_central() const noexcept { return central_ != nullptr; }
  [[nodiscard]] central::CentralActor& central() { return *central_; }
  [[nodiscard]] fleet::FleetActor& fleet(ShardId id) { return *fleets_[index_of(id)]; }
  [[nodiscard]] director::DirectorActor& director(ShardId id) { return *directors_[index_of(id)]; }
  [[nodiscard]] supervisor::SupervisorActor& supervisor(ShardId id) {
    return *supervisors_[index_of(id)];
  }
  [[nodiscard]] const Switchboard& switchboard() const noexcept { return switchboard_; }

 private:
  template <class V>
  void pass(V& v);
  void begin_recording(const Scenario& scenario, const archive::Image* image);
  [[nodiscard]] NameBook name_book() const;
  /// Which of its node's workers a shard lives on, modulo their number.
  [[nodiscard]] unsigned home_of(std::uint32_t shard) const noexcept { return homes_[shard]; }
  [[nodiscard]] bool is_here(std::uint32_t shard) const noexcept {
    return node_of(shard) == engine_.options().node;
  }
  [[nodiscard]] bool is_fleet_here(std::uint32_t shard) const noexcept {
    return fleet_node_of(shard) == engine_.options().node;
  }
  [[nodiscard]] bool is_here(std::uint32_t shard, Half half) const noexcept {
    return (half == Half::fleet || is_here(shard)) && (half == Half::shard || is_fleet_here(shard));
  }
  /// It lives on that node from now on.
  void settle_on(unsigned node, std::uint32_t shard, Half half) noexcept {
    if (half != Half::shard) fleet_nodes_of_[shard] = node;
    if (half != Half::fleet) nodes_of_[shard] = node;
  }
  /// Of a shard and what stands with it, and of its fleet and drivers.
  [[nodiscard]] Placement::Home shard_home(std::uint32_t shard) const noexcept {
    return {node_of(shard), home_of(shard)};
  }
  [[nodiscard]] Placement::Home fleet_home(std::uint32_t shard) const noexcept {
    return {fleet_node_of(shard), fleet_homes_[shard]};
  }
  /// Spawns an actor with the state that `make` makes; or, where another node does that, keeps its
  /// number. Either way it gets its place in both lists.
  template <class Actor, class Make>
  void place(Placement::Home home, std::vector<ActorSlot<Actor>>& actors,
             std::vector<runtime::Address>& seats, Make make);
  /// The same later, in the place of one that another node had.
  template <class Actor, class State>
  void replace(unsigned home, ActorSlot<Actor>& actor, runtime::Address& seat, State state) {
    Actor* const taken = engine_.take_over<Actor>(seat, home, std::move(state), switchboard_);
    actor = taken;
    seat = taken;
  }
  template <class F>
  void each_of(std::uint32_t shard, Half half, F f);
  void pass_on(central::Inspect inspect);
  [[nodiscard]] unsigned emptiest_home(Half half) const;
  void replace_shard_of(std::uint32_t index, const Scenario& scenario);
  void replace_fleet_of(std::uint32_t index, const Scenario& scenario);
  [[nodiscard]] Recorder& recorder_of(std::uint32_t shard) {
    return recording_->recorder(home_of(shard) % engine_.workers());
  }
  /// Of one worker; what they owe to whom is in the sum of all.
  [[nodiscard]] Instruments& figures_of(std::uint32_t shard, Half half) {
    const unsigned home = half == Half::fleet ? fleet_homes_[shard] : home_of(shard);
    return *instruments_[home % instruments_.size()];
  }
  void wake_with_journal(std::uint32_t index);
  void deal_out(const Spread& spread);
  void list_shards_here();
  void adopt_shard(std::uint32_t index, const Scenario& scenario, const Inheritance& inheritance);
  void adopt_fleet(std::uint32_t index, const Scenario& scenario, const Inheritance& inheritance);
  void adopt_central();
  void redirect(std::uint32_t shard, unsigned node);
  void redirect_fleet(std::uint32_t shard, unsigned node);
  void follow(const Route& route, const std::vector<bool>& moved);
  void ask_again(const std::vector<bool>& moved);
  void let_go_on(const std::vector<bool>& moved);
  void send_tickets_again(const std::vector<bool>& moved_fleets);
  void wake_adopted();
  [[nodiscard]] central::CentralState central_state() const;
  [[nodiscard]] charge_point::State point_state(std::uint32_t p, const archive::Image* image) const;
  [[nodiscard]] monitor::State monitor_state(std::uint32_t p, const ShardSeat& seat,
                                             const archive::Image* image) const;
  [[nodiscard]] driver::State driver_state(std::uint32_t d) const;
  void spawn_central();
  void spawn_shard(std::uint32_t index, const Scenario& scenario, const archive::Image* image);
  [[nodiscard]] central::ShardState shard_state(std::uint32_t index, const Scenario& scenario,
                                                const archive::Image* image,
                                                SimTime now = {}) const;
  [[nodiscard]] director::State director_state(std::uint32_t index, const Scenario& scenario) const;
  [[nodiscard]] fleet::State fleet_state(std::uint32_t index, const Scenario& scenario) const;
  void count_actors();
  void record_shard(std::uint32_t index);
  void spawn_points(std::uint32_t shard, const archive::Image* image);
  void spawn_drivers(const archive::Image* image);
  void spawn_outside(std::uint32_t shard, PointId id, const archive::Image* image);
  void count_points(Totals& totals, SimTime now) const;
  void count_drivers(Totals& totals) const;
  [[nodiscard]] std::uint64_t latecomers() const;
  void keep_places_free();
  void stand_in_for_central();
  void count_central(Totals& totals) const;
  void take_back(const archive::Image& image);
  void seat_again(const archive::Image& image);
  void welcome_again();
  [[nodiscard]] central::OwnedPoint late_point(std::uint32_t number) const;
  void seat(PointId id, const PointSpec& spec);
  void seat(DriverId id, const NewDriver& driver);
  void spawn_late(PointId id, const PointSpec& spec, const archive::Image* image);
  driver::DriverActor* spawn_late(DriverId id, const NewDriver& known);
  [[nodiscard]] central::ShardSettings shard_settings(std::uint32_t index,
                                                      const Scenario& scenario) const;
  [[nodiscard]] static fleet::Settings fleet_settings(std::uint32_t index,
                                                      const Scenario& scenario);
  [[nodiscard]] fleet::Arrivals arrivals_of(std::uint32_t index, const Scenario& scenario) const;
  [[nodiscard]] SimTime time_of_count() const;
  [[nodiscard]] std::array<std::uint64_t, director::kFaultKinds> injected_by_kind() const;
  void gather(Snapshot& snapshot) const;

  runtime::Coordinator& engine_;
  Recording* const recording_;
  Memory* memory_ = nullptr;  // outlives this
  elsewhere::Link* const link_;
  const Topology topology_;
  const unsigned dealt_among_;  // nodes
  const Placement placement_;
  charge_point::Settings point_settings_;
  std::unique_ptr<const fleet::Profile> profile_;
  Failures failures_;
  Switchboard switchboard_;
  std::vector<std::unique_ptr<Instruments>> instruments_;  // by worker
  std::vector<std::unique_ptr<ConsoleFeed>> consoles_;     // by worker
  // By id; null: another node has it, or it is outside.
  std::vector<ActorSlot<charge_point::ChargePointActor>> points_;
  std::vector<ActorSlot<monitor::MonitorActor>> monitors_;
  std::vector<ActorSlot<driver::DriverActor>> drivers_;
  ActorSlot<central::CentralActor> central_;
  std::vector<ActorSlot<central::ShardActor>> shards_;
  std::vector<elsewhere::CentralActor*> stand_ins_;  // by ShardId, if central is elsewhere
  std::vector<ActorSlot<fleet::FleetActor>> fleets_;
  std::vector<ActorSlot<director::DirectorActor>> directors_;
  std::vector<ActorSlot<supervisor::SupervisorActor>> supervisors_;
  std::vector<Slot<unsigned>> nodes_of_;        // by ShardId
  std::vector<Slot<unsigned>> fleet_nodes_of_;  // likewise
  std::vector<unsigned> homes_;                 // by ShardId, as home_of()
  std::vector<unsigned> fleet_homes_;           // likewise
  Slot<std::uint32_t> first_here_;              // kNoShard: this node has none
  Slot<unsigned> central_node_;
  std::vector<std::uint32_t> adopted_;         // shards that came here and do not work yet
  std::vector<std::uint32_t> adopted_fleets_;  // likewise
  /// One that rests here until all know that it lives elsewhere, shard by shard as they were named.
  struct Departed {
    std::uint32_t shard = 0;
    runtime::LeanActor* actor = nullptr;
    SimTime due{};
  };
  std::vector<Departed> departed_;
  Half departed_half_ = Half::both;
  std::vector<runtime::Entity> first_numbers_;        // of a cluster: by ShardId, the shard's own
  runtime::Entity first_driver_number_ = 0;           // likewise
  std::vector<DriverId> owed_;                        // drivers with tickets from an earlier run
  std::vector<outside::PointActor*> outside_points_;  // by PointId, as far as there are any
  std::array<Slot<std::uint64_t>, kActorKinds> actors_here_;  // of the scenario, by kind
  Annex annex_;
  const Nanos health_interval_, driver_pause_, driver_timeout_;
  const archive::Origin origin_;
  const std::uint32_t run_;          // number of the latest run before this one; 0: there was none
  std::uint32_t requests_made_ = 0;  // by a driver of an earlier run, at most
  GivenNames given_names_;
  std::uint32_t taken_back_points_ = 0, taken_back_drivers_ = 0;  // who had joined an earlier run
  TakenBack taken_back_;                                          // likewise, as it was not

  /// Who has joined, in order of ids.
  struct LatePoint {
    charge_point::ChargePointActor* point = nullptr;  // inside
    monitor::MonitorActor* monitor = nullptr;         // likewise
    outside::PointActor* outside = nullptr;
  };
  mutable std::mutex late_mutex_;
  std::vector<LatePoint> late_points_;              // guarded by late_mutex_
  std::vector<driver::DriverActor*> late_drivers_;  // likewise
  std::deque<driver::Plan> late_plans_;             // likewise; they stay where they are
  std::vector<bool> late_guests_;                   // likewise
  std::optional<SimTime> closed_at_;                // what was recorded ends there
};

}  // namespace chargemill::network
