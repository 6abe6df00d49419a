// The bodies of all messages as they leave the process: names for ids, texts for reasons, kW and
// euros for quantities. Fields stand in the order in which they are written.
//
// A text in a body is a view: of what the caller has when it is written, of the BodyReader that
// read it when it was read. An empty std::optional is `null` or left out (`fields.hpp` says which).
#pragma once

#include <optional>
#include <string_view>

#include "actors/codec/utc_time.hpp"
#include "actors/messages.hpp"

namespace chargemill::codec {

using Text = std::string_view;

/// A JSON object that is carried as it is; its text is in the form of D-011. In a start_supply that
/// was read it may be any other value: its charge point is the one to answer that (D-092).
struct JsonObject {
  Text text;
};
[[nodiscard]] inline bool is_object(const JsonObject& value) noexcept {
  return !value.text.empty() && value.text.front() == '{';
}
enum class Port : std::uint16_t {};
/// What a monitor says of its engine (D-182).
enum class Health : std::uint8_t { fault, healthy };

// clang-format off
struct DriverRequest   { Text request_id, driver_id, cp_id; UtcTime ts; };                                            ///< D-023
struct DriverUpdate    { Text request_id, driver_id, cp_id; UpdateStatus status{}; std::optional<Text> reason, session_id; UtcTime ts; };  ///< D-024
struct CentralCommand  { Command cmd{}; Text cp_id; std::optional<JsonObject> payload; UtcTime ts; };                 ///< D-025
struct CPStatus        { Text cp_id, state; std::optional<Text> reason; UtcTime ts; };                                ///< D-026
struct CPTelemetry     { Text cp_id; double kw = 0; std::optional<double> kwh; double euros = 0; std::optional<Text> driver_id, session_id; UtcTime ts; };  ///< D-027
struct CPRegistration  { Text cp_id, cp_e_host; Port cp_e_port{}; std::optional<Text> location; std::optional<double> price_eur_kwh; UtcTime ts; };  ///< D-028
struct CPSessionTicket { Text cp_id, session_id, driver_id; UtcTime start_time, end_time; double energy_kwh = 0, total_cost_eur = 0; std::optional<SessionStatus> status; std::optional<Text> reason; UtcTime ts; };  ///< D-029
struct CPHealth        { Text cp_id; Health status{}; Text reason; UtcTime ts; };                                     ///< D-182
struct CPHeartbeat     { Text cp_id; UtcTime ts; };                                                                   ///< D-183
struct DriverReturn    { Text driver_id; UtcTime ts; };                                                               ///< D-129

// The payloads of commands (D-025).
struct StartPayload    { Text driver_id; std::optional<Text> request_id, session_id; };
struct StopPayload     { std::optional<Text> reason; };
// clang-format on

}  // namespace chargemill::codec
