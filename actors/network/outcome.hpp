// What a run counts and measures, as plain values: live once a second, and exactly at its end.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "actors/messages.hpp"
#include "runtime/observe/latency_histogram.hpp"

namespace chargemill::network {

/// Every counter of the summary (contract, section 3).
struct Totals {
  std::array<std::uint64_t, kDisplayStates> display{};  ///< charge points, by DisplayState
  std::uint64_t actors = 0;
  // requests, from the drivers' side
  std::uint64_t requests_sent = 0, requests_accepted = 0, requests_denied = 0;
  std::uint64_t requests_timed_out = 0, requests_open = 0;
  std::uint64_t requests_lost = 0;  ///< open when the node of their driver was lost
  // sessions, from central's side; active: in the exact count, those that records are found to hold
  std::uint64_t sessions_started = 0, sessions_completed = 0, sessions_failed = 0,
                sessions_active = 0;
  std::uint64_t sessions_lost = 0;  ///< active when their node was lost, and not brought back
  // energy, mJ: the meters' total, what central booked, what no one has told central yet
  std::int64_t energy_delivered_mj = 0, energy_sessions_mj = 0, energy_unreported_mj = 0;
  std::int64_t power_w = 0;  ///< of sessions that supply, by their last telemetry; of the present
  std::int64_t revenue_microeur = 0;
  // faults: brought about, found by monitors, told to central, over; raised and not notified: an
  // episode that central never learned of, or does not know yet
  std::uint64_t faults_injected = 0, faults_raised = 0, faults_notified = 0, faults_recovered = 0;
  std::uint64_t breaker_opened = 0, breaker_half_opened = 0, breaker_closed = 0;
  std::uint64_t tickets_issued = 0, tickets_delivered = 0;
  std::uint64_t tickets_dropped = 0;  ///< forgotten unconfirmed: too many were kept
  std::uint64_t messages_delivered = 0, messages_shed = 0, timers_fired = 0;
  // trips: due, made a request by a driver of a fleet, without a driver
  std::uint64_t offered = 0, done = 0, shed = 0;
  std::uint64_t trips_bounded = 0;  ///< cut to what their stay can deliver; in the exact count only
  std::uint64_t restarts = 0;       ///< of crashed actors, by supervisors
  std::uint64_t given_up = 0;       ///< actors that failed too often: they stay down
  std::uint64_t mailbox_depth = 0;  ///< messages that wait in mailboxes, at the look
  std::uint64_t mailbox_depth_max = 0;  ///< the sum of each worker's most
  // what engines had to put up with
  std::uint64_t telemetry_merged = 0, payloads_invalid = 0, reports_dropped = 0;
  std::uint64_t commands_refused = 0;  ///< illegal in the present state (D-094)
  std::uint64_t commands_lost = 0;     ///< it hung, was down, or the link was cut
  std::uint64_t phantom_starts = 0;    ///< too old, dropped (D-095)
  std::uint64_t local_refusals = 0;    ///< starts at the point that were not let in (D-106)
  // and central
  std::uint64_t sessions_corrected = 0;   ///< whose end came after they were closed (D-075)
  std::int64_t energy_unassigned_mj = 0;  ///< of sessions that central never opened
  std::uint64_t telemetry_unbilled = 0;   ///< of another session than the current one (D-065)
  std::uint64_t messages_unknown = 0;     ///< about points that it does not know (D-056, D-074)
  std::uint64_t messages_unheard = 0;     ///< that came while it was down
  // and what the journal made them do
  std::uint64_t denied_journal_busy = 0;  ///< of the requests denied: no room in the journal
  std::uint64_t records_merged = 0;  ///< for want of room in the journal: a later one stands for it
  std::uint64_t records_lost = 0;    ///< beyond what waits for room: not kept
  // and what nodes that were lost made others do
  std::uint64_t orders_refused = 0;  ///< by shards, of a central that another one has followed
  std::uint64_t letters_lost = 0;    ///< messages for actors that were on their way to another node
};

/// What stays of a node that is lost, as `last` has seen it: its counters. What was open there is
/// lost until somebody brings it back.
[[nodiscard]] Totals left_of(const Totals& last) noexcept;
/// So many of its sessions go on elsewhere, where they are counted.
void bring_back(Totals& left, std::uint64_t sessions) noexcept;

/// The latencies of the summary. Wall time at speed 1 and N.
struct Latencies {
  runtime::LatencyHistogram request_decision;  ///< from the due time to accepted or denied
  runtime::LatencyHistogram session_start;     ///< from the decision to the first telemetry
  runtime::LatencyHistogram fault_detection;   ///< from the injection to FAULT at central
  runtime::LatencyHistogram tick_lateness;     ///< of timers: handled minus intended
  runtime::LatencyHistogram node_transit;      ///< of messages between nodes, in real time
};

/// One look at a run. Live looks are a fraction of a second old and need not be consistent between
/// fields; the last one, taken when all actors stand still, is exact.
struct Snapshot {
  SimTime sim{};
  Nanos wall{};
  Totals totals;
  Latencies latencies;
  std::vector<double>
      worker_busy;  ///< share of wall time not parked since the last look, per worker
};

/// What the nodes of a cluster come to together.
void add(Totals& to, const Totals& from) noexcept;
/// Likewise; model time is that of the node that is furthest behind.
void add(Snapshot& to, const Snapshot& from);
/// Likewise, of nodes that were lost: of the present they say nothing.
void add_left(Snapshot& to, const Snapshot& left);

/// Both sides of each identity of the design's law 5 that does not hold; empty: all is conserved.
[[nodiscard]] std::vector<std::string> broken_identities(const Totals& totals);

}  // namespace chargemill::network
