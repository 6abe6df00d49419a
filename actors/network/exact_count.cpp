#include "actors/network/exact_count.hpp"

#include <algorithm>

namespace chargemill::network {
namespace {

/// What was under way at the end of virtual time has been delivered beyond it, and what it caused:
/// of a session that goes on more may have been said than had flowed by `now`.
template <class Booked>
void add(Totals& to, const charge_point::Meter& meter, SimTime now, Booked booked) {
  const Energy said = meter.active ? booked(meter.running.session) : Energy{};
  const std::int64_t early = std::max<std::int64_t>(0, (said - meter.delivered(now)).mj);
  to.energy_delivered_mj += meter.total(now).mj + early;
  to.energy_unreported_mj += meter.unreported(now, booked).mj + early;
}

}  // namespace

void add(Totals& to, const central::ShardTotals& from) {
  for (std::size_t i = 0; i < kDisplayStates; ++i) to.display[i] += from.display[i];
  to.sessions_started += from.sessions_started;
  to.sessions_completed += from.sessions_completed;
  to.sessions_failed += from.sessions_failed;
  to.sessions_active += from.sessions_active;
  to.energy_sessions_mj += from.energy_booked_mj;
  to.revenue_microeur += from.revenue_microeur;
  to.faults_raised += from.faults_raised;
  to.faults_notified += from.faults_notified;
  to.faults_recovered += from.faults_recovered;
  to.breaker_opened += from.breaker_opened;
  to.breaker_half_opened += from.breaker_half_opened;
  to.breaker_closed += from.breaker_closed;
  to.tickets_issued += from.tickets_issued;
  to.tickets_dropped += from.tickets_dropped;
  to.sessions_corrected += from.sessions_corrected;
  to.energy_unassigned_mj += from.energy_unassigned_mj;
  to.telemetry_unbilled += from.telemetry_unbilled;
  to.messages_unknown += from.unknown;
  to.messages_unheard += from.dropped;
}

void add(Totals& to, const central::ShardState& from) {
  const std::uint64_t others = to.sessions_active;
  add(to, from.totals);
  const auto open = std::count_if(from.points.begin(), from.points.end(), [](const auto& point) {
    return point.stage != central::Stage::none;
  });
  to.sessions_active = others + static_cast<std::uint64_t>(open);
  for (const auto& zone : from.zones) to.power_w += zone.totals.power_w;
}

void add(Totals& to, const charge_point::State& from, const central::ShardState& owner,
         SimTime now) {
  const std::uint32_t index = central::find(owner, from.id);
  const auto booked = [&](SessionId session) {
    return index == central::kNowhere ? Energy{} : central::booked(owner, index, session);
  };
  add(to, from.meter, now, booked);
}

void add(Totals& to, const elsewhere::State& from) {
  const std::uint64_t others = to.sessions_active;
  add(to, from.totals);
  const auto open = std::count_if(from.points.begin(), from.points.end(), [](const auto& book) {
    return book.current.session != SessionId::none;
  });
  to.sessions_active = others + static_cast<std::uint64_t>(open);
}

void add(Totals& to, const charge_point::State& from, const elsewhere::State& owner, SimTime now) {
  const auto booked = [&](SessionId session) { return elsewhere::booked(owner, from.id, session); };
  add(to, from.meter, now, booked);
}

void add(Totals& to, const outside::State& from) {
  to.energy_delivered_mj += from.accounts.told().mj;
  to.energy_unreported_mj += from.accounts.unreported().mj;
}

void add(Totals& to, const driver::State& from) {
  to.requests_sent += from.totals.sent;
  to.requests_accepted += from.totals.accepted;
  to.requests_denied += from.totals.denied;
  to.requests_timed_out += from.totals.timed_out;
  to.requests_open += driver::is_undecided(from) ? 1 : 0;
  to.tickets_delivered += from.totals.tickets;
  if (from.mode == driver::Mode::fleet) to.done += from.totals.sent;
}

void add(Totals& to, const fleet::State& from) {
  to.offered += from.totals.offered;
  to.shed += from.totals.shed;
  to.trips_bounded += from.totals.bounded;
}

}  // namespace chargemill::network
