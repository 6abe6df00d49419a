#include "app/nodes/node_report.hpp"

#include <cstring>
#include <type_traits>

namespace chargemill::app {
namespace {

/// Plain values one behind the other; lists with their length before them.
class Output {
 public:
  template <class T>
  void value(const T& what) {
    static_assert(std::is_trivially_copyable_v<T>);
    bytes_.append(reinterpret_cast<const char*>(&what), sizeof what);
  }
  template <class List>
  void list(const List& items) {
    value(static_cast<std::uint64_t>(items.size()));
    for (const auto& item : items) value(item);
  }
  // Buckets in use, by their lowest value; the longest is told apart.
  void histogram(const runtime::LatencyHistogram& what) {
    std::uint64_t buckets = 0;
    what.for_each([&](std::uint64_t, std::uint64_t, std::uint64_t) { ++buckets; });
    value(buckets);
    value(std::int64_t{what.max().count()});
    what.for_each([&](std::uint64_t lowest, std::uint64_t, std::uint64_t count) {
      value(lowest);
      value(count);
    });
  }
  void flag(bool what) { value(static_cast<std::uint8_t>(what ? 1 : 0)); }
  [[nodiscard]] std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

class Input {
 public:
  explicit Input(std::string_view bytes) : rest_(bytes) {}

  template <class T>
  void value(T& what) {
    static_assert(std::is_trivially_copyable_v<T>);
    is_sound_ = is_sound_ && rest_.size() >= sizeof what;
    if (!is_sound_) return;
    std::memcpy(static_cast<void*>(&what), rest_.data(), sizeof what);
    rest_.remove_prefix(sizeof what);
  }
  template <class List>
  void list(List& items) {
    std::uint64_t size = 0;
    value(size);
    is_sound_ = is_sound_ && size <= rest_.size() / sizeof(typename List::value_type);
    if (!is_sound_) return;
    items.resize(static_cast<std::size_t>(size));
    for (auto& item : items) value(item);
  }
  // The bucket that holds the longest gets it as it was, so that the maximum stays exact.
  void histogram(runtime::LatencyHistogram& what) {
    using Buckets = runtime::HistogramBuckets;
    std::uint64_t buckets = 0;
    std::int64_t max_ns = 0;
    value(buckets);
    value(max_ns);
    is_sound_ = is_sound_ && buckets <= Buckets::kCount && max_ns >= 0;
    for (std::uint64_t i = 0; is_sound_ && i < buckets; ++i) {
      std::uint64_t lowest = 0;
      std::uint64_t count = 0;
      value(lowest);
      value(count);
      is_sound_ = is_sound_ && count > 0 && lowest <= static_cast<std::uint64_t>(max_ns);
      if (!is_sound_) return;
      const bool is_last =
          Buckets::bucket(lowest) == Buckets::bucket(static_cast<std::uint64_t>(max_ns));
      what.record(Nanos{is_last ? max_ns : static_cast<std::int64_t>(lowest)}, count);
    }
  }
  void flag(bool& what) {
    std::uint8_t byte = 0;
    value(byte);
    what = byte != 0;
  }
  [[nodiscard]] bool is_exhausted() const noexcept { return is_sound_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool is_sound_ = true;
};

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
  stream.value(r.snapshot.totals);
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
  stream.list(r.display);
}

}  // namespace

std::string to_bytes(const NodeReport& report) {
  Output out;
  walk(out, report);
  return out.take();
}

std::optional<NodeReport> report_from(std::string_view bytes) {
  NodeReport report;
  Input in{bytes};
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
  Output out;
  out.list(entities);
  return out.take();
}

std::optional<std::vector<network::EntityDigest>> entities_from(std::string_view bytes) {
  std::vector<network::EntityDigest> entities;
  Input in{bytes};
  in.list(entities);
  if (!in.is_exhausted()) return std::nullopt;
  return entities;
}

}  // namespace chargemill::app
