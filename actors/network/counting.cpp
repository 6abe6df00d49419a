// What the actors of this node add to a look, to the exact count and to the digest.
#include <algorithm>

#include "actors/network/exact_count.hpp"
#include "actors/network/here.hpp"
#include "actors/network/network.hpp"

namespace chargemill::network {

void Network::gather(Snapshot& snapshot) const {
  for (const auto& instruments : instruments_) {
    snapshot.latencies.request_decision.merge(instruments->request_decision.snapshot());
    snapshot.latencies.session_start.merge(instruments->session_start.snapshot());
    snapshot.latencies.fault_detection.merge(instruments->fault_detection.snapshot());
  }
  for (unsigned w = 0; w < engine_.workers(); ++w) {
    const auto& worker = engine_.worker(w);
    snapshot.latencies.tick_lateness.merge(worker.tick_lateness().snapshot());
    const auto& c = worker.counters();
    auto& t = snapshot.totals;
    // relaxed: counters.
    t.messages_delivered += c.messages.load(std::memory_order_relaxed);
    t.timers_fired += c.timers.load(std::memory_order_relaxed);
    t.messages_shed += c.undeliverable.load(std::memory_order_relaxed);
    t.mailbox_depth += c.waiting.load(std::memory_order_relaxed);
    t.mailbox_depth_max += c.waiting_max.load(std::memory_order_relaxed);
  }
  for (const auto& count : actors_here_) snapshot.totals.actors += count;
  snapshot.totals.actors += latecomers() + stand_ins_.size();
  auto& t = snapshot.totals;
  t.restarts += runtime::total(instruments_, Metric::restarts);
  t.given_up += runtime::total(instruments_, Metric::given_up);
  for (const std::uint64_t injected : injected_by_kind()) t.faults_injected += injected;
  t.faults_raised += runtime::total(instruments_, Metric::faults_raised);
  t.telemetry_merged += runtime::total(instruments_, Metric::merged);
  t.payloads_invalid += runtime::total(instruments_, Metric::invalid_payloads);
  t.commands_refused += runtime::total(instruments_, Metric::refused_commands);
  t.commands_lost += runtime::total(instruments_, Metric::lost_commands);
  t.phantom_starts += runtime::total(instruments_, Metric::phantom_starts);
  t.local_refusals += runtime::total(instruments_, Metric::local_refusals);
  t.reports_dropped += runtime::total(instruments_, Metric::reports_dropped);
  t.telemetry_unbilled += runtime::total(instruments_, Metric::stray_reports);
  t.orders_refused += runtime::total(instruments_, Metric::orders_refused);
  t.denied_journal_busy += runtime::total(instruments_, Metric::journal_busy);
}

Snapshot Network::look() const {
  Snapshot snapshot;
  snapshot.sim = engine_.reached();
  gather(snapshot);
  auto& t = snapshot.totals;
  if (stand_ins_.empty())
    each_here(shards_, [&t](const auto* shard) {
      add(t, shard->look());
      const central::Unwritten records = shard->unwritten();
      t.records_merged += records.merged;
      t.records_lost += records.lost;
      shard->for_each_zone(
          [&t](ZoneId, const central::ZoneTotals& zone) { t.power_w += zone.power_w; });
    });
  for (const auto* stand_in : stand_ins_) add(t, stand_in->look());
  t.requests_sent += runtime::total(instruments_, Metric::requests_sent);
  t.requests_accepted += runtime::total(instruments_, Metric::requests_accepted);
  t.requests_denied += runtime::total(instruments_, Metric::requests_denied);
  t.requests_timed_out += runtime::total(instruments_, Metric::requests_timed_out);
  t.tickets_delivered += runtime::total(instruments_, Metric::tickets_delivered);
  t.offered += runtime::total(instruments_, Metric::offered);
  t.done += runtime::total(instruments_, Metric::done);
  t.shed += runtime::total(instruments_, Metric::shed);
  const auto decided = t.requests_accepted + t.requests_denied + t.requests_timed_out;
  t.requests_open = t.requests_sent > decided ? t.requests_sent - decided : 0;
  t.energy_delivered_mj = t.energy_sessions_mj;  // the meters themselves are read at the end
  return snapshot;
}

SimTime Network::time_of_count() const {
  if (closed_at_) return *closed_at_;
  // A worker without work does not move its own time; nothing is due before what all have reached.
  SimTime latest = engine_.reached();
  for (unsigned w = 0; w < engine_.workers(); ++w)
    latest = std::max(latest, engine_.worker(w).now());
  return latest;
}

Snapshot Network::count(SimTime now) const {
  Snapshot snapshot;
  snapshot.sim = now;
  gather(snapshot);
  auto& t = snapshot.totals;
  count_central(t);
  count_points(t, now);
  count_drivers(t);
  each_here(fleets_, [&t](const auto* fleet) { add(t, fleet->state()); });
  each_here(shards_, [&t](const auto* shard) {
    if (shard->clerk() == nullptr) return;
    t.records_merged += shard->clerk()->merged();
    t.records_lost += shard->clerk()->lost();
  });
  return snapshot;
}

std::vector<EntityDigest> Network::entity_digests() const {
  std::vector<EntityDigest> result;
  const auto add = [&](EntityKind kind, const auto& actors) {
    for (std::uint32_t i = 0; i < actors.size(); ++i) {
      if (const auto& actor = actors[i]; actor != nullptr)
        result.push_back({kind, i, digest_of(actor->state(), i)});
    }
  };
  add(EntityKind::point, points_);
  add(EntityKind::monitor, monitors_);
  add(EntityKind::driver, drivers_);
  add(EntityKind::shard, shards_);
  add(EntityKind::fleet, fleets_);
  add(EntityKind::director, directors_);
  add(EntityKind::supervisor, supervisors_);
  if (has_central()) result.push_back({EntityKind::central, 0, digest_of(central_->state(), 0)});
  return result;
}

}  // namespace chargemill::network
