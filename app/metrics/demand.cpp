// What drivers want and get.
#include "app/metrics/family_makers.hpp"

namespace chargemill::app::metrics {
namespace {

/// Figures that were read one after the other may cross.
double rest(std::uint64_t all, std::uint64_t part) { return all > part ? number(all - part) : 0.0; }

void add_requests(Families& out, const Sources& s) {
  const auto& t = s.snapshot.totals;
  const auto& d = s.detail;
  counter(out, "chargemill_requests_sent_total", "Requests that drivers sent.")
      .add(number(t.requests_sent));
  auto& decided = counter(out, "chargemill_requests_total",
                          "Requests that were decided or given up, for a named charge point or any "
                          "one of a zone.");
  const auto add = [&](const char* result, std::uint64_t all, std::uint64_t any) {
    decided.add(rest(all, any), {{kKind, "named"}, {kResult, result}});
    decided.add(number(any), {{kKind, "any_in_zone"}, {kResult, result}});
  };
  add("accepted", t.requests_accepted, d.any_accepted);
  add("denied", t.requests_denied, d.any_denied);
  add("timed_out", t.requests_timed_out, d.any_timed_out);
  gauge(out, "chargemill_requests_open", "Requests without an answer so far.")
      .add(number(t.requests_open));
}

}  // namespace

void add_demand(Families& out, const Sources& s) {
  const auto& t = s.snapshot.totals;
  const auto& latencies = s.snapshot.latencies;
  const auto& edges = s.facts.edges;
  add_requests(out, s);
  histogram(out, "chargemill_request_decision_seconds",
            "From the due time of a request to its decision.")
      .add(classic(latencies.request_decision, edges.request_decision));
  gauge(out, "chargemill_sessions_active", "Sessions that central holds open.")
      .add(number(t.sessions_active));
  counter(out, "chargemill_sessions_corrected_total",
          "Sessions whose end came after central had closed them.")
      .add(number(t.sessions_corrected));
  histogram(out, "chargemill_session_start_seconds",
            "From the decision about a request to the first telemetry.")
      .add(classic(latencies.session_start, edges.session_start));
  counter(out, "chargemill_tickets_total", "Tickets, by what became of them.")
      .add(number(t.tickets_issued), {{kResult, "issued"}})
      .add(number(t.tickets_delivered), {{kResult, "delivered"}})
      .add(number(t.tickets_dropped), {{kResult, "dropped"}});
  counter(out, "chargemill_trips_offered_total", "Trips that were due.").add(number(t.offered));
  counter(out, "chargemill_trips_total", "Trips, by what became of them.")
      .add(number(t.done), {{kResult, "done"}})
      .add(number(t.shed), {{kResult, "shed"}});
}

}  // namespace chargemill::app::metrics
