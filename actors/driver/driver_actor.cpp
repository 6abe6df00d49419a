#include "actors/driver/driver_actor.hpp"

#include "actors/central/central.hpp"
#include "actors/central/shard.hpp"
#include "actors/fleet/fleet.hpp"
#include "actors/supervisor/supervisor.hpp"
#include "runtime/base/overloaded.hpp"

namespace chargemill::driver {

void DriverActor::run(const Event& event) {
  const Totals before = state_.totals;
  const auto effects = step(state_, event, now());
  for (const auto& effect : effects) perform(effect);
  const Totals& after = state_.totals;
  instruments().add(Metric::requests_sent, after.sent - before.sent);
  if (state_.mode == Mode::fleet) instruments().add(Metric::done, after.sent - before.sent);
  // Wraps when a time-out takes an accepted request back: the sum over time stays right.
  instruments().add(Metric::requests_accepted, std::uint64_t{after.accepted} - before.accepted);
  instruments().add(Metric::requests_denied, std::uint64_t{after.denied} - before.denied);
  instruments().add(Metric::requests_timed_out, after.timed_out - before.timed_out);
  if (state_.trip.any_in_zone) {
    instruments().add(Metric::any_accepted, std::uint64_t{after.accepted} - before.accepted);
    instruments().add(Metric::any_denied, after.denied - before.denied);
    instruments().add(Metric::any_timed_out, after.timed_out - before.timed_out);
  }
  instruments().add(Metric::tickets_delivered, after.tickets - before.tickets);
  wake_at(due(state_));
}

void DriverActor::perform(const Effect& effect) {
  using central::CentralEvent;
  using central::ShardEvent;
  const auto to_owner = [&](PointId point, const auto& e) {
    const auto to = network_.owner(point);
    if (to == network_.central) return tell<CentralEvent>(to, e);
    tell<ShardEvent>(to, e);
  };
  std::visit(Overloaded{
                 [&](const ChargeRequest& e) { to_owner(e.point, e); },
                 [&](const AskRequest& e) { to_owner(e.point, e); },
                 [&](const CancelRequest& e) { tell<ShardEvent>(network_.owner(e.point), e); },
                 [&](const TicketAck& e) {
                   tell<ShardEvent>(network_.shards[index_of(central::shard_of(e.session))], e);
                 },
                 [&](const ZoneRequest& e) { tell<CentralEvent>(network_.central, e); },
                 [&](const DriverReturned& e) { tell<CentralEvent>(network_.central, e); },
                 [&](const PointSearch& e) { tell<CentralEvent>(network_.central, e); },
                 [&](const DriverIdle& e) {
                   const auto fleet = network_.fleet_of[index_of(state_.id)];
                   tell<fleet::Event>(network_.fleets[index_of(fleet)], e);
                 },
                 [&](const Decided& e) {
                   instruments().decided(e.due, time_since(e.due), now(),
                                         {e.request, SessionId::none, state_.id, e.point});
                 },
                 [&](const Started& e) {
                   instruments().started(e.decided, time_since(e.decided), now(),
                                         {e.request, e.session, state_.id, e.point});
                 },
                 [](const Throw&) { throw InjectedCrash{}; },
                 [&](const Show& e) {
                   say(e.update);
                   if (state_.by_hand) network_.hands->on_update(e.update, now());
                 },
                 [&](const HandAnswer& e) { network_.hands->on_answer(e); },
                 [&](const ShowTicket& e) { say(e.ticket); },
                 [&](const ShowPoints& e) { show(e.list); },
                 [&](const TimedOut& e) {
                   show(RequestTimedOut{state_.id, e.request, state_.plan->timeout});
                   if (state_.by_hand) network_.hands->on_timed_out(e.request, now());
                 },
                 [&](const Finished& e) {
                   show(LinesFinished{state_.id, e.done, e.total});
                 },
                 [&](const NoCentral&) { show(DriverAlone{state_.id}); },
             },
             effect);
}

template <class What>
void DriverActor::say(const What& what) {
  if (state_.mode != Mode::guest) return show(what);
  if (network_.line != nullptr) network_.line->tell(what, now());
}

runtime::LeanActor::AfterFailure DriverActor::on_failure(std::string_view what) {
  tell_defect(what);
  const auto fleet = network_.fleet_of[index_of(state_.id)];
  tell<supervisor::Event>(network_.supervisors[index_of(fleet)],
                          ChildFailed{now(), index_of(state_.id), ActorKind::driver});
  return AfterFailure::survive;
}

}  // namespace chargemill::driver
