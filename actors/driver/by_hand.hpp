// Requests that a driver makes by hand, besides its list (D-128), and who hears what comes of them.
#pragma once

#include "actors/messages.hpp"

namespace chargemill::driver {

// clang-format off
/// Asks for `trip` now. Whoever wants it knows the answer by `errand`.
struct AskByHand    { Trip trip; std::uint64_t errand; };
/// Gives up the request, which is still under way (D-125); none: the present one.
struct CancelByHand { RequestId request; std::uint64_t errand; };
// clang-format on

enum class HandVerdict : std::uint8_t {
  taken,       ///< it is asked for, or given up
  busy,        ///< another request is open: a driver has one vehicle
  not_open,    ///< to be given up: it is over, or was never made by hand
  undecided,   ///< to be given up: nobody knows yet which charge point it is about
  no_central,  ///< to be given up: central cannot be reached
  away,        ///< the driver's program is closed
  not_free,    ///< the driver belongs to the scenario's load, or is outside
  halted,      ///< the run ends
  elsewhere,   ///< the driver is on its way to another node, where nobody asks by hand
};

/// `request`: the new one, the one that is given up, or the one that is in the way.
struct HandAnswer {
  std::uint64_t errand;
  RequestId request;
  DriverId driver;
  HandVerdict verdict;
};

/// Hears what becomes of requests by hand: first the answer, then the updates, in order.
/// Threads: the workers'.
class HandListener {
 public:
  HandListener() = default;
  HandListener(const HandListener&) = delete;
  HandListener& operator=(const HandListener&) = delete;
  virtual ~HandListener() = default;

  virtual void on_answer(const HandAnswer& answer) = 0;
  virtual void on_update(const DriverUpdate& update, SimTime at) = 0;
  /// Its driver waits no longer (D-125).
  virtual void on_timed_out(RequestId request, SimTime at) = 0;
};

}  // namespace chargemill::driver
