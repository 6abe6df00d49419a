// Numbers as people read them.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace chargemill::app {

/// The four latencies of a summary, in the order in which they are shown.
inline constexpr const char* kLatencyNames[] = {"request_decision", "session_start",
                                                "fault_detection", "tick_lateness"};
/// Their figures, as keys of the summary and as headings.
inline constexpr std::pair<const char*, const char*> kLatencyFigures[] = {
    {"p50", "p50"}, {"p90", "p90"}, {"p99", "p99"}, {"p999", "p99.9"}, {"max", "max"}};

/// 1234567 as `1 234 567`; other numbers with four digits that count; `none` for null and for no
/// text; true, false and texts as they are; lists as their members, `none` when empty.
[[nodiscard]] std::string figure_text(const nlohmann::ordered_json& value);

/// A figure of a summary under its name there, or in a threshold: with the unit that the name ends
/// with, and a seed, which is copied and not counted, as it is.
[[nodiscard]] std::string figure_text(std::string_view name, const nlohmann::ordered_json& value);

/// The value of one threshold of a summary, with its unit. Null and ok: it is about lateness, and
/// time is virtual.
[[nodiscard]] std::string threshold_text(const nlohmann::ordered_json& threshold);

/// One figure of one latency: `0.305`, or `none` when nothing was measured.
[[nodiscard]] std::string latency_text(const nlohmann::ordered_json& latency, const char* figure);

/// 3661.4 seconds as `01:01:01`.
[[nodiscard]] std::string clock_text(double seconds);

/// `wall 00:00:05, simulated 00:20:00, speed 240x, seed 42, workers 2, stopped by duration`;
/// of a partial run it says `before its end`.
[[nodiscard]] std::string run_text(const nlohmann::ordered_json& summary);

}  // namespace chargemill::app
