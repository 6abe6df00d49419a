// The fields of each message in the order in which they travel between nodes: the one description
// of the layout, read by encoder and decoder.
#pragma once

#include <tuple>

#include "actors/central/shard.hpp"
#include "actors/driver/driver.hpp"
#include "actors/messages.hpp"
#include "actors/supervisor/supervisor.hpp"

namespace chargemill::transit {

// References to the fields of `m`, const or not. The second argument picks the type.
// clang-format off
template <class M> auto fields(M& m, const Status*)         { return std::tie(m.session, m.at, m.point, m.seq, m.phase, m.reason, m.detail, m.refused, m.refusal); }
template <class M> auto fields(M& m, const Telemetry*)      { return std::tie(m.session, m.at, m.power, m.delivered, m.cost, m.point, m.driver, m.seq, m.wants_ack); }
template <class M> auto fields(M& m, const SessionEnd*)     { return std::tie(m.session, m.start, m.end, m.delivered, m.cost, m.point, m.driver, m.status, m.reason); }
template <class M> auto fields(M& m, const LocalStart*)     { return std::tie(m.target, m.point, m.driver); }
template <class M> auto fields(M& m, const Register*)       { return std::tie(m.price, m.point); }
template <class M> auto fields(M& m, const Heartbeat*)      { return std::tie(m.point); }
template <class M> auto fields(M& m, const FaultReport*)    { return std::tie(m.point, m.reason, m.from_outside, m.at); }
template <class M> auto fields(M& m, const HealthyReport*)  { return std::tie(m.point, m.at); }
template <class M> auto fields(M& m, const ChargeRequest*)  { return std::tie(m.request, m.target, m.stay, m.driver, m.point); }
template <class M> auto fields(M& m, const CancelRequest*)  { return std::tie(m.request, m.driver, m.point); }
template <class M> auto fields(M& m, const TicketAck*)      { return std::tie(m.session, m.driver, m.correction); }
template <class M> auto fields(M& m, const AskRequest*)     { return std::tie(m.request, m.driver, m.point); }
template <class M> auto fields(M& m, const ZoneRequest*)    { return std::tie(m.request, m.target, m.stay, m.driver, m.zone, m.tried); }
template <class M> auto fields(M& m, const DriverReturned*) { return std::tie(m.driver); }
template <class M> auto fields(M& m, const PointSearch*)    { return std::tie(m.power_min, m.price_max, m.found, m.next, m.driver, m.zone, m.any_zone, m.count); }
template <class M> auto fields(M& m, const DriverUpdate*)   { return std::tie(m.request, m.session, m.power, m.delivered, m.cost, m.point, m.driver, m.status, m.reason, m.phase, m.detail, m.refusal); }
template <class M> auto fields(M& m, const Ticket*)         { return std::tie(m.session, m.start, m.end, m.delivered, m.cost, m.point, m.driver, m.status, m.reason, m.correction); }
template <class M> auto fields(M& m, const TicketSettled*)  { return std::tie(m.session, m.driver, m.correction); }
template <class M> auto fields(M& m, const PointList*)      { return std::tie(m.points, m.next, m.driver, m.count, m.is_complete); }
template <class M> auto fields(M& m, const FreeCount*)      { return std::tie(m.shard, m.zone, m.free); }
template <class M> auto fields(M& m, const OperatorOrder*)  { return std::tie(m.point, m.action, m.all, m.why); }
template <class M> auto fields(M& m, const Trip*)           { return std::tie(m.due, m.target, m.stay, m.point, m.zone, m.any_in_zone); }
template <class M> auto fields(M& m, const FaultInjected*)  { return std::tie(m.at, m.point); }
template <class M> auto fields(M& m, const ChildFailed*)    { return std::tie(m.at, m.index, m.kind); }
template <class M> auto fields(M& m, const supervisor::KeepDown*) { return std::tie(m.until, m.index, m.kind); }
template <class M> auto fields(M& m, const JournalBusy*)    { return std::tie(m.is_busy); }
template <class M> auto fields(M& m, const central::Parted*) { return std::tie(m.point, m.engine, m.monitor); }
template <class M> auto fields(M& m, const central::Joined*) { return std::tie(m.point.id, m.point.zone, m.point.price, m.point.power, m.is_outside); }
template <class M> auto fields(M& m, const central::DriverJoined*) { return std::tie(m.driver, m.is_outside); }
template <class M> auto fields(M& m, const ZoneMiss*)       { return fields(m.request, static_cast<const ZoneRequest*>(nullptr)); }
template <class M> auto fields(M& m, const driver::NamedTrip*) { return std::tuple_cat(fields(m.trip, static_cast<const Trip*>(nullptr)), std::tie(m.request)); }
template <class M> auto fields(M& m, const driver::AskByHand*) { return std::tuple_cat(fields(m.trip, static_cast<const Trip*>(nullptr)), std::tie(m.errand)); }
template <class M> auto fields(M& m, const driver::CancelByHand*) { return std::tie(m.request, m.errand); }
template <class M> auto fields(M& m, const LookAround*)     { return std::tie(m.filter.power_min, m.filter.price_max, m.filter.zone, m.filter.any_zone, m.from); }
// clang-format on

/// Calls `f` with each field; of a message without fields, never.
template <class M, class F>
void each_field(M& m, F&& f) {
  if constexpr (!std::is_empty_v<M>) {
    std::apply([&](auto&... field) { (f(field), ...); },
               fields(m, static_cast<const std::remove_const_t<M>*>(nullptr)));
  }
}

}  // namespace chargemill::transit
