// Time that only rises, whatever is done to the clock of the machine; it goes on while the machine,
// or the process, is suspended: a lease does so too.
#pragma once

#include <chrono>

#include "runtime/base/units.hpp"

namespace chargemill::runtime::agreement {

/// It has no now(): time always arrives as an argument.
struct MachineClock {
  using duration = Nanos;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<MachineClock>;
  static constexpr bool is_steady = true;  // NOLINT(readability-identifier-naming): std's name
};
using MachineTime = MachineClock::time_point;

}  // namespace chargemill::runtime::agreement
