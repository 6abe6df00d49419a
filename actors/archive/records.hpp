// What a journal keeps of a charging network: one struct a kind of record, plain data.
#pragma once

#include <type_traits>
#include <variant>

#include "actors/messages.hpp"
#include "runtime/resilience/breaker_word.hpp"

namespace chargemill::archive {

enum class EventType : std::uint8_t { fault, recovery, other };

// clang-format off

/// D-068, D-072, D-167.
struct Fault           { SimTime at; PointId point{}; ZoneId zone{}; EventType type{}; Reason reason{}; };
/// One for each status that central accepted (D-168).
struct Health          { SimTime at; PointId point{}; ZoneId zone{}; Phase phase{}; Reason reason{}; bool is_faulty = false; Reason fault{}; runtime::BreakerMode breaker{}; std::uint8_t failures = 0; };
/// Admitted (D-053).
struct SessionStart    { SimTime at; SessionId session{}; RequestId request{}; PointId point{}; DriverId driver{}; ZoneId zone{}; runtime::Permit permit{}; };
/// What a session had delivered by then (D-064); `begun`: when the engine began to supply.
struct Checkpoint      { SimTime at; SessionId session{}; SimTime begun; Energy delivered; Money cost; PointId point{}; DriverId driver{}; ZoneId zone{}; };
/// Closed, or corrected (D-075). It is the issue of its ticket as well: one record, so that no crash
/// comes between the two. `is_final`: the engine's own end. `is_stray`: never opened here, no ticket.
struct SessionEnd      { SimTime at; SessionId session{}; RequestId request{}; SimTime start; SimTime end; Energy delivered; Money cost; PointId point{}; DriverId driver{}; ZoneId zone{}; SessionStatus status{}; Reason reason{}; Reason detail{}; Phase phase{}; Refusal refusal{}; bool is_final = false; bool is_correction = false; bool is_stray = false; };
/// Its driver has confirmed it (D-083).
struct TicketDelivered { SimTime at; SessionId session{}; PointId point{}; DriverId driver{}; ZoneId zone{}; bool is_correction = false; };
/// A charge point that was not known, or whose price has changed (D-041).
struct Registration    { SimTime at; PointId point{}; ZoneId zone{}; Price price; };
/// An operator has stopped or resumed it (D-078).
struct OperatorState   { SimTime at; PointId point{}; ZoneId zone{}; bool is_stopped = false; };
/// Its breaker is another than before: also a count of failures (D-159).
struct BreakerState    { SimTime at; PointId point{}; ZoneId zone{}; SimTime opened; std::uint64_t word = 0; };

// What is repeated round and round, so that a restart need not read the whole journal (README).

/// All that central has to know of a point after a restart. `session` none: it has none.
struct PointState      { SimTime at; PointId point{}; ZoneId zone{}; Price price; std::uint64_t breaker = 0; SimTime breaker_opened; bool is_registered = false; bool is_faulty = false; bool is_stopped = false; Reason fault{}; SessionId session{}; RequestId request{}; DriverId driver{}; runtime::Permit permit{}; SimTime begun; SimTime heard; Energy delivered; Money cost; };
/// A closed session of which its point may still speak.
struct ClosedAgain     { SimTime at; SessionEnd end; };
/// A ticket that its driver has not confirmed.
struct TicketAgain     { SessionEnd end; };
/// A shard begins, or has finished, a round.
struct RoundMark       { SimTime at; ShardId shard{}; bool is_end = false; std::uint64_t sessions_made = 0; };
/// A run begins to write. `network`: what its points and shards are, as a number.
struct RunBegan        { SimTime at; std::uint64_t network = 0; std::uint64_t seed = 0; std::uint32_t run = 0; std::uint32_t points = 0; std::uint32_t drivers = 0; std::uint16_t shards = 0; };
/// The same once more, at the beginning of a round: its first word may be gone by then (retention).
struct RunAgain        { SimTime at; RunBegan run; };
/// A charge point, a driver, joined the run; once more at the beginning of each round.
struct PointJoined     { SimTime at; PointId point{}; ZoneId zone{}; Price price; Power power; bool is_outside = false; };
struct DriverJoined    { SimTime at; DriverId driver{}; bool is_outside = false; };
/// A request that was let in, to which its driver outside has given a name: by that the driver says it again (D-054).
/// `asked`: when it was let in; the rest: how it stands. Before its SessionStart, and once more in each round.
struct RequestNamed    { SimTime at; SimTime asked; RequestId request{}; SessionId session{}; Energy delivered; Money cost; PointId point{}; DriverId driver{}; SessionStatus status{}; Reason reason{}; Reason detail{}; Phase phase{}; Refusal refusal{}; };

/// What its meter said, when a run ended, of a session that central had closed without it and whose end its engine had
/// not said yet (D-075, D-103): what the session really delivered, until `at`.
struct OwedEnd         { SimTime at; SessionId session{}; SimTime begun; Energy delivered; Money cost; PointId point{}; DriverId driver{}; ZoneId zone{}; };

// clang-format on

/// The kinds on disk are the places in this list: append, never insert.
using Record =
    std::variant<Fault, Health, SessionStart, Checkpoint, SessionEnd, TicketDelivered, Registration,
                 OperatorState, BreakerState, PointState, ClosedAgain, TicketAgain, RoundMark,
                 RunBegan, RunAgain, PointJoined, DriverJoined, RequestNamed, OwedEnd>;
static_assert(std::is_trivially_copyable_v<Record>);
static_assert(sizeof(Record) <= 112, "it travels among the effects of a shard");

/// Whether a later record of the same kind and point may stand for it when the journal has no room.
/// The others are promises, or their fulfilment: none may be lost.
[[nodiscard]] constexpr bool may_merge(const Record& record) noexcept {
  return std::holds_alternative<Health>(record) || std::holds_alternative<Checkpoint>(record) ||
         std::holds_alternative<Registration>(record) ||
         std::holds_alternative<OperatorState>(record) ||
         std::holds_alternative<BreakerState>(record);
}

}  // namespace chargemill::archive
