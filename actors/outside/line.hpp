// How what is said to a participant outside reaches it.
#pragma once

#include <variant>

#include "actors/messages.hpp"

namespace chargemill::outside {

/// What central orders a charge point to do.
using Order = std::variant<StartSupply, StopSupply, StopCp, ResumeCp, Shutdown>;
struct OrderFor {
  PointId point;
  Order order;
};
/// To the charge point of the order, or to the driver that an update or a ticket names.
using News = std::variant<OrderFor, DriverUpdate, Ticket>;

/// Threads: any worker. Never blocks: whoever carries it may lose it, as any line may.
class Line {
 public:
  Line() = default;
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;
  virtual ~Line() = default;

  virtual void tell(const News& news, SimTime at) = 0;
};

}  // namespace chargemill::outside
