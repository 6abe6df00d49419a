// What the shells of one worker measure: counters and latencies that anybody may read meanwhile.
#pragma once

#include "actors/messages.hpp"
#include "runtime/observe/counter_shard.hpp"
#include "runtime/observe/histogram_recorder.hpp"
#include "runtime/observe/slowest_recorder.hpp"

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

/// Whom a latency was about, as far as that is known: names for whoever asks what was slow.
struct Concerned {
  RequestId request = RequestId::none;
  SessionId session = SessionId::none;
  DriverId driver = kNobody;
  PointId point = kUnknownPoint;
};
using SlowestRecorder = runtime::SlowestRecorder<Concerned>;

/// One per worker, written by that worker only. Exact figures come from the actors' states when all
/// stand still; these are for looking while they move.
class Instruments : public runtime::CounterShard<Metric> {
 public:
  /// Latencies of what is due before `from` are left out (the warm-up).
  void measure_from(SimTime from) noexcept { measure_from_ = from; }

  void decided(SimTime due, Nanos waited, SimTime now, const Concerned& whom) noexcept {
    measure(request_decision, slowest_decisions, due, waited, now, whom);
  }
  void started(SimTime decided, Nanos waited, SimTime now, const Concerned& whom) noexcept {
    measure(session_start, slowest_starts, decided, waited, now, whom);
  }
  void detected(SimTime injected, Nanos waited, SimTime now, const Concerned& whom) noexcept {
    measure(fault_detection, slowest_detections, injected, waited, now, whom);
  }
  /// Before the run: how long what was slowest is remembered, in model time.
  void remember_slowest_for(Nanos window) noexcept {
    for (auto* slowest : {&slowest_decisions, &slowest_starts, &slowest_detections})
      slowest->keep_for(window);
  }

  /// What is kept of them (runtime/saved); what was slowest is not, it fades anyway.
  template <class V>
  void fields(V& v) {
    CounterShard::fields(v);
    v(request_decision, session_start, fault_detection);
  }

  runtime::HistogramRecorder request_decision;
  runtime::HistogramRecorder session_start;
  runtime::HistogramRecorder fault_detection;
  SlowestRecorder slowest_decisions;
  SlowestRecorder slowest_starts;
  SlowestRecorder slowest_detections;

 private:
  void measure(runtime::HistogramRecorder& all, SlowestRecorder& slowest, SimTime due, Nanos waited,
               SimTime now, const Concerned& whom) const noexcept {
    if (due < measure_from_) return;
    all.record(waited);
    slowest.record(waited, now, whom);
  }

  SimTime measure_from_{};  // written before the run
};

}  // namespace chargemill
