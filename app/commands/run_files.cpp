#include "app/commands/run_files.hpp"

#include <fmt/format.h>

#include <utility>

#include "app/commands/run_end.hpp"
#include "app/output/hgrm_text.hpp"
#include "app/output/manifest.hpp"
#include "app/report/html_report.hpp"
#include "app/scenario/resolved_toml.hpp"
#include "app/simulation/host.hpp"

namespace chargemill::app {

Result<std::unique_ptr<RunDirectory>> open_directory(const std::filesystem::path& path,
                                                     const Loaded& loaded,
                                                     const std::vector<std::string>& argv) {
  auto made = RunDirectory::create(path);
  if (!made) return tl::unexpected<Error>(made.error());
  const auto& run = loaded.scenario.run;
  const std::string resolved = resolved_toml(loaded.scenario);
  const std::string manifest = manifest_text({run.seed, workers_of(loaded.scenario), argv,
                                              chargemill_environment(), loaded.inputs, resolved});
  for (const auto& [name, content] :
       {std::pair{"manifest.json", &manifest}, std::pair{"scenario.resolved.toml", &resolved}}) {
    const auto written = made->write(name, *content);
    if (!written) return tl::unexpected<Error>(written.error());
  }
  return std::make_unique<RunDirectory>(std::move(*made));
}

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
  // summary.json is the last one: it marks a finished run.
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
