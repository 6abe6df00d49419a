#include "actors/texts.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <initializer_list>
#include <mutex>
#include <system_error>

#include "actors/charge_point/transitions.hpp"
#include "runtime/base/assert.hpp"

namespace chargemill {
namespace {

constexpr std::string_view kInterrupted = "Charging interrupted: ";

std::string join(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const std::string_view part : parts) text.append(part);
  return text;
}

/// `text`, or `text (detail)` if there is one (D-099).
std::string with_detail(std::string_view text, Reason detail) {
  if (detail == Reason::none) return std::string{text};
  return join({text, " (", word(detail), ")"});
}

/// What others say, by the order in which it was first said; nothing is ever taken back.
struct ForeignWords {
  std::mutex mutex;                                // who adds
  std::array<std::string, kForeignReasons> texts;  // [0, count) are written and stay
  std::atomic<std::size_t> count{0};               // written under mutex
};
static_assert(static_cast<std::size_t>(kForeignFirst) + kForeignReasons ==
              static_cast<std::size_t>(kForeignWords));
static_assert(kLastReason < kForeignFirst);

ForeignWords& foreign_words() {
  static ForeignWords words;
  return words;
}

std::string_view foreign_word(Reason reason) noexcept {
  const auto index = static_cast<std::size_t>(reason) - static_cast<std::size_t>(kForeignFirst);
  const ForeignWords& words = foreign_words();
  // acquire: pairs with release in reason_in_words(): the text is written.
  if (index >= words.count.load(std::memory_order_acquire)) return {};
  return words.texts[index];
}

charge_point::On event_of(Command command) {
  switch (command) {
    case Command::none:
    case Command::start_supply:
      return charge_point::On::start_supply;
    case Command::stop_supply:
      return charge_point::On::stop_supply;
    case Command::stop_cp:
      return charge_point::On::stop_cp;
    case Command::resume_cp:
      return charge_point::On::resume_cp;
    case Command::shutdown:
      return charge_point::On::disconnect;
  }
  return charge_point::On::disconnect;
}

}  // namespace

std::string_view word(Phase phase) noexcept {
  switch (phase) {
    case Phase::disconnected:
      return "DISCONNECTED";
    case Phase::activated:
      return "ACTIVATED";
    case Phase::stopped:
      return "STOPPED";
    case Phase::supplying:
      return "SUPPLYING";
    case Phase::fault:
      return "FAULT";
  }
  return "";
}

const StateWords& words_of(DisplayState state) noexcept {
  static constexpr std::array<StateWords, kDisplayStates> kWords{{
      {"ACTIVATED", "Activated", "activated"},
      {"SUPPLYING", "Supplying", "supplying"},
      {"STOPPED", "Out of Order", "stopped"},
      {"BROKEN", "Broken", "fault"},
      {"DISCONNECTED", "Disconnected", "disconnected"},
  }};
  const auto index = static_cast<std::size_t>(state);
  CHARGEMILL_ASSERT(index < kWords.size());
  return kWords[index];
}

std::string_view word(DisplayState state) noexcept { return words_of(state).text; }

std::string_view word(Command command) noexcept {
  switch (command) {
    case Command::none:
      return "";
    case Command::start_supply:
      return "start_supply";
    case Command::stop_supply:
      return "stop_supply";
    case Command::stop_cp:
      return "stop_cp";
    case Command::resume_cp:
      return "resume_cp";
    case Command::shutdown:
      return "shutdown";
  }
  return "";
}

std::string_view word(UpdateStatus status) noexcept {
  switch (status) {
    case UpdateStatus::accepted:
      return "accepted";
    case UpdateStatus::denied:
      return "denied";
    case UpdateStatus::in_progress:
      return "in_progress";
    case UpdateStatus::completed:
      return "completed";
    case UpdateStatus::failed:
      return "failed";
  }
  return "";
}

std::string_view word(SessionStatus status) noexcept {
  switch (status) {
    case SessionStatus::active:
      return "ACTIVE";
    case SessionStatus::completed:
      return "COMPLETED";
    case SessionStatus::failed:
      return "FAILED";
  }
  return "";
}

std::string_view word(Reason reason) noexcept {
  // clang-format off
  switch (reason) {
    case Reason::none:                   return "";
    case Reason::engine_started:         return "Engine started";
    case Reason::state_report:           return "State report";
    case Reason::starting_supply:        return "Starting supply";
    case Reason::central_requested_stop: return "Central requested stop";
    case Reason::central_stopped:        return "Central stopped CP";
    case Reason::central_resumed:        return "Central resumed CP";
    case Reason::engine_shutting_down:   return "Engine shutting down";
    case Reason::time_limit_reached:     return "Session time limit reached";
    case Reason::energy_target_reached:  return "Energy target reached";
    case Reason::stay_ended:             return "Stay ended";
    case Reason::unplugged:              return "Vehicle unplugged";
    case Reason::ko_key:                 return "KO key";
    case Reason::telemetry_error:        return "Telemetry error";
    case Reason::fault_cleared:          return "Fault cleared";
    case Reason::engine_crashed:         return "Engine crashed";
    case Reason::refused:                return "Refused";
    case Reason::health_check_failed:    return "Health check failures exceeded threshold";
    case Reason::health_check_restored:  return "Health check restored";
    case Reason::request_accepted:       return "Request accepted, starting charging";
    case Reason::point_not_found:        return "Charging point not found";
    case Reason::not_available:
    case Reason::reserved:
    case Reason::circuit_open:           return "Charging point not available";
    case Reason::no_free_point:          return "No charging point available in this zone";
    case Reason::charging:               return "Charging";
    case Reason::charging_completed:     return "Charging completed successfully";
    case Reason::start_timeout:          return "start timeout";
    case Reason::no_telemetry:           return "no telemetry";
    case Reason::interrupted_by_state:
    case Reason::interrupted_by_fault:   return "Charging interrupted";
    case Reason::refused_by_point:       return "refused by charging point";
    case Reason::operator_stopped:       return "Operator stopped CP";
    case Reason::operator_stop_supply:   return "Operator stopped supply";
    case Reason::driver_cancelled:       return "Driver cancelled";
    case Reason::central_restarted:      return "Central restarted";
    case Reason::meter_unreadable:       return "the meter does not answer";
    case Reason::journal_busy:           return "journal busy";
    case Reason::vehicle_awaited:        return "Waiting for the vehicle to be plugged in";
    case Reason::driver_requested_stop:  return "Driver requested stop";
    case Reason::manual_stop:            return "Manual stop from dashboard";
  }
  // clang-format on
  return foreign_word(reason);
}

Reason reason_in_words(std::string_view text) {
  std::string said{beginning_of(text, kForeignBytesMax)};
  if (said.empty()) return Reason::none;
  std::replace_if(
      said.begin(), said.end(),
      [](char c) { return static_cast<std::uint8_t>(c) < 0x20 || c == 0x7F; }, '?');
  ForeignWords& words = foreign_words();
  const std::lock_guard lock{words.mutex};
  // relaxed: only who holds the mutex writes it.
  const std::size_t count = words.count.load(std::memory_order_relaxed);
  const auto* const end = words.texts.cbegin() + count;
  const auto* const found = std::find(words.texts.cbegin(), end, said);
  const auto index = static_cast<std::size_t>(found - words.texts.cbegin());
  if (index == kForeignReasons) return Reason::none;
  if (found == end) {
    words.texts[count] = std::move(said);
    words.count.store(count + 1, std::memory_order_release);  // release: as above
  }
  return static_cast<Reason>(static_cast<std::size_t>(kForeignFirst) + index);
}

std::string_view beginning_of(std::string_view text, std::size_t bytes_max) noexcept {
  if (text.size() <= bytes_max) return text;
  std::size_t length = bytes_max;
  // Bytes 10xxxxxx continue a character: never begin what is left out with one.
  while (length > 0 && (static_cast<std::uint8_t>(text[length]) & 0xC0U) == 0x80) --length;
  return text.substr(0, length);
}

std::string refusal_text(Refusal refusal, Phase phase, Command command) {
  return charge_point::error_text(refusal, phase, event_of(command));
}

std::string status_text(const Status& status, std::string_view driver) {
  switch (status.reason) {
    case Reason::starting_supply:
      return join({"Starting supply for driver ", driver});
    case Reason::refused:
      return join({"Refused ", word(status.refused), ": ",
                   refusal_text(status.refusal, status.phase, status.refused)});
    case Reason::telemetry_error:
      return join({word(status.reason), ": ", word(status.detail)});
    default:
      return with_detail(word(status.reason), status.detail);
  }
}

std::string update_text(const DriverUpdate& update) {
  switch (update.reason) {
    case Reason::charging:
      return join({"Charging: ", fixed(kilowatts(update.power), 1), " kW, €",
                   fixed(euros(update.cost), 2)});
    case Reason::not_available:
      return join({word(update.reason), " (state: ", word(update.phase), ")"});
    case Reason::reserved:  // these two are asked of an ACTIVATED point only (D-052)
      return join({word(update.reason), " (state: ACTIVATED, reserved)"});
    case Reason::circuit_open:
      return join({word(update.reason), " (state: ACTIVATED, circuit open)"});
    case Reason::start_timeout:
    case Reason::no_telemetry:
      return join({kInterrupted, word(update.reason)});
    case Reason::interrupted_by_state:
      return join({kInterrupted, word(update.phase)});
    case Reason::interrupted_by_fault:
      return join({kInterrupted, with_detail("FAULT", update.detail)});
    case Reason::refused_by_point:
      return join({kInterrupted, word(update.reason), " (",
                   refusal_text(update.refusal, update.phase, Command::start_supply), ")"});
    default:
      return std::string{word(update.reason)};
  }
}

std::string fixed(double value, int decimals) {
  // 309 digits before the point, the point, the sign, the decimals.
  std::array<char, 512> buffer{};
  CHARGEMILL_ASSERT(decimals >= 0 && decimals <= 100);
  const auto written = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                     std::chars_format::fixed, decimals);
  CHARGEMILL_ASSERT(written.ec == std::errc{});
  return {buffer.data(), written.ptr};
}

double kilowatts(Power power) noexcept { return static_cast<double>(power.w) / 1e3; }
double kilowatt_hours(Energy energy) noexcept {
  return static_cast<double>(energy.mj) / static_cast<double>(kMillijoulesPerKwh);
}
double euros(Money money) noexcept { return static_cast<double>(money.microeur) / 1e6; }
double euros_per_kwh(Price price) noexcept {
  return static_cast<double>(price.microeur_per_kwh) / 1e6;
}
double euros(Energy energy, Price price) noexcept {
  return kilowatt_hours(energy) * euros_per_kwh(price);
}
double euros(Money told, Energy energy, Price price) noexcept {
  return told == cost_of(energy, price) ? euros(energy, price) : euros(told);
}

}  // namespace chargemill
