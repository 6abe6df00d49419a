#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "app/summary/summary.hpp"

namespace chargemill::app {
namespace {

using nlohmann::json;

/// 1234567 as "1 234 567".
std::string grouped(const json& number) {
  std::string digits = std::to_string(number.get<std::uint64_t>());
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, " ");
  }
  return digits;
}

/// hours:minutes:seconds.
std::string clock_text(double s) {
  const auto whole = static_cast<std::uint64_t>(std::llround(s));
  return fmt::format("{:02}:{:02}:{:02}", whole / 3'600, whole / 60 % 60, whole % 60);
}

/// "label a 1  b 2": the named members of one object.
std::string row(const char* label, const json& object,
                std::initializer_list<std::pair<const char*, const char*>> members) {
  std::string line = fmt::format("{:<10}", label);
  for (const auto& [text, key] : members)
    line += fmt::format("{} {}  ", text, grouped(object.at(key)));
  while (line.back() == ' ') line.pop_back();
  return line + "\n";
}

std::string thresholds(const json& s) {
  std::string text = "THRESHOLDS\n";
  for (const auto& t : s.at("thresholds")) {
    const bool ok = t.at("ok").get<bool>();
    const auto value = !t.at("value").is_null() ? fmt::format("{:.4g}", t.at("value").get<double>())
                       : ok                     ? "does not apply in virtual time"
                                                : "nothing measured";
    text += fmt::format("  {} {:<40} {}\n", ok ? "✓" : "✗", t.at("expr").get<std::string>(), value);
  }
  return s.at("thresholds").empty() ? std::string{} : text;
}

/// Nothing for a run that began anew. Who reads `failed` beside `sent` should not wonder.
std::string carried_row(const json& s) {
  const auto carried = s.at("sessions").value("carried_over", std::uint64_t{0});  // not in old ones
  if (carried == 0) return {};
  return fmt::format(
      "CARRIED   {} of the sessions started were open when the run before ended: they end here\n",
      grouped(carried));
}

/// `workers 2`; of several nodes also how many there are.
std::string workers_text(const json& run) {
  const auto workers = run.at("workers").get<unsigned>();
  const auto nodes = run.value("nodes", 1U);
  return nodes == 1 ? fmt::format("workers {}", workers)
                    : fmt::format("nodes {}  workers {} each", nodes, workers);
}

/// Nothing for a run that kept none.
std::string journal_row(const json& s) {
  const auto& j = s.at("journal");
  if (j.at("records") == 0) return {};
  return fmt::format("JOURNAL   records {}  durable {}  commits {}  {} MiB  commit p99 {:.2f} ms\n",
                     grouped(j.at("records")), grouped(j.at("durable_records")),
                     grouped(j.at("commits")), j.at("bytes").get<std::uint64_t>() >> 20U,
                     j.at("commit_ms").at("p99").get<double>());
}

/// Nothing for a run with a central of its own.
std::string link_row(const json& s) {
  const auto link = s.find("link");
  if (link == s.end()) return {};
  const auto& trip = link->at("round_trip_ms");
  return fmt::format(
      "CENTRAL   {}  connections {}  lost {}  sent {}  declined {}  unanswered {}  round trip p50 "
      "{:.2f} ms, p99 {:.2f} ms, max {:.2f} ms\n",
      link->at("address").get<std::string>(), grouped(link->at("connections")),
      grouped(link->at("lost")), grouped(link->at("sent")), grouped(link->at("declined")),
      grouped(link->at("unanswered")), trip.at("p50").get<double>(), trip.at("p99").get<double>(),
      trip.at("max").get<double>());
}

/// Faults are found by timers of model time, which at speed N run N times as fast as the wall.
std::string detection_in_model_time(const json& s) {
  const auto& speed = s.at("run").at("speed");
  const auto& l = s.at("latency_ms").at("fault_detection");
  if (!speed.is_number() || speed.get<double>() == 1.0 || l.at("count") == 0) return {};
  const double factor = speed.get<double>() / 1e3;
  // A run that was late itself measured its own delays as well.
  const bool was_late = s.at("run").at("invalid").get<bool>();
  return fmt::format(
      "  fault_detection in model time: p50 {:.1f} s, p99 {:.1f} s, max {:.1f} s{}\n",
      l.at("p50").get<double>() * factor, l.at("p99").get<double>() * factor,
      l.at("max").get<double>() * factor, was_late ? ", its own lateness included" : "");
}

std::string latencies(const json& s) {
  std::string text = fmt::format(
      "{:<20}{:>11}{:>11}{:>11}{:>11}{:>11}{:>13}\n",
      fmt::format("LATENCY (ms, {})", s.at("latency_ms").at("clock").get<std::string>()), "p50",
      "p90", "p99", "p99.9", "max", "count");
  for (const char* name :
       {"request_decision", "session_start", "fault_detection", "tick_lateness", "node_transit"}) {
    if (!s.at("latency_ms").contains(name)) continue;  // messages between nodes, if there were any
    const auto& l = s.at("latency_ms").at(name);
    text += fmt::format("  {:<18}", name);
    for (const char* figure : {"p50", "p90", "p99", "p999", "max"})
      text += l.at("count") == 0 ? fmt::format("{:>11}", "-")
                                 : fmt::format("{:>11.3f}", l.at(figure).get<double>());
    text += fmt::format("{:>13}\n", grouped(l.at("count")));
  }
  return text + detection_in_model_time(s);
}

/// Of few charge points it would be the memory of everything else.
std::string bytes_per_point(const json& s) {
  constexpr std::uint64_t kManyPoints = 1'000;
  if (s.at("charge_points").at("total").get<std::uint64_t>() < kManyPoints) return {};
  const auto bytes = s.at("resources").at("bytes_per_charge_point").get<double>();
  return fmt::format("  {} bytes a charge point", grouped(std::max(0.0, std::round(bytes))));
}

/// "1 of 1 threshold", "2 of 4 thresholds".
std::string thresholds_text(std::size_t all) {
  return fmt::format("{} threshold{}", all, all == 1 ? "" : "s");
}

}  // namespace

std::string speed_text(const json& speed) {
  if (!speed.is_number()) return "max";
  const double factor = speed.get<double>();
  if (factor < 1'000.0) return fmt::format("{:g}x", factor);
  return grouped(std::llround(factor)) + "x";
}

std::string run_speed_text(const json& run) {
  constexpr double kNoticeable = 0.02;
  const auto& speed = run.at("speed");
  std::string text = speed_text(speed);
  const double reached = run.value("speed_reached", 0.0);  // older summaries have none
  if (!speed.is_number() || reached <= 0.0) return text;
  if (std::abs(reached / speed.get<double>() - 1.0) <= kNoticeable) return text;
  const bool is_long = reached >= 1'000.0;
  return text + (is_long ? fmt::format(" (reached {})", speed_text(reached))
                         : fmt::format(" (reached {:.3g}x)", reached));
}

VerdictLine verdict_line(const json& s) {
  if (!s.at("conservation").at("ok").get<bool>()) return {"FAIL", "conservation is broken"};
  const auto& run = s.at("run");
  if (run.at("invalid").get<bool>())
    return {"INVALID", run.at("invalid_reason").get<std::string>()};
  const auto& all = s.at("thresholds");
  const auto crossed =
      std::count_if(all.begin(), all.end(), [](const json& t) { return !t.at("ok").get<bool>(); });
  const auto crossed_text = fmt::format("{} of {} crossed", crossed, thresholds_text(all.size()));
  if (run.at("stop_reason") == "handed over")
    return {"PARTIAL", "handed over to another node, which leads now"};
  if (run.at("partial").get<bool>())  // the exit code names the signal, so the last line does
    return {"PARTIAL", "stopped by " + run.at("stop_reason").get<std::string>() +
                           (crossed > 0 ? ", " + crossed_text : "")};
  if (crossed > 0) return {"FAIL", crossed_text};
  return {"OK", all.empty()       ? ""
                : all.size() == 1 ? "the threshold holds"
                                  : fmt::format("all {} hold", thresholds_text(all.size()))};
}

std::string summary_text(const json& s) {
  const auto& run = s.at("run");
  std::string text = thresholds(s);
  text +=
      fmt::format("RUN       {}  wall {}  sim {}  speed {}  {}  messages/s {}  stop reason {}\n",
                  run.at("scenario").get<std::string>(), clock_text(run.at("wall_s").get<double>()),
                  clock_text(run.at("sim_s").get<double>()), run_speed_text(run), workers_text(run),
                  grouped(static_cast<std::uint64_t>(s.at("messages").at("per_s").get<double>())),
                  run.at("stop_reason").get<std::string>());
  if (run.at("digest").is_string())
    text +=
        fmt::format("DIGEST    {}  {} events{}\n", run.at("digest").get<std::string>(),
                    grouped(s.at("messages").at("events")),
                    run.at("partial").get<bool>() ? "  (partial: compare it with no other)" : "");
  text += row("POINTS", s.at("charge_points"),
              {{"total", "total"},
               {"activated", "activated"},
               {"supplying", "supplying"},
               {"stopped", "stopped"},
               {"fault", "fault"},
               {"disconnected", "disconnected"}});
  text += row("REQUESTS", s.at("requests"),
              {{"sent", "sent"},
               {"accepted", "accepted"},
               {"denied", "denied"},
               {"timed out", "timed_out"},
               {"open", "open"}});
  text += row("SESSIONS", s.at("sessions"),
              {{"started", "started"},
               {"completed", "completed"},
               {"failed", "failed"},
               {"active", "active"}});
  text += carried_row(s);
  text += row("TRIPS", s.at("trips"), {{"offered", "offered"}, {"done", "done"}, {"shed", "shed"}});
  text += fmt::format("ENERGY    {:.3f} kWh delivered  {:.2f} EUR for ended sessions\n",
                      s.at("energy").at("delivered_kwh").get<double>(),
                      s.at("money").at("revenue_eur").get<double>());
  text += row("FAULTS", s.at("faults"),
              {{"injected", "injected"},
               {"raised", "raised"},
               {"notified", "notified"},
               {"recovered", "recovered"},
               {"restarts", "restarts"}});
  text += row("BREAKERS", s.at("breaker"),
              {{"opened", "opened"}, {"half-opened", "half_opened"}, {"closed", "closed"}});
  text += journal_row(s);
  text += link_row(s);
  text += latencies(s);
  const auto& r = s.at("resources");
  const double wall = std::max(1e-9, run.at("wall_s").get<double>());
  text += fmt::format("RESOURCES cpu {:.2f} cores  rss {:.2f} GiB{}  start-up {:.2f} s\n",
                      r.at("cpu_s").get<double>() / wall, r.at("rss_bytes").get<double>() / 0x1p30,
                      bytes_per_point(s), r.at("startup_s").get<double>());
  for (const auto& broken : s.at("conservation").at("broken"))
    text += "BROKEN    " + broken.get<std::string>() + "\n";
  if (s.at("conservation").at("ok").get<bool>())
    text += "CONSERVED requests, sessions, energy, trips: ok\n";
  for (const auto& warning : s.value("warnings", json::array()))
    text += "WARNING   " + warning.get<std::string>() + "\n";
  const auto verdict = verdict_line(s);
  return text +
         (verdict.reason.empty() ? verdict.word
                                 : fmt::format("{:<10}{}", verdict.word, verdict.reason)) +
         "\n";
}

}  // namespace chargemill::app
