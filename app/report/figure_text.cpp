#include "app/report/figure_text.hpp"

#include <fmt/format.h>

#include <cmath>

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

}  // namespace

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
  if (!value.is_null()) return figure_text(value);
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
