#include "actors/codec/reasons.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <system_error>

#include "actors/texts.hpp"

namespace chargemill::codec {
namespace {

constexpr std::array kPhaseList{Phase::disconnected, Phase::activated, Phase::stopped,
                                Phase::supplying, Phase::fault};
static_assert(kPhaseList.size() == kPhases);
constexpr std::array kCommands{Command::start_supply, Command::stop_supply, Command::stop_cp,
                               Command::resume_cp, Command::shutdown};
constexpr std::array kRefusals{Refusal::invalid_transition, Refusal::not_authorised,
                               Refusal::not_plugged, Refusal::invalid_payload,
                               Refusal::starts_refused};

bool try_remove_prefix(std::string_view& text, std::string_view prefix) noexcept {
  if (text.substr(0, prefix.size()) != prefix) return false;
  text.remove_prefix(prefix.size());
  return true;
}
bool try_remove_suffix(std::string_view& text, std::string_view suffix) noexcept {
  if (text.size() < suffix.size() || text.substr(text.size() - suffix.size()) != suffix)
    return false;
  text.remove_suffix(suffix.size());
  return true;
}

/// The first reason that is worded so.
Reason reason_of(std::string_view text) noexcept {
  if (text.empty()) return Reason::none;
  for (int i = 1; i <= static_cast<int>(kLastReason); ++i) {
    const auto reason = static_cast<Reason>(i);
    if (word(reason) == text) return reason;
  }
  return Reason::none;
}

/// `text`, or `text (detail)`.
struct Detailed {
  Reason reason = Reason::none;
  Reason detail = Reason::none;
};
Detailed detailed_of(std::string_view text) noexcept {
  if (const Reason reason = reason_of(text); reason != Reason::none) return {reason};
  const std::size_t open = text.find(" (");
  if (open == std::string_view::npos || !try_remove_suffix(text, ")")) return {};
  return {reason_of(text.substr(0, open)), reason_of(text.substr(open + 2))};
}

Refusal refusal_of(std::string_view text, Phase phase, Command command) {
  for (const Refusal refusal : kRefusals) {
    if (refusal_text(refusal, phase, command) == text) return refusal;
  }
  return Refusal::none;
}

/// What follows `Charging interrupted: `.
void read_interruption(std::string_view text, chargemill::DriverUpdate& update) {
  if (text == word(Reason::start_timeout) || text == word(Reason::no_telemetry)) {
    update.reason = reason_of(text);
    return;
  }
  const Phase phase = update.phase;
  if (std::string_view error = text; try_remove_prefix(error, word(Reason::refused_by_point)) &&
                                     try_remove_prefix(error, " (") &&
                                     try_remove_suffix(error, ")")) {
    update.reason = Reason::refused_by_point;
    for (const Phase each : kPhaseList) {
      update.phase = each;
      update.refusal = refusal_of(error, each, Command::start_supply);
      if (update.refusal != Refusal::none) return;
    }
    update.phase = phase;
    return;
  }
  if (const auto state = phase_of(text)) {
    update.reason = Reason::interrupted_by_state;
    update.phase = *state;
    return;
  }
  if (try_remove_prefix(text, "FAULT (") && try_remove_suffix(text, ")")) {
    update.reason = Reason::interrupted_by_fault;
    update.phase = Phase::fault;
    update.detail = reason_of(text);
  }
}

/// What follows `Charging point not available (state: `.
void read_unavailable(std::string_view text, chargemill::DriverUpdate& update) {
  update.reason = Reason::not_available;
  update.phase = Phase::activated;
  if (text == "ACTIVATED, reserved)") {
    update.reason = Reason::reserved;
  } else if (text == "ACTIVATED, circuit open)") {
    update.reason = Reason::circuit_open;
  } else if (try_remove_suffix(text, ")")) {
    update.phase = phase_of(text).value_or(Phase::disconnected);
  }
}

/// What follows `Charging: `: `22.0 kW, €0.05`. What is written otherwise gives no numbers.
void read_charging(std::string_view text, chargemill::DriverUpdate& update) {
  update.reason = Reason::charging;
  constexpr std::string_view kBetween = " kW, €";
  const std::size_t between = text.find(kBetween);
  if (between == std::string_view::npos) return;
  const auto number = [](std::string_view digits, double per_unit) -> std::optional<std::int64_t> {
    double value = 0;
    const auto end = digits.data() + digits.size();
    const auto read = std::from_chars(digits.data(), end, value, std::chars_format::fixed);
    constexpr double kMost = 1e15;
    if (read.ec != std::errc{} || read.ptr != end || !(std::abs(value) * per_unit <= kMost))
      return std::nullopt;
    return std::llround(value * per_unit);
  };
  const auto watts = number(text.substr(0, between), 1e3);
  const auto microeur = number(text.substr(between + kBetween.size()), 1e6);
  if (!watts || !microeur) return;
  update.power = Power{*watts};
  update.cost = Money{*microeur};
}

}  // namespace

std::optional<Phase> phase_of(std::string_view text) noexcept {
  for (const Phase phase : kPhaseList) {
    if (word(phase) == text) return phase;
  }
  return std::nullopt;
}

void read_status_reason(std::string_view text, Status& status) {
  if (std::string_view driver = text; try_remove_prefix(driver, "Starting supply for driver ")) {
    status.reason = Reason::starting_supply;
    return;
  }
  if (std::string_view rest = text; try_remove_prefix(rest, "Telemetry error: ")) {  // D-104
    status.reason = Reason::telemetry_error;
    status.detail = reason_of(rest);
    return;
  }
  if (std::string_view rest = text; try_remove_prefix(rest, "Refused ")) {
    status.reason = Reason::refused;
    for (const Command command : kCommands) {
      std::string_view error = rest;
      if (!try_remove_prefix(error, word(command)) || !try_remove_prefix(error, ": ")) continue;
      status.refused = command;
      status.refusal = refusal_of(error, status.phase, command);
    }
    return;
  }
  const Detailed found = detailed_of(text);
  status.reason = found.reason;
  status.detail = found.detail;
}

void read_update_reason(std::string_view text, chargemill::DriverUpdate& update) {
  if (std::string_view rest = text; try_remove_prefix(rest, "Charging interrupted: ")) {
    read_interruption(rest, update);
  } else if (rest = text; try_remove_prefix(rest, "Charging point not available (state: ")) {
    read_unavailable(rest, update);
  } else if (rest = text; try_remove_prefix(rest, "Charging: ")) {
    read_charging(rest, update);
  } else {
    update.reason = reason_of(text);
  }
}

}  // namespace chargemill::codec
