#include "app/report/markdown_report.hpp"

#include <fmt/format.h>

#include "app/report/figure_text.hpp"
#include "app/summary/summary.hpp"

namespace chargemill::app {
namespace {

using nlohmann::ordered_json;

/// Nothing that Markdown, a table or HTML in Markdown could take for its own.
std::string escaped(const std::string& text) {
  std::string safe;
  for (const char c : text) {
    if (c == '<') {
      safe += "&lt;";
    } else if (c == '>') {
      safe += "&gt;";
    } else if (c == '&') {
      safe += "&amp;";
    } else if (c == '\n' || c == '\r') {
      safe += ' ';
    } else {
      if (std::string_view{"\\`*_{}[]()#+!|~"}.find(c) != std::string_view::npos) safe += '\\';
      safe += c;
    }
  }
  return safe;
}

std::string thresholds(const ordered_json& summary) {
  const auto& all = summary.at("thresholds");
  if (all.empty()) return {};
  std::string text = "| | threshold | value |\n|---|---|---:|\n";
  for (const auto& threshold : all) {
    text += fmt::format(
        "| {} | {} | {} |\n", threshold.at("ok").get<bool>() ? "✓ holds" : "✗ **crossed**",
        escaped(threshold.at("expr").get<std::string>()), threshold_text(threshold));
  }
  return text + "\n";
}

std::string counts(const ordered_json& summary) {
  std::string text = "| | |\n|---|---|\n";
  for (const char* section : {"charge_points", "requests", "sessions", "faults", "breaker"}) {
    std::string members;
    for (const auto& [key, value] : summary.at(section).items())
      members +=
          fmt::format("{}{} {}", members.empty() ? "" : ", ", escaped(key), figure_text(value));
    text += fmt::format("| {} | {} |\n", escaped(section), members);
  }
  return text + fmt::format("| energy | {} kWh, {} EUR |\n| messages | {} a second |\n\n",
                            figure_text(summary.at("energy").at("delivered_kwh")),
                            figure_text(summary.at("money").at("revenue_eur")),
                            figure_text(summary.at("messages").at("per_s")));
}

std::string latencies(const ordered_json& summary) {
  const auto& all = summary.at("latency_ms");
  std::string text =
      fmt::format("| latency, ms ({} time) |", escaped(all.value("clock", std::string{"wall"})));
  std::string line = "\n|---|";
  for (const auto& [key, heading] : kLatencyFigures) {
    text += fmt::format(" {} |", heading);
    line += "---:|";
  }
  text += " count |" + line + "---:|\n";
  for (const char* name : kLatencyNames) {
    text += fmt::format("| {} |", escaped(name));
    for (const auto& [key, heading] : kLatencyFigures)
      text += fmt::format(" {} |", latency_text(all.at(name), key));
    text += fmt::format(" {} |\n", figure_text(all.at(name).at("count")));
  }
  return text;
}

}  // namespace

std::string markdown_report(const ordered_json& summary) {
  const auto& run = summary.at("run");
  const auto verdict = verdict_line(summary);
  std::string text =
      fmt::format("## {}: {}{}{}\n\n", escaped(run.at("scenario").get<std::string>()), verdict.word,
                  verdict.reason.empty() ? "" : ", ", escaped(verdict.reason));
  text += thresholds(summary) + counts(summary) + latencies(summary);
  for (const auto& broken : summary.at("conservation").at("broken"))
    text += fmt::format("\n**Not conserved:** {}\n", escaped(broken.get<std::string>()));
  for (const auto& warning : summary.value("warnings", ordered_json::array()))
    text += fmt::format("\n**Warning:** {}\n", escaped(warning.get<std::string>()));
  return text + fmt::format("\n{}. chargemill {} ({})\n", escaped(run_text(summary)),
                            escaped(run.at("version").get<std::string>()),
                            escaped(run.at("commit").get<std::string>()));
}

}  // namespace chargemill::app
