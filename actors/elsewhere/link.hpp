// What is said to a central that is elsewhere, and what comes back: one interface, so that another
// protocol can stand beside the framed door.
#pragma once

#include <variant>

#include "actors/messages.hpp"

namespace chargemill::elsewhere {

/// What engines, monitors and drivers say. Energy targets and stays of requests stay here: the
/// charge point is here too.
using Said = std::variant<Status, Telemetry, SessionEnd, Register, Heartbeat, FaultReport,
                          HealthyReport, ChargeRequest, CancelRequest, DriverReturned, TicketAck>;

/// Central has taken it, or declined it. Each that was said is answered once, in order, or its link
/// is lost.
enum class Answer : std::uint8_t { taken, declined, unknown_point };
struct Answered {
  Said said;
  Answer answer;
};
struct Ordered {
  PointId point;
  std::variant<StartSupply, StopSupply, StopCp, ResumeCp, Shutdown> order;
};
/// Whether central can be reached from a charge point and its monitor, from a driver.
struct PointReach {
  PointId point;
  bool is_up;
};
struct DriverReach {
  DriverId driver;
  bool is_up;
};
/// What a link brings: to the stand-in of the shard that owns the point, or of the driver's shard.
using Heard = std::variant<Answered, Ordered, DriverUpdate, Ticket, PointReach, DriverReach>;

/// Threads: any worker calls say(). Never blocks; what cannot be carried is lost, and its
/// participant hears that central cannot be reached.
class Link {
 public:
  Link() = default;
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;
  virtual ~Link() = default;

  virtual void say(const Said& said, SimTime at) = 0;
};

}  // namespace chargemill::elsewhere
