#include "app/commands/run_end.hpp"

#include <fmt/format.h>

#include "actors/archive/history.hpp"
#include "app/dashboard/marks.hpp"
#include "app/dashboard/state_frame.hpp"
#include "app/history/history_rows.hpp"
#include "app/history/history_times.hpp"
#include "app/output/hgrm_text.hpp"
#include "app/report/base64.hpp"
#include "app/report/html_report.hpp"

namespace chargemill::app {
namespace {

using nlohmann::ordered_json;

constexpr std::uint64_t kFaultsMax = 1'000;

ordered_json newest_faults(const std::filesystem::path& journal) {
  auto rows = ordered_json::array();
  auto history = archive::History::open(journal);
  if (!history) return rows;
  archive::Filter filter;
  filter.limit = kFaultsMax;
  const auto found = history->faults(filter);
  if (!found) return rows;
  const Table table = to_table(*found);
  for (const auto& row : table.rows) {
    ordered_json one;
    for (std::size_t i = 0; i < row.size(); ++i) one[table.columns[i]] = row[i];
    rows.push_back(std::move(one));
  }
  return rows;
}

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

ordered_json states_json(const network::Scenario& scenario, const ordered_json& layout,
                         const std::vector<DisplayState>& display) {
  if (display.empty()) return nullptr;
  dashboard::PackedStates states{static_cast<std::uint32_t>(display.size())};
  for (std::uint32_t i = 0; i < states.size(); ++i)
    states.set(i, dashboard::state_code(display[i], false));
  const auto frame = dashboard::encode_frame({states.size(), 1, 0, 0}, states, nullptr);
  const auto start = std::chrono::seconds{scenario.run.start_unix_s};
  return {{"start", time_text(start)},
          {"layout", layout},
          {"states", base64(frame)},
          {"marks", dashboard::marks_json(scenario)}};
}

ordered_json report_end(ordered_json states, const std::filesystem::path& journal) {
  std::error_code error;
  if (!states.is_object() || !std::filesystem::is_directory(journal, error)) return states;
  states["faults"] = newest_faults(journal);
  return states;
}

Result<void> write_results(const RunDirectory& directory, const RunOutcome& outcome,
                           const nlohmann::ordered_json& summary, const std::string& text,
                           const nlohmann::ordered_json& states,
                           const std::filesystem::path& journal) {
  auto kept = write_latencies(directory, outcome.last.latencies);
  if (!kept) return kept;
  for (const auto& [name, content] :
       {std::pair<std::string, std::string>{"summary.txt", text},
        {"states.json", states.dump() + "\n"},
        {"report.html", html_report(summary, directory.series_text(), report_end(states, journal))},
        {"summary.json", summary.dump(2) + "\n"}}) {
    auto written = directory.write(name, content);
    if (!written) return written;
  }
  return {};
}

}  // namespace chargemill::app
