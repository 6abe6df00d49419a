// Where those outside ask a running network, and where they give their orders.
#pragma once

#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "actors/central/inspection.hpp"
#include "actors/director/director.hpp"
#include "actors/network/network.hpp"

namespace chargemill::network {

/// Threads: any, except serve(). Lifetime: outlives the engine's workers, as the network does;
/// whoever is asked answers with what it holds, so doors close before and need not wait.
class Desk {
 public:
  Desk(Network& network, runtime::Coordinator& engine);
  ~Desk();
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;

  /// In virtual time nobody outside may change anything: the same scenario and seed would no longer
  /// give the same digest.
  [[nodiscard]] bool may_change() const noexcept;
  [[nodiscard]] const Topology& topology() const noexcept { return network_.topology(); }
  /// How things stand, about now.
  [[nodiscard]] Snapshot look() const { return network_.look(); }
  [[nodiscard]] Detail detail() const { return network_.detail(); }
  [[nodiscard]] runtime::Coordinator& engine() const noexcept { return engine_; }

  /// Lets `what` look at all shards, after what the calling thread has ordered before. False: so
  /// many are under way that it was not taken.
  [[nodiscard]] bool inspect(std::shared_ptr<central::Inspection> what);
  /// The same, of the one shard that owns `point`. Requires a point of the topology.
  [[nodiscard]] bool inspect(PointId point, std::shared_ptr<central::Inspection> what);
  static constexpr std::size_t kOpenMax = 256;

  // Orders; each requires may_change() and points of the topology. They are handed over, in order.
  void order(const OperatorOrder& order);
  void inject(const director::Inject& fault);
  void plug(PointId point);
  void unplug(PointId point);
  /// What a monitor outside says of its charge point, to the shard that owns it (D-181 to D-183).
  void report(const Register& said);
  void report(const Heartbeat& said);
  void report(const FaultReport& said);
  void report(const HealthyReport& said);
  /// The menu of the charge point (D-106).
  void start(PointId point, const StartHere& what);

  /// Virtual time, the driving thread, while time stands still: answers those who have asked.
  void serve();
  /// Virtual time: somebody waits for serve().
  [[nodiscard]] bool is_waited_for();

 private:
  struct Errand;

  [[nodiscard]] bool send(std::shared_ptr<central::Inspection> what, ShardId first, bool only_this);
  void forget(const Errand* errand);
  template <class Report>
  void tell_owner(const Report& said);

  Network& network_;
  runtime::Coordinator& engine_;
  // Guarded by mutex_. Not on the way of any message: a worker takes it once an inspection.
  std::mutex mutex_;
  std::unordered_map<const Errand*, std::unique_ptr<Errand>> errands_;
  std::vector<Errand*> waiting_;  // virtual time
};

}  // namespace chargemill::network
