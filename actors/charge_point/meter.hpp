// The meter of a charge point: it is exact, and it outlives its engine (D-103).
#pragma once

#include <optional>
#include <vector>

#include "actors/messages.hpp"

namespace chargemill::charge_point {

/// A session that is over and whose end central has not confirmed.
struct EndRecord {
  SessionId session = SessionId::none;
  SimTime start{};
  SimTime end{};
  Energy delivered;
  DriverId driver{};
  SessionStatus status = SessionStatus::active;
  Reason reason = Reason::none;
  std::uint8_t ordinal = 0;  ///< counts ends, modulo 256; puts them in order with statuses
  bool sent = false;         ///< on this connection
};
static_assert(sizeof(EndRecord) == 40);

/// Energy of all sessions, and the ends that central has not confirmed.
///
/// Energy is a function of time, never a sum of ticks (D-108): the supply runs from `since` to
/// `stop_at`, which is fixed when it begins, so neither late ticks nor a hanging engine change a
/// total. Conservation, whenever no message is under way: total(now) is what central has booked,
/// and of each session that it has not confirmed what it has not booked of that.
struct Meter {
  /// A start is refused while so many ends wait; a running session so always finds a place.
  static constexpr std::size_t kEndsMax = 4;

  struct Running {
    SessionId session = SessionId::none;
    SimTime since{};
    SimTime stop_at{};  ///< target, stay or time limit reached, whichever is first; or kNever
    Energy target;      ///< 0: none
    DriverId driver{};
    Reason planned = Reason::none;  ///< why it stops at `stop_at`
  };
  bool active = false;
  std::uint8_t ends_made = 0;   ///< modulo 256
  std::vector<EndRecord> ends;  ///< oldest first; allocates with the first end, then no more
  Running running;              ///< meaningful while `active`
  Power power;                  ///< drawn while supplying
  Energy finished;              ///< of all sessions that are over

  [[nodiscard]] bool has_room() const noexcept { return ends.size() < kEndsMax; }

  /// Begins a supply at `now`. Requires !active and has_room(). `max_session` 0: no limit.
  void begin(const StartSupply& start, Nanos max_session, SimTime now);
  /// Ends it at `now`, or at `stop_at` if that was earlier, and keeps its end. Requires active.
  void finish(SessionStatus status, Reason reason, SimTime now);
  /// Energy of the running session in whole millijoules, rounded down; never beyond its target, nor
  /// beyond what its end will say. Zero if there is none.
  [[nodiscard]] Energy delivered(SimTime now) const noexcept;
  /// Central has booked the end of `session`: forget it.
  void confirm(SessionId session);
  /// All unconfirmed ends are to be sent again (D-047).
  void resend_ends() noexcept;

  [[nodiscard]] Energy total(SimTime now) const noexcept { return finished + delivered(now); }
  /// Delivered in sessions that central has not confirmed, less what `booked(session)` says that
  /// it has booked of each.
  template <class Booked>
  [[nodiscard]] Energy unreported(SimTime now, Booked booked) const {
    Energy sum = active ? delivered(now) - booked(running.session) : Energy{};
    for (const EndRecord& end : ends) sum += end.delivered - booked(end.session);
    return sum;
  }
};

}  // namespace chargemill::charge_point
