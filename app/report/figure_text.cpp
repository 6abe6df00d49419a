#include "app/report/figure_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "app/summary/summary.hpp"

namespace chargemill::app {
namespace {

using nlohmann::ordered_json;

std::string grouped(std::string digits) {
  const std::size_t first = !digits.empty() && digits.front() == '-' ? 1 : 0;
  for (std::size_t at = digits.size(); at > first + 3;) {
    at -= 3;
    digits.insert(at, " ");
  }
  return digits;
}

std::string real_text(double value) {
  constexpr double kManyDigits = 1'000.0;
  if (!std::isfinite(value)) return "none";
  if (std::abs(value) < kManyDigits) return fmt::format("{:.4g}", value);
  return grouped(fmt::format("{:.0f}", value));
}

constexpr std::pair<std::string_view, std::string_view> kUnits[] = {
    {"_mj", "mJ"},   {"_kwh", "kWh"}, {"_microeur", "µEUR"}, {"_eur", "EUR"},
    {"per_s", "/s"}, {"_s", "s"},     {"bytes", "B"},        {"bytes_per_charge_point", "B"}};

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

/// Empty: a number of things.
std::string_view unit_of(std::string_view name) {
  // Of times there are several figures, and how many there were: `commit_ms.p99`, `commit_ms:p99`.
  const bool is_time =
      name.find("_ms.") != std::string_view::npos || name.find(':') != std::string_view::npos;
  if (is_time) return ends_with(name, "count") ? std::string_view{} : "ms";
  for (const auto& [end, unit] : kUnits) {
    if (ends_with(name, end)) return unit;
  }
  return {};
}

}  // namespace

std::string figure_text(std::string_view name, const ordered_json& value) {
  if (!value.is_number()) return figure_text(value);
  if (name == "seed" || name == "run.seed")  // a threshold's value is a real number
    return value.is_number_integer() ? value.dump() : fmt::format("{:.0f}", value.get<double>());
  const auto unit = unit_of(name);
  return unit.empty() ? figure_text(value) : fmt::format("{} {}", figure_text(value), unit);
}

std::string figure_text(const ordered_json& value) {
  if (value.is_null()) return "none";
  if (value.is_number_integer()) return grouped(value.dump());
  if (value.is_number()) return real_text(value.get<double>());
  if (value.is_string())
    return value.get_ref<const std::string&>().empty() ? "none" : value.get<std::string>();
  if (!value.is_array()) return value.dump();
  std::string text;
  for (const auto& member : value) text += (text.empty() ? "" : "; ") + figure_text(member);
  return text.empty() ? "none" : text;
}

std::string threshold_text(const ordered_json& threshold) {
  const auto& value = threshold.at("value");
  if (!value.is_null()) {
    const std::string_view expr = threshold.at("expr").get_ref<const std::string&>();
    const auto begin = std::min(expr.find_first_not_of(' '), expr.size());
    const auto end = std::min(expr.find_first_of(" <>=", begin), expr.size());
    return figure_text(expr.substr(begin, end - begin), value);
  }
  return threshold.at("ok").get<bool>() ? "does not apply in virtual time" : "nothing measured";
}

std::string latency_text(const ordered_json& latency, const char* figure) {
  if (latency.at("count").get<std::uint64_t>() == 0) return "none";
  return fmt::format("{:.3f}", latency.at(figure).get<double>());
}

std::string clock_text(double seconds) {
  const auto whole = static_cast<std::uint64_t>(std::llround(std::max(0.0, seconds)));
  return fmt::format("{:02}:{:02}:{:02}", whole / 3'600, whole / 60 % 60, whole % 60);
}

std::string run_text(const ordered_json& summary) {
  const auto& run = summary.at("run");
  return fmt::format("wall {}, simulated {}, speed {}, seed {}, workers {}, stopped by {}{}",
                     clock_text(run.at("wall_s").get<double>()),
                     clock_text(run.at("sim_s").get<double>()), run_speed_text(run),
                     run.at("seed").get<std::uint64_t>(), run.at("workers").get<unsigned>(),
                     run.at("stop_reason").get<std::string>(),
                     run.at("partial").get<bool>() ? " before its end" : "");
}

}  // namespace chargemill::app
