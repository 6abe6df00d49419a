#include "app/commands/run_results.hpp"

#include <fmt/format.h>

#include "app/commands/run_end.hpp"
#include "app/output/hgrm_text.hpp"
#include "app/output/json_text.hpp"
#include "app/report/html_report.hpp"

namespace chargemill::app {
namespace {

/// A file a latency, as HdrHistogram's tools want it, and all of them in one for people.
Result<void> write_latencies(const RunDirectory& directory, const network::Latencies& l) {
  std::string all;
  for (const auto& [name, histogram] : {std::pair{"request_decision", &l.request_decision},
                                        {"session_start", &l.session_start},
                                        {"fault_detection", &l.fault_detection},
                                        {"tick_lateness", &l.tick_lateness}}) {
    const std::string text = hgrm_text(*histogram);
    all += fmt::format("# {} (ms)\n{}\n", name, text);
    auto written = directory.write(fmt::format("latency_{}.hgrm", name), text);
    if (!written) return written;
  }
  return directory.write("latency.hgrm", all);
}

}  // namespace

Result<void> write_results(const RunDirectory& directory, const RunOutcome& outcome,
                           const nlohmann::ordered_json& summary, const std::string& text,
                           const nlohmann::ordered_json& states,
                           const std::filesystem::path& journal) {
  auto kept = write_latencies(directory, outcome.last.latencies);
  if (!kept) return kept;
  for (const auto& [name, content] :
       {std::pair<std::string, std::string>{"summary.txt", text},
        {"states.json", json_text(states) + "\n"},
        {"report.html", html_report(summary, directory.series_text(),
                                    report_end(states, directory.path(), journal))},
        {"summary.json", json_text(summary, 2) + "\n"}}) {
    auto written = directory.write(name, content);
    if (!written) return written;
  }
  return {};
}

}  // namespace chargemill::app
