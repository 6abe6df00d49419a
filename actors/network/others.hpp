// The other nodes of a network, for those outside who ask one node about all of it.
#pragma once

#include <functional>
#include <string>
#include <variant>

#include "actors/director/director.hpp"
#include "actors/messages.hpp"
#include "actors/network/detail.hpp"
#include "actors/network/outcome.hpp"
#include "actors/network/shard_copy.hpp"

namespace chargemill::network {

/// Somebody plugs a vehicle in, or out, at a charge point.
struct PlugAt {
  PointId point{};
  bool is_in = false;
};
struct StartAt {
  PointId point{};
  StartHere what{};
};

/// Somebody switches a charge point on.
struct SwitchOnAt {
  PointId point{};
};

/// Somebody lets its monitor report a fault that is none.
struct SimulateAt {
  PointId point{};
  bool on = false;
};

/// What those outside tell a charge point that lives on another node, or those beside it.
using Order = std::variant<director::Inject, PlugAt, StartAt, Register, Heartbeat, FaultReport,
                           HealthyReport, SwitchOnAt, SimulateAt>;
static_assert(std::is_trivially_copyable_v<Order>);

/// Threads: any, but for copy_now() and serve().
class Others {
 public:
  using Done = std::function<void(std::string)>;

  Others() = default;
  Others(const Others&) = delete;
  Others& operator=(const Others&) = delete;
  virtual ~Others() = default;

  /// Copies of that node's shards (copies_from), on the driving thread; nothing if the node is lost
  /// or has no such shard any more.
  virtual void copy(unsigned node, const CopyWanted& wanted, Done done) = 0;
  /// The same at once: the driving thread's, in virtual time while time stands still. Empty: the
  /// node is lost.
  [[nodiscard]] virtual std::string copy_now(unsigned node, const CopyWanted& wanted) = 0;
  /// Carried out in the order in which they are given.
  virtual void order(unsigned node, const Order& order) = 0;
  /// How things stand on all of them, about now.
  [[nodiscard]] virtual Snapshot look() const = 0;
  [[nodiscard]] virtual Detail detail() const = 0;
  /// The driving thread's, now and then: hears what they answer.
  virtual void serve() = 0;
};

}  // namespace chargemill::network
