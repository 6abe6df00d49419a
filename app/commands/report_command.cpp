#include "app/commands/report_command.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <sstream>

#include "app/commands/exit_code.hpp"
#include "app/commands/run_end.hpp"
#include "app/compare/run_set.hpp"
#include "app/output/json_text.hpp"
#include "app/report/html_report.hpp"
#include "app/report/markdown_report.hpp"
#include "app/summary/summary.hpp"

namespace chargemill::app {
namespace {

using nlohmann::ordered_json;

/// The file's text; empty when there is none, as in a run directory of which parts were removed.
std::string text_of(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

std::string report_text(const ordered_json& summary, const std::filesystem::path& run,
                        const std::string& format) {
  if (format == "json") return json_text(summary, 2) + "\n";
  if (format == "md") return markdown_report(summary);
  if (format == "html") {
    auto states = ordered_json::parse(text_of(run / "states.json"), nullptr, false);
    if (states.is_discarded()) states = nullptr;  // of an older run: it has none
    return html_report(summary, text_of(run / "timeseries.csv"),
                       report_end(std::move(states), run, run / "journal"));
  }
  return summary_text(summary);
}

/// A directory of --repeat holds runs, none of which is meant more than another.
std::string repeats_hint(const std::filesystem::path& path) {
  const auto runs = run_directories(path);
  if (!runs || runs->size() < 2) return {};
  return fmt::format("; it holds {}: report {} to {}, or compare", runs->size(),
                     runs->front().string(), runs->back().string());
}

}  // namespace

int report_command(const std::filesystem::path& run, const std::string& format) {
  std::ifstream file(run / "summary.json");
  const auto summary = ordered_json::parse(file, nullptr, false);
  if (summary.is_discarded()) {
    fmt::print(stderr, "chargemill: {} holds no finished run (no readable summary.json){}\n",
               run.string(), repeats_hint(run));
    return kExitEnvironment;
  }
  try {
    (void)std::fputs(report_text(summary, run, format).c_str(), stdout);
  } catch (const nlohmann::json::exception& e) {
    fmt::print(stderr, "chargemill: {} is not a summary of this version: {}\n",
               (run / "summary.json").string(), e.what());
    return kExitEnvironment;
  }
  return 0;
}

}  // namespace chargemill::app
