#include "app/nodes/node_report.hpp"

#include <cstring>
#include <type_traits>

namespace chargemill::app {
namespace {

/// Plain values one behind the other; lists with their length before them.
class Output {
 public:
  template <class T>
  void put(const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  template <class List>
  void put_list(const List& list) {
    put(static_cast<std::uint64_t>(list.size()));
    for (const auto& item : list) put(item);
  }
  // Buckets in use, by their lowest value; the longest is told apart.
  void put_histogram(const runtime::LatencyHistogram& histogram) {
    std::uint64_t buckets = 0;
    histogram.for_each([&](std::uint64_t, std::uint64_t, std::uint64_t) { ++buckets; });
    put(buckets);
    put(std::int64_t{histogram.max().count()});
    histogram.for_each([&](std::uint64_t lowest, std::uint64_t, std::uint64_t count) {
      put(lowest);
      put(count);
    });
  }
  [[nodiscard]] std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

class Input {
 public:
  explicit Input(std::string_view bytes) : rest_(bytes) {}

  template <class T>
  void take(T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    is_sound_ = is_sound_ && rest_.size() >= sizeof value;
    if (!is_sound_) return;
    std::memcpy(static_cast<void*>(&value), rest_.data(), sizeof value);
    rest_.remove_prefix(sizeof value);
  }
  template <class List>
  void take_list(List& list) {
    std::uint64_t size = 0;
    take(size);
    is_sound_ = is_sound_ && size <= rest_.size() / sizeof(typename List::value_type);
    if (!is_sound_) return;
    list.resize(static_cast<std::size_t>(size));
    for (auto& item : list) take(item);
  }
  // The bucket that holds the longest gets it as it was, so that the maximum stays exact.
  void take_histogram(runtime::LatencyHistogram& histogram) {
    using Buckets = runtime::HistogramBuckets;
    std::uint64_t buckets = 0;
    std::int64_t max_ns = 0;
    take(buckets);
    take(max_ns);
    is_sound_ = is_sound_ && buckets <= Buckets::kCount && max_ns >= 0;
    for (std::uint64_t i = 0; is_sound_ && i < buckets; ++i) {
      std::uint64_t lowest = 0;
      std::uint64_t count = 0;
      take(lowest);
      take(count);
      is_sound_ = is_sound_ && count > 0 && lowest <= static_cast<std::uint64_t>(max_ns);
      if (!is_sound_) return;
      const bool is_last =
          Buckets::bucket(lowest) == Buckets::bucket(static_cast<std::uint64_t>(max_ns));
      histogram.record(Nanos{is_last ? max_ns : static_cast<std::int64_t>(lowest)}, count);
    }
  }
  [[nodiscard]] bool is_exhausted() const noexcept { return is_sound_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool is_sound_ = true;
};

}  // namespace

std::string to_bytes(const NodeReport& r) {
  Output out;
  out.put(r.snapshot.sim);
  out.put(r.snapshot.wall);
  out.put(r.snapshot.totals);
  out.put_histogram(r.snapshot.latencies.request_decision);
  out.put_histogram(r.snapshot.latencies.session_start);
  out.put_histogram(r.snapshot.latencies.fault_detection);
  out.put_histogram(r.snapshot.latencies.tick_lateness);
  out.put_histogram(r.snapshot.latencies.node_transit);
  out.put_list(r.snapshot.worker_busy);
  out.put_list(r.failure);
  out.put(r.survived_failures);
  out.put_list(r.first_survived);
  out.put(static_cast<std::uint8_t>(r.is_quiet ? 1 : 0));
  out.put(r.cpu_s);
  out.put(r.rss_bytes);
  out.put(r.network_bytes);
  out.put_list(r.worker_busy);
  out.put(r.digest);
  out.put_list(r.display);
  return out.take();
}

std::optional<NodeReport> report_from(std::string_view bytes) {
  NodeReport r;
  Input in{bytes};
  in.take(r.snapshot.sim);
  in.take(r.snapshot.wall);
  in.take(r.snapshot.totals);
  in.take_histogram(r.snapshot.latencies.request_decision);
  in.take_histogram(r.snapshot.latencies.session_start);
  in.take_histogram(r.snapshot.latencies.fault_detection);
  in.take_histogram(r.snapshot.latencies.tick_lateness);
  in.take_histogram(r.snapshot.latencies.node_transit);
  in.take_list(r.snapshot.worker_busy);
  in.take_list(r.failure);
  in.take(r.survived_failures);
  in.take_list(r.first_survived);
  std::uint8_t is_quiet = 0;
  in.take(is_quiet);
  r.is_quiet = is_quiet != 0;
  in.take(r.cpu_s);
  in.take(r.rss_bytes);
  in.take(r.network_bytes);
  in.take_list(r.worker_busy);
  in.take(r.digest);
  in.take_list(r.display);
  if (!in.is_exhausted()) return std::nullopt;
  for (const DisplayState state : r.display) {
    if (static_cast<std::size_t>(state) >= kDisplayStates) return std::nullopt;
  }
  return r;
}

std::string to_bytes(const std::vector<network::EntityDigest>& entities) {
  Output out;
  out.put_list(entities);
  return out.take();
}

std::optional<std::vector<network::EntityDigest>> entities_from(std::string_view bytes) {
  std::vector<network::EntityDigest> entities;
  Input in{bytes};
  in.take_list(entities);
  if (!in.is_exhausted()) return std::nullopt;
  return entities;
}

}  // namespace chargemill::app
