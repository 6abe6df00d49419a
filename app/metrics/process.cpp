// This process: what was built, what it logs, what it takes, what it costs to be looked at.
#include <numeric>

#include "app/metrics/family_makers.hpp"

namespace chargemill::app::metrics {
namespace {

constexpr std::array<const char*, kLevels> kLevelNames{"info", "warning", "error"};

/// Names and meanings that all programs share: without a prefix, without labels.
void add_standard(Families& out, const ProcessFigures& p) {
  gauge(out, "process_start_time_seconds", "Start of the process since the Unix epoch.")
      .add(p.start_unix_s);
  counter(out, "process_cpu_seconds_total", "User and system time.").add(p.cpu_s);
  gauge(out, "process_resident_memory_bytes", "Resident memory.").add(number(p.resident_bytes));
  gauge(out, "process_open_fds", "Open file descriptors.").add(number(p.open_files));
  gauge(out, "process_max_fds", "File descriptors that may be open.").add(number(p.files_max));
}

}  // namespace

void add_process(Families& out, const Sources& s) {
  gauge(out, "chargemill_build_info", "1; what was built from what.")
      .add(1.0, {{kVersionLabel, s.facts.version}, {kRevision, s.facts.revision}});
  gauge(out, "chargemill_uptime_seconds", "Wall time since the start of the run.")
      .add(seconds(s.uptime), {{kNode, s.facts.node}});
  auto& lines = counter(out, "chargemill_log_messages_total", "Lines logged.");
  for (std::size_t i = 0; i < kLevels; ++i)
    lines.add(number(s.log_lines[i]), {{kLevel, kLevelNames[i]}});
  // One series, not one of each kind: the budget of a node with every label at its limit is used
  // up.
  counter(out, "chargemill_log_messages_dropped_total",
          "Lines that are in no log: held back as too many of one event, or not written.")
      .add(number(std::accumulate(s.log_lost.begin(), s.log_lost.end(), std::uint64_t{0})));
  add_standard(out, s.process);
  gauge(out, "chargemill_scrape_duration_seconds", "What the scrape before this one took.")
      .add(seconds(s.scrapes.last));
  counter(out, "chargemill_scrape_errors_total", "Scrapes that missed something or broke a bound.")
      .add(number(s.scrapes.errors));
}

}  // namespace chargemill::app::metrics
