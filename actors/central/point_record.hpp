// What central knows about one charge point (D-040).
#pragma once

#include <array>

#include "actors/messages.hpp"
#include "runtime/resilience/local_breaker.hpp"

namespace chargemill::central {

inline constexpr std::uint32_t kNowhere = 0xFFFFFFFF;

/// How far the current session is.
///     none -> starting -> supplying -> none;   starting | supplying -> restored by a restart
enum class Stage : std::uint8_t {
  none,       ///< no session
  starting,   ///< accepted; the engine has neither begun nor refused (D-055)
  supplying,  ///< the engine has reported it, by a status or by telemetry
  restored,   ///< open when central restarted; the engine has not spoken of it since (D-086)
};

/// A session that is over here. Kept while its point may still speak of it.
struct ClosedSession {
  SessionId session = SessionId::none;
  RequestId request = RequestId::none;
  SimTime start{};
  Energy booked;
  Money cost;
  DriverId driver{};
  SessionStatus status = SessionStatus::active;
  Reason reason = Reason::none;  ///< of the terminal update
  Reason detail = Reason::none;
  Phase phase = Phase::disconnected;
  bool is_final = false;  ///< the point's own end is booked: what comes again is a repetition
  bool is_stray = false;  ///< never opened here: energy without a driver's session
};

/// As many as a point keeps unconfirmed ends: it cannot speak of an older one.
inline constexpr std::size_t kClosedKept = 4;
struct ClosedRing {
  std::array<ClosedSession, kClosedKept> sessions{};
  std::uint32_t next = 0;
};

struct PointRecord {
  // The current session; meaningful unless stage is none.
  SessionId session = SessionId::none;
  RequestId request = RequestId::none;
  SimTime begun{};   ///< admission, then the engine's own start
  SimTime heard{};   ///< its last status or telemetry
  Energy delivered;  ///< by its last telemetry
  Power power;

  Price price;
  SimTime monitor_seen{};
  SimTime injected = kNever;  ///< a fault that no monitor has found yet; for measuring
  SimTime filed = kNever;     ///< the earliest check in the deadline heap
  runtime::LocalBreaker breaker;

  PointId id{};
  DriverId driver{};
  std::uint32_t ring = kNowhere;       ///< its closed sessions, once it has any
  std::uint32_t free_slot = kNowhere;  ///< place among the free points of its zone
  std::uint16_t zone_slot = 0;
  runtime::Permit permit{};
  Stage stage = Stage::none;
  Phase phase = Phase::disconnected;  ///< what the engine reported
  DisplayState display = DisplayState::disconnected;
  Reason fault = Reason::none;
  bool registered : 1;
  bool engine_known : 1;
  bool monitor_ok : 1;
  bool faulty : 1;
  bool operator_stopped : 1;
  bool is_neutral : 1;  ///< ends for a reason that is not the point's: releases its probe (D-154)
  bool incident : 1;    ///< the failure of now is counted already (D-155)

  PointRecord() noexcept
      : registered(false),
        engine_known(false),
        monitor_ok(false),
        faulty(false),
        operator_stopped(false),
        is_neutral(false),
        incident(false) {}
};
static_assert(sizeof(PointRecord) <= 192, "a million points");

}  // namespace chargemill::central
