// Where those outside ask a running network, and where they give their orders.
#pragma once

#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "actors/central/inspection.hpp"
#include "actors/director/director.hpp"
#include "actors/network/annex.hpp"
#include "actors/network/hand_book.hpp"
#include "actors/network/network.hpp"
#include "actors/network/others.hpp"

namespace chargemill::network {

/// Threads: any, except serve(). Lifetime: outlives the engine's workers, as the network does;
/// whoever is asked answers with what it holds, so doors close before and need not wait.
class Desk {
 public:
  /// `others`, which outlives this: the other nodes, if it is for those outside who ask about all;
  /// null: there are none, or it is for this node's part only.
  Desk(Network& network, runtime::Coordinator& engine, Others* others = nullptr);
  ~Desk();
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;

  /// In virtual time nobody outside may change anything: the same scenario and seed would no longer
  /// give the same digest.
  [[nodiscard]] bool may_change() const noexcept;
  [[nodiscard]] const Topology& topology() const noexcept { return network_.topology(); }
  /// All charge points that there are by now.
  [[nodiscard]] std::size_t points() const noexcept {
    return topology().points.size() + network_.annex().points();
  }
  /// Also of one that has joined. Requires a point that somebody has.
  [[nodiscard]] const PointSpec& spec(PointId point) const noexcept;
  [[nodiscard]] const Annex& annex() const noexcept { return network_.annex(); }
  /// How things stand, about now.
  [[nodiscard]] Snapshot look() const;
  [[nodiscard]] Detail detail() const;
  /// Whether other nodes have a part of the network.
  [[nodiscard]] bool has_others() const noexcept { return engine_.options().nodes > 1; }
  /// Whether the driver lives on another node, where no request by hand reaches it.
  [[nodiscard]] bool is_elsewhere(DriverId driver) const noexcept;
  [[nodiscard]] runtime::Coordinator& engine() const noexcept { return engine_; }
  /// Which node has a shard at the moment. Any thread.
  [[nodiscard]] unsigned node_of(std::uint32_t shard) const noexcept {
    return network_.node_of(shard);
  }
  [[nodiscard]] unsigned fleet_node_of(std::uint32_t shard) const noexcept {
    return network_.fleet_node_of(shard);
  }

  /// This node leads from now on. Before anybody outside asks; `others` outlives this.
  void lead(Others& others) noexcept { others_ = &others; }

  /// Lets `what` look at all shards, after what the calling thread has ordered before. False: so
  /// many are under way that it was not taken.
  [[nodiscard]] bool inspect(std::shared_ptr<central::Inspection> what);
  /// The same, of the one shard that owns `point`. Requires a point of the topology.
  [[nodiscard]] bool inspect(PointId point, std::shared_ptr<central::Inspection> what);
  /// The same, after what the calling thread has said to `point`, which is outside. In real time.
  [[nodiscard]] bool inspect_behind(PointId point, std::shared_ptr<central::Inspection> what);
  static constexpr std::size_t kOpenMax = 256;

  /// Copies what `wanted` means of this node's shards, at once: virtual time, while time stands
  /// still.
  [[nodiscard]] std::string copy_here(const CopyWanted& wanted);
  /// The same, while the workers run; `done` on one of them, or at once. The driving thread's,
  /// where central is elsewhere.
  void copy_here(const CopyWanted& wanted, Others::Done done) {
    copy_here(wanted, std::move(done), nullptr);
  }
  /// Carries out what another node has passed on, or passes it on; false: its point is elsewhere,
  /// and there is nobody here to ask who leads there.
  [[nodiscard]] bool obey(const Order& order);

  // Orders; each requires may_change() and points of the topology. They are handed over, in order.
  void order(const OperatorOrder& order);
  void inject(const director::Inject& fault);
  /// A charge point that was shut down, with its monitor where that is off as well.
  void switch_on(PointId point);
  /// Its monitor acts as if its checks failed (D-120), or no longer.
  void simulate_fault(PointId point, bool on);
  void plug(PointId point);
  void unplug(PointId point);
  /// What a monitor outside says of its charge point, to the shard that owns it (D-181 to D-183).
  void report(const Register& said);
  void report(const Heartbeat& said);
  void report(const FaultReport& said);
  void report(const HealthyReport& said);
  /// The menu of the charge point (D-106).
  void start(PointId point, const StartHere& what);

  // Those who join, and what drivers do by hand; each requires may_change(). A newcomer is found by
  // its name at once, and known to its shard a moment later.
  [[nodiscard]] Result<PointId> add(const PointSpec& spec) { return network_.join(spec); }
  [[nodiscard]] Result<DriverId> add(const NewDriver& driver) { return network_.join(driver); }
  [[nodiscard]] bool is_of_this_run(RequestId request) const noexcept {
    return network_.is_of_this_run(request);
  }
  /// One request of a guest, and what it is called there; dropped if one is open. Its number is
  /// known at once.
  [[nodiscard]] RequestId ask(DriverId driver, const Trip& trip, std::string_view name);
  void cancel(const CancelRequest& request);
  /// "What became of it?", of any request of a guest: the answer is an update (D-129).
  void ask_again(const AskRequest& request);
  /// A guest's request was not let in.
  void forget_name(RequestId request) { network_.given_names().forget(request); }
  /// Requests of a guest that an earlier run had let in.
  [[nodiscard]] std::vector<GivenNames::Given> requests_left_to(DriverId driver) const {
    return network_.given_names().left_to(driver);
  }
  /// One request of a driver besides its list (D-128), and giving it up (none: the present one).
  /// `done` hears the driver's answer, on its worker. False: too many wait for theirs.
  [[nodiscard]] bool ask_by_hand(DriverId driver, const Trip& trip, HandBook::Done done);
  [[nodiscard]] bool cancel_by_hand(DriverId driver, RequestId request, HandBook::Done done);
  /// What came of those requests.
  [[nodiscard]] const HandBook& hand_book() const noexcept { return hand_book_; }

  // Those outside; each requires may_change().
  /// How they are told things. Before the run begins; it outlives the network.
  void connect(outside::Line& line) { network_.connect(line); }
  [[nodiscard]] bool is_outside(PointId point) const {
    return network_.outside_point(point) != nullptr;
  }
  [[nodiscard]] bool is_outside(DriverId driver) const { return network_.is_guest(driver); }
  void say(PointId point, const outside::PointSays& what);
  /// Its monitor's connection is lost.
  void lose_monitor(PointId point);
  /// A guest has a connection, or has none any more: it is told what it missed (D-129).
  void call(DriverId driver);
  void hang_up(DriverId driver);
  void confirm(const TicketAck& ticket);

  /// The driving thread, now and then: hears what other nodes answer. In virtual time, while time
  /// stands still: answers those who have asked.
  void serve();
  /// Virtual time: somebody waits for serve().
  [[nodiscard]] bool is_waited_for();

 private:
  struct Errand;
  struct Gathering;

  [[nodiscard]] bool send(std::shared_ptr<central::Inspection> what, ShardId first, PointId only);
  /// Null: too many are under way.
  [[nodiscard]] Errand* admit(std::shared_ptr<central::Inspection> what, ShardId first,
                              PointId only);
  /// `first_read`, which lives until `done`, begins with what central knows, if that is here.
  void copy_here(const CopyWanted& wanted, Others::Done done, central::Inspection* first_read);
  void forget(const Errand* errand);
  void go(Errand& errand);
  void gather(Errand& errand);
  void serve(Errand& errand, SimTime now);
  void conclude(Errand& errand, const std::vector<std::string>& copies);
  [[nodiscard]] bool is_missed(const Errand& errand, const std::vector<central::ShardState>& shards,
                               const std::vector<std::string>& copies) const;
  void show(Errand& errand, const std::vector<central::ShardState>& shards, SimTime now);
  /// Whether another node has what is about `point`: then it has been handed there.
  [[nodiscard]] bool hand_over(PointId point, const Order& order);
  /// Whether somebody may have that number: of what other nodes say it is not known.
  [[nodiscard]] bool has_place(PointId point) const noexcept;
  [[nodiscard]] unsigned node_of(PointId point) const;
  [[nodiscard]] ShardId owner_of(PointId point) const;
  /// To the actor that `find` finds on this node, or to the node where it is; null: it is nowhere.
  template <class Event, class Find>
  void tell(PointId point, const Order& order, const Event& event, Find find);
  template <class Report>
  void tell_owner(const Report& said);
  void tell_director(PointId point, const Order& order, const director::Event& event);
  template <class Deed>
  void tell_inside(PointId point, const Order& order, const Deed& deed);
  /// False: there is none on this node.
  template <class Said>
  bool tell_driver(DriverId driver, const Said& said);
  void turn_away(DriverId driver, std::uint64_t errand);

  Network& network_;
  runtime::Coordinator& engine_;
  Others* others_;
  HandBook hand_book_;
  // Guarded by mutex_. Not on the way of any message: a worker takes it once an inspection.
  std::mutex mutex_;
  std::unordered_map<const Errand*, std::unique_ptr<Errand>> errands_;
  std::vector<Errand*> waiting_;  // virtual time
};

}  // namespace chargemill::network
