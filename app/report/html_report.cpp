#include "app/report/html_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

#include "app/dashboard/deflated.hpp"
#include "app/dashboard/page_files.hpp"
#include "app/report/figure_text.hpp"
#include "app/report/page_parts.hpp"
#include "app/report/series.hpp"
#include "app/summary/summary.hpp"
#include "runtime/base/base64.hpp"

namespace chargemill::app {
namespace {

using nlohmann::ordered_json;

/// They ask a server, and here is none.
constexpr std::array<std::string_view, 4> kLiveOnly{"main.js", "wire.js", "store.js", "header.js"};

std::string escaped(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    switch (c) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      case '\'':
        safe += "&#39;";
        break;
      default:
        safe += c;
    }
  }
  return safe;
}

/// What the page's script unpacks: an eighth of the text and less, and no text of it can end the
/// script element it stands in.
std::string packed(const ordered_json& value) {
  constexpr int kLevel = 6;
  const auto text = value.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  return runtime::to_base64(dashboard::deflated(text, kLevel));
}

/// `page` with each {{name}} replaced by its part, once: a part that holds {{x}} keeps it.
std::string filled(std::string_view page, const std::map<std::string_view, std::string>& parts) {
  std::string text;
  while (true) {
    const auto open = page.find("{{");
    text += page.substr(0, open);
    if (open == std::string_view::npos) return text;
    const auto close = page.find("}}", open);
    text += parts.at(page.substr(open + 2, close - open - 2));
    page.remove_prefix(close + 2);
  }
}

std::string verdict(const ordered_json& summary) {
  const auto line = verdict_line(summary);
  const std::map<std::string_view, std::pair<const char*, const char*>> looks = {
      {"OK", {"good", "✓"}}, {"PARTIAL", {"warn", "◐"}}};
  const auto look = looks.find(line.word);
  const auto [kind, glyph] = look == looks.end() ? std::pair{"bad", "✗"} : look->second;
  return fmt::format("<p class=\"verdict {}\"><strong>{} {}</strong> {}</p>", kind, glyph,
                     escaped(line.word), escaped(line.reason));
}

std::string broken_sums(const ordered_json& summary) {
  std::string items;
  for (const auto& broken : summary.at("conservation").at("broken"))
    items += fmt::format("<li>{}</li>", escaped(figure_text(broken)));
  return items.empty() ? items : "<h2>Sums that do not hold</h2><ul>" + items + "</ul>";
}

std::string warnings(const ordered_json& summary) {
  std::string items;
  for (const auto& warning : summary.value("warnings", ordered_json::array()))
    items += fmt::format("<li>{}</li>", escaped(figure_text(warning)));
  return items.empty() ? items : "<h2>Warnings</h2><ul>" + items + "</ul>";
}

std::string thresholds(const ordered_json& summary) {
  const auto& all = summary.at("thresholds");
  if (all.empty()) return "<p>The scenario sets none.</p>";
  std::string rows;
  for (const auto& threshold : all) {
    const bool ok = threshold.at("ok").get<bool>();
    rows += fmt::format(
        "<tr class=\"{}\"><td>{}</td><th scope=\"row\"><code>{}</code></th>"
        "<td class=\"n\">{}</td></tr>",
        ok ? "good" : "bad", ok ? "✓ holds" : "✗ crossed",
        escaped(figure_text(threshold.at("expr"))), escaped(threshold_text(threshold)));
  }
  return "<div class=\"wide\"><table><thead><tr><th scope=\"col\">result</th>"
         "<th scope=\"col\">threshold</th><th scope=\"col\" class=\"n\">value</th></tr></thead>"
         "<tbody>" +
         rows + "</tbody></table></div>";
}

std::string latencies(const ordered_json& summary) {
  const auto& all = summary.at("latency_ms");
  std::string head = "<th scope=\"col\">latency</th>";
  for (const auto& [key, heading] : kLatencyFigures)
    head += fmt::format("<th scope=\"col\" class=\"n\">{}</th>", heading);
  std::string rows;
  for (const char* name : kLatencyNames) {
    rows += fmt::format("<tr><th scope=\"row\"><code>{}</code></th>", name);
    for (const auto& [key, heading] : kLatencyFigures)
      rows += fmt::format("<td class=\"n\">{}</td>", latency_text(all.at(name), key));
    rows += fmt::format("<td class=\"n\">{}</td></tr>", figure_text(all.at(name).at("count")));
  }
  return fmt::format(
      "<div class=\"wide\"><table><thead><tr>{}<th scope=\"col\" class=\"n\">count</th></tr>"
      "</thead><tbody>{}</tbody></table></div>",
      head, rows);
}

/// Every member of every section, under the names that thresholds and scripts use.
std::string figures(const ordered_json& summary) {
  std::string sections;
  for (const auto& [name, section] : summary.items()) {
    if (!section.is_object() || name == "latency_ms") continue;
    const auto flat = section.flatten();
    std::string rows;
    for (const auto& [pointer, value] : flat.items()) {
      std::string key = pointer.substr(1);
      std::replace(key.begin(), key.end(), '/', '.');
      rows += fmt::format("<tr><th scope=\"row\"><code>{}</code></th><td class=\"n\">{}</td></tr>",
                          escaped(key), escaped(figure_text(key, value)));
    }
    sections +=
        fmt::format("<section><h3><code>{}</code></h3><table><tbody>{}</tbody></table></section>",
                    escaped(name), rows);
  }
  return sections;
}

/// What report.js needs of the dashboard's page, by name: gzipped, as base64.
std::string modules() {
  ordered_json packed;
  for (const auto& file : dashboard::page_files()) {
    const bool is_module = file.media == "text/javascript; charset=utf-8";
    const bool is_live_only =
        std::find(kLiveOnly.begin(), kLiveOnly.end(), file.path) != kLiveOnly.end();
    if (is_module && !is_live_only)
      packed[std::string{file.path}] = runtime::to_base64(file.gzipped);
  }
  return packed.dump();
}

}  // namespace

std::string html_report(const ordered_json& summary, const std::string& timeseries_csv,
                        const ordered_json& end) {
  const auto& run = summary.at("run");
  const std::string clock = summary.at("latency_ms").value("clock", "wall");
  const ordered_json data{
      {"summary", summary}, {"series", thinned_series(timeseries_csv)}, {"end", end}};
  return filled(
      kReportTemplate,
      {{"page_style", dashboard::plain_bytes(dashboard::page_file("vendor/uplot.css")) + "\n" +
                          dashboard::plain_bytes(dashboard::page_file("style.css"))},
       {"style", std::string{kReportStyle}},
       {"start", std::string{kReportStart}},
       {"modules", modules()},
       {"scenario", escaped(figure_text(run.at("scenario")))},
       {"run", escaped(run_text(summary))},
       {"program", escaped(fmt::format("chargemill {} ({})", figure_text(run.at("version")),
                                       figure_text(run.at("commit"))))},
       {"verdict", verdict(summary) + broken_sums(summary) + warnings(summary)},
       {"thresholds", thresholds(summary)},
       {"latencies", latencies(summary)},
       {"clock", escaped(clock)},
       {"figures", figures(summary)},
       {"data", packed(data)}});
}

}  // namespace chargemill::app
