// The fields of each record in the order in which they lie on disk (FORMAT.md): the one description
// of the layout, read by encoder and decoder.
#pragma once

#include <tuple>

#include "actors/archive/records.hpp"

namespace chargemill::archive {

/// References to the fields of `r`, const or not. The second argument picks the kind.
template <class R>
auto fields(R& r, const Fault*) {
  return std::tie(r.at, r.point, r.zone, r.type, r.reason);
}
template <class R>
auto fields(R& r, const Health*) {
  return std::tie(r.at, r.point, r.zone, r.phase, r.reason, r.is_faulty, r.fault, r.breaker,
                  r.failures);
}
template <class R>
auto fields(R& r, const SessionStart*) {
  return std::tie(r.at, r.session, r.request, r.point, r.driver, r.zone, r.permit);
}
template <class R>
auto fields(R& r, const Checkpoint*) {
  return std::tie(r.at, r.session, r.begun, r.delivered, r.cost, r.point, r.driver, r.zone);
}
template <class R>
auto fields(R& r, const SessionEnd*) {
  return std::tie(r.at, r.session, r.request, r.start, r.end, r.delivered, r.cost, r.point,
                  r.driver, r.zone, r.status, r.reason, r.detail, r.phase, r.refusal, r.is_final,
                  r.is_correction, r.is_stray);
}
template <class R>
auto fields(R& r, const TicketDelivered*) {
  return std::tie(r.at, r.session, r.point, r.driver, r.zone, r.is_correction);
}
template <class R>
auto fields(R& r, const Registration*) {
  return std::tie(r.at, r.point, r.zone, r.price);
}
template <class R>
auto fields(R& r, const OperatorState*) {
  return std::tie(r.at, r.point, r.zone, r.is_stopped);
}
template <class R>
auto fields(R& r, const BreakerState*) {
  return std::tie(r.at, r.point, r.zone, r.opened, r.word);
}
template <class R>
auto fields(R& r, const PointState*) {
  return std::tie(r.at, r.point, r.zone, r.price, r.breaker, r.breaker_opened, r.is_registered,
                  r.is_faulty, r.is_stopped, r.fault, r.session, r.request, r.driver, r.begun,
                  r.heard, r.delivered, r.permit, r.cost);
}
template <class R>
auto fields(R& r, const ClosedAgain*) {
  return std::tuple_cat(std::tie(r.at), fields(r.end, static_cast<const SessionEnd*>(nullptr)));
}
template <class R>
auto fields(R& r, const TicketAgain*) {
  return fields(r.end, static_cast<const SessionEnd*>(nullptr));
}
template <class R>
auto fields(R& r, const RoundMark*) {
  return std::tie(r.at, r.shard, r.is_end, r.sessions_made);
}
template <class R>
auto fields(R& r, const RunBegan*) {
  return std::tie(r.at, r.network, r.seed, r.run, r.points, r.drivers, r.shards);
}
template <class R>
auto fields(R& r, const RunAgain*) {
  return std::tuple_cat(std::tie(r.at), fields(r.run, static_cast<const RunBegan*>(nullptr)));
}
template <class R>
auto fields(R& r, const PointJoined*) {
  return std::tie(r.at, r.point, r.zone, r.price, r.power, r.is_outside);
}
template <class R>
auto fields(R& r, const DriverJoined*) {
  return std::tie(r.at, r.driver, r.is_outside);
}
template <class R>
auto fields(R& r, const RequestNamed*) {
  return std::tie(r.at, r.asked, r.request, r.session, r.delivered, r.cost, r.point, r.driver,
                  r.status, r.reason, r.detail, r.phase, r.refusal);
}
template <class R>
auto fields(R& r, const OwedEnd*) {
  return std::tie(r.at, r.session, r.begun, r.delivered, r.cost, r.point, r.driver, r.zone);
}

/// Calls `f` with each field.
template <class R, class F>
void each_field(R& r, F&& f) {
  std::apply([&](auto&... field) { (f(field), ...); },
             fields(r, static_cast<const std::remove_const_t<R>*>(nullptr)));
}

}  // namespace chargemill::archive
