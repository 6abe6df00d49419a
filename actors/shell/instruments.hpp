// What the shells of one worker measure: counters and latencies that anybody may read meanwhile.
#pragma once

#include <array>
#include <atomic>

#include "actors/messages.hpp"
#include "runtime/observe/histogram_recorder.hpp"

namespace chargemill {

enum class Metric : std::size_t {
  requests_sent,
  requests_accepted,
  requests_denied,
  requests_timed_out,
  tickets_delivered,
  offered,
  done,
  shed,
  faults_injected,
  restarts,
  merged,
  invalid_payloads,
  refused_commands,
  reports_dropped,
  count
};

/// One per worker, written by that worker only. Exact figures come from the actors' states when all
/// stand still; these are for looking while they move.
class alignas(128) Instruments {
 public:
  /// Latencies of what is due before `from` are left out (the warm-up).
  void measure_from(SimTime from) noexcept { measure_from_ = from; }

  void add(Metric metric, std::uint64_t by) noexcept {
    auto& counter = counters_[static_cast<std::size_t>(metric)];
    // relaxed: a counter with one writer; orders nothing.
    counter.store(counter.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint64_t value(Metric metric) const noexcept {
    // relaxed: as above.
    return counters_[static_cast<std::size_t>(metric)].load(std::memory_order_relaxed);
  }
  void decided(SimTime due, Nanos waited) noexcept {
    if (due >= measure_from_) request_decision.record(waited);
  }
  void started(SimTime due, Nanos waited) noexcept {
    if (due >= measure_from_) session_start.record(waited);
  }
  void detected(SimTime injected, Nanos waited) noexcept {
    if (injected >= measure_from_) fault_detection.record(waited);
  }

  runtime::HistogramRecorder request_decision;
  runtime::HistogramRecorder session_start;
  runtime::HistogramRecorder fault_detection;

 private:
  SimTime measure_from_{};  // written before the run
  std::array<std::atomic<std::uint64_t>, static_cast<std::size_t>(Metric::count)> counters_{};
};

}  // namespace chargemill
