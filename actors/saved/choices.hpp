// The last value of each choice that states and messages hold: bytes beyond it are none.
#pragma once

#include "actors/central/round.hpp"
#include "actors/central/shard.hpp"
#include "actors/charge_point/charge_point.hpp"
#include "actors/director/director.hpp"
#include "actors/driver/driver.hpp"
#include "actors/monitor/monitor.hpp"
#include "runtime/saved/fields.hpp"

namespace chargemill::runtime::saved {

// clang-format off
template <> inline constexpr Phase kLast<Phase> = Phase::fault;
template <> inline constexpr DisplayState kLast<DisplayState> = DisplayState::disconnected;
template <> inline constexpr Command kLast<Command> = Command::shutdown;
template <> inline constexpr Refusal kLast<Refusal> = Refusal::no_central;
template <> inline constexpr PayloadDefect kLast<PayloadDefect> = PayloadDefect::no_driver;
template <> inline constexpr UpdateStatus kLast<UpdateStatus> = UpdateStatus::failed;
template <> inline constexpr SessionStatus kLast<SessionStatus> = SessionStatus::failed;
template <> inline constexpr Reason kLast<Reason> = kLastReason;
template <> inline constexpr ActorKind kLast<ActorKind> = ActorKind::director;
template <> inline constexpr OperatorAction kLast<OperatorAction> = OperatorAction::reset_breaker;
template <> inline constexpr charge_point::Life kLast<charge_point::Life> = charge_point::Life::crashed;
template <> inline constexpr monitor::Life kLast<monitor::Life> = monitor::Life::crashed;
template <> inline constexpr central::Stage kLast<central::Stage> = central::Stage::restored;
template <> inline constexpr central::RoundCursor::Part kLast<central::RoundCursor::Part> = central::RoundCursor::Part::tickets;
template <> inline constexpr driver::Mode kLast<driver::Mode> = driver::Mode::guest;
template <> inline constexpr driver::Stage kLast<driver::Stage> = driver::Stage::finished;
template <> inline constexpr driver::Counted kLast<driver::Counted> = driver::Counted::denied;
template <> inline constexpr director::FaultKind kLast<director::FaultKind> = director::FaultKind::telemetry_error;
template <> inline constexpr director::Action kLast<director::Action> = director::Action::heal;
// clang-format on

// Words and sums of one kind, whose fields are private or many.
template <>
inline constexpr bool kIsWhole<LocalBreaker> = true;
static_assert(std::has_unique_object_representations_v<LocalBreaker>);
template <>
inline constexpr bool kIsWhole<central::ShardTotals> = true;
static_assert(std::has_unique_object_representations_v<central::ShardTotals>);
template <>
inline constexpr bool kIsWhole<central::ZoneTotals> = true;
static_assert(std::has_unique_object_representations_v<central::ZoneTotals>);
template <>
inline constexpr bool kIsWhole<central::WatchTotals> = true;
static_assert(std::has_unique_object_representations_v<central::WatchTotals>);

}  // namespace chargemill::runtime::saved
