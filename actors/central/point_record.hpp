// What central knows about one charge point (D-040).
#pragma once

#include <algorithm>
#include <array>
#include <limits>

#include "actors/messages.hpp"
#include "runtime/resilience/local_breaker.hpp"

namespace chargemill::central {

inline constexpr std::uint32_t kNowhere = 0xFFFFFFFF;
/// No failure so far. The hundredths before it reach 497 days; then they stay.
inline constexpr std::uint32_t kNotFailed = 0xFFFFFFFF;

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
  SimTime asked{};  ///< when its point was last told to stop it, at the latest by its closing
  DriverId driver{};
  SessionStatus status = SessionStatus::active;
  Reason reason = Reason::none;  ///< of the terminal update
  Reason detail = Reason::none;
  Phase phase = Phase::disconnected;
  Refusal refusal = Refusal::none;  ///< of the start, where that ended it
  bool is_final = false;  ///< the point's own end is booked: what comes again is a repetition
  bool is_stray = false;  ///< never opened here: energy without a driver's session
};

/// A ticket that its driver has not confirmed, and what else its driver may ask (D-129): the point
/// may long have forgotten the session.
struct KeptTicket {
  Ticket ticket;
  RequestId request = RequestId::none;
  Reason detail = Reason::none;
  Phase phase = Phase::disconnected;
  Refusal refusal = Refusal::none;
};

/// As many as a point keeps unconfirmed ends: it cannot speak of an older one.
inline constexpr std::size_t kClosedKept = 4;
struct ClosedRing {
  std::array<ClosedSession, kClosedKept> sessions{};
  std::uint32_t next = 0;
};

/// A quantity that a record keeps in 32 bits; what does not fit is the most that does.
[[nodiscard]] constexpr std::uint32_t in_32_bits(std::int64_t value) noexcept {
  constexpr std::int64_t kMost = std::numeric_limits<std::uint32_t>::max();
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(value, 0, kMost));
}
/// Watts: no point has 4 GW.
struct SmallPower {
  std::uint32_t w = 0;

  constexpr SmallPower() noexcept = default;
  // NOLINTNEXTLINE(google-explicit-constructor): the same quantity, in less room
  constexpr SmallPower(Power power) noexcept : w(in_32_bits(power.w)) {}
  // NOLINTNEXTLINE(google-explicit-constructor)
  constexpr operator Power() const noexcept { return {w}; }
};
/// Micro-euros: nobody may ask for more than 1,000 EUR/kWh.
struct SmallPrice {
  std::uint32_t microeur_per_kwh = 0;

  constexpr SmallPrice() noexcept = default;
  // NOLINTNEXTLINE(google-explicit-constructor): the same quantity, in less room
  constexpr SmallPrice(Price price) noexcept
      : microeur_per_kwh(in_32_bits(price.microeur_per_kwh)) {}
  // NOLINTNEXTLINE(google-explicit-constructor)
  constexpr operator Price() const noexcept { return {microeur_per_kwh}; }
};

/// Two cache lines: what every report and every heartbeat reads, and the rest.
struct alignas(64) PointRecord {
  SimTime monitor_seen{};
  SimTime filed = kNever;               ///< the earliest check that is filed
  SessionId session = SessionId::none;  ///< the current one; meaningful unless stage is none
  SimTime heard{};                      ///< of its engine: the last status or telemetry
  Energy delivered;                     ///< of the current session, by its last telemetry
  runtime::LocalBreaker breaker;
  PointId id{};
  std::uint32_t free_slot = kNowhere;  ///< place among the free points of its zone
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
  bool unplugged : 1;   ///< the start waits for a person; if none comes nobody is to blame (D-106)
  std::uint8_t watched = 0;  ///< as what its breaker and monitor are counted (refresh)
  /// When it was last given an order, in quarter seconds that wrap round after four and a half
  /// hours: then a reminder may wait for five seconds more.
  std::uint16_t told_at = 0;

  // Of the current session as well.
  alignas(64) RequestId request = RequestId::none;
  SimTime begun{};  ///< admission, then the engine's own start
  Money cost;       ///< by its last telemetry, as its engine says (D-218)
  SmallPower power;
  DriverId driver{};
  runtime::Permit permit{};
  std::uint16_t zone_slot = 0;   // here, where it fills a gap
  std::uint32_t checkpoint = 0;  ///< how many intervals of the session had begun at its last one

  std::uint32_t ring = kNowhere;         ///< its closed sessions, once it has any
  std::uint32_t rated_w = 0;             ///< watts at most; as the scenario says
  std::uint32_t failed_at = kNotFailed;  ///< the breaker's last failure, in hundredths of a second
  SmallPrice price;                      ///< as its monitor said: for the panel only (D-218)
  SimTime injected = kNever;             ///< a fault that no monitor has found yet; for measuring

  PointRecord() noexcept
      : registered(false),
        engine_known(false),
        monitor_ok(false),
        faulty(false),
        operator_stopped(false),
        is_neutral(false),
        incident(false),
        unplugged(false) {}
};
static_assert(sizeof(PointRecord) == 128, "a million points");

}  // namespace chargemill::central
