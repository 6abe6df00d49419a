#include "app/nodes/node_report.hpp"

#include <type_traits>

#include "app/nodes/byte_streams.hpp"

namespace chargemill::app {
namespace {

template <class Stream, class Outcome>
void walk_journal(Stream& stream, Outcome& o) {
  stream.value(o.status.state);
  stream.value(o.status.durable);
  stream.value(o.status.commits);
  stream.value(o.status.records);
  stream.value(o.status.bytes);
  stream.value(o.status.batch_max);
  stream.value(o.status.segments);
  stream.value(o.status.failures);
  stream.value(o.status.discarded);
  stream.value(o.status.depth);
  stream.list(o.status.last_failure);
  stream.histogram(o.status.commit_times);
  stream.value(o.appended);
  stream.value(o.bytes);
}

/// A report's fields in the order in which they travel, for both ways.
template <class Stream, class Report>
void walk(Stream& stream, Report& r) {
  stream.value(r.snapshot.sim);
  stream.value(r.snapshot.wall);
  stream.counters(r.snapshot.totals);
  stream.histogram(r.snapshot.latencies.request_decision);
  stream.histogram(r.snapshot.latencies.session_start);
  stream.histogram(r.snapshot.latencies.fault_detection);
  stream.histogram(r.snapshot.latencies.tick_lateness);
  stream.histogram(r.snapshot.latencies.node_transit);
  stream.list(r.snapshot.worker_busy);
  stream.list(r.failure);
  stream.value(r.survived_failures);
  stream.list(r.first_survived);
  stream.flag(r.is_quiet);
  stream.value(r.cpu_s);
  stream.value(r.rss_bytes);
  stream.value(r.network_bytes);
  stream.list(r.worker_busy);
  stream.value(r.digest);
  stream.list(r.journal_news);
  bool has_journal = r.journal.has_value();
  stream.flag(has_journal);
  if constexpr (!std::is_const_v<Report>) {
    if (has_journal) r.journal.emplace();
  }
  if (has_journal) walk_journal(stream, *r.journal);
  stream.value(r.incarnation);
  stream.list(r.detail.zones);
  stream.value(r.detail.watch);
  stream.value(r.detail.actors);
  stream.value(r.detail.injected);
  stream.value(r.detail.any_accepted);
  stream.value(r.detail.any_denied);
  stream.value(r.detail.any_timed_out);
  for (auto& slowest : r.detail.slowest) stream.list(slowest);
  stream.value(r.sessions_carried);
  stream.list(r.display);
}

}  // namespace

std::string to_bytes(const NodeReport& report) {
  ByteOutput out;
  walk(out, report);
  return out.take();
}

std::optional<NodeReport> report_from(std::string_view bytes) {
  NodeReport report;
  ByteInput in{bytes};
  walk(in, report);
  if (!in.is_exhausted()) return std::nullopt;
  for (const DisplayState state : report.display) {
    if (static_cast<std::size_t>(state) >= kDisplayStates) return std::nullopt;
  }
  using runtime::journal::JournalState;
  if (report.journal && report.journal->status.state > JournalState::abandoned) return std::nullopt;
  return report;
}

std::string to_bytes(const std::vector<network::EntityDigest>& entities) {
  ByteOutput out;
  out.list(entities);
  return out.take();
}

std::optional<std::vector<network::EntityDigest>> entities_from(std::string_view bytes) {
  std::vector<network::EntityDigest> entities;
  ByteInput in{bytes};
  in.list(entities);
  if (!in.is_exhausted()) return std::nullopt;
  return entities;
}

}  // namespace chargemill::app
