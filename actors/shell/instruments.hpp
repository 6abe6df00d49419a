// What the shells of one worker measure: counters and latencies that anybody may read meanwhile.
#pragma once

#include "actors/messages.hpp"
#include "runtime/observe/counter_shard.hpp"
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
  any_accepted,  ///< of a request for any point of a zone
  any_denied,
  any_timed_out,
  restarts,
  given_up,
  merged,
  invalid_payloads,
  refused_commands,
  lost_commands,
  phantom_starts,
  local_refusals,
  reports_dropped,
  journal_busy,
  faults_raised,   ///< by monitors: once for each time that a point is found faulty
  orders_refused,  ///< of a central that another one has followed
  stray_reports,   ///< from outside, of sessions that the charge point does not have
  first_injected,  ///< faults: one counter for each director::FaultKind, from here on
  last_injected = first_injected + 7,
  count
};

/// One per worker, written by that worker only. Exact figures come from the actors' states when all
/// stand still; these are for looking while they move.
class Instruments : public runtime::CounterShard<Metric> {
 public:
  /// Latencies of what is due before `from` are left out (the warm-up).
  void measure_from(SimTime from) noexcept { measure_from_ = from; }

  void decided(SimTime due, Nanos waited) noexcept {
    if (due >= measure_from_) request_decision.record(waited);
  }
  void started(SimTime due, Nanos waited) noexcept {
    if (due >= measure_from_) session_start.record(waited);
  }
  void detected(SimTime injected, Nanos waited) noexcept {
    if (injected >= measure_from_) fault_detection.record(waited);
  }

  /// What is kept of them (runtime/saved).
  template <class V>
  void fields(V& v) {
    CounterShard::fields(v);
    v(request_decision, session_start, fault_detection);
  }

  runtime::HistogramRecorder request_decision;
  runtime::HistogramRecorder session_start;
  runtime::HistogramRecorder fault_detection;

 private:
  SimTime measure_from_{};  // written before the run
};

}  // namespace chargemill
