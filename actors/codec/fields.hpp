// What each body consists of, once: the writer, the reader, the schemas and equality all read it.
#pragma once

#include <array>
#include <tuple>
#include <utility>

#include "actors/codec/bodies.hpp"
#include "actors/texts.hpp"

namespace chargemill::codec {

/// Whether a field may be absent, and how that is written.
enum class Presence : std::uint8_t {
  required,
  nullable,    ///< absent is `null` (D-012)
  extension,   ///< absent is left out (D-015)
  or_default,  ///< always written; read as now, or as empty, when absent (D-021, D-182)
};

template <class Body, class T>
struct Field {
  using Type = T;
  std::string_view name;
  T Body::*member;
  Presence presence;
};

/// The values that an enum may have in JSON. `word` gives their texts.
template <class E>
struct Values;

// clang-format off
template <> struct Values<UpdateStatus> {
  static constexpr std::string_view kName = "UpdateStatus";
  static constexpr std::string_view kList = "accepted, denied, in_progress, completed, failed";
  static constexpr std::array kAll{UpdateStatus::accepted, UpdateStatus::denied, UpdateStatus::in_progress, UpdateStatus::completed, UpdateStatus::failed};
};
template <> struct Values<Command> {
  static constexpr std::string_view kName = "Command";
  static constexpr std::string_view kList = "start_supply, stop_supply, stop_cp, resume_cp, shutdown";
  static constexpr std::array kAll{Command::start_supply, Command::stop_supply, Command::stop_cp, Command::resume_cp, Command::shutdown};
};
template <> struct Values<SessionStatus> {
  static constexpr std::string_view kName = "SessionStatus";
  static constexpr std::string_view kList = "COMPLETED, FAILED";
  static constexpr std::array kAll{SessionStatus::completed, SessionStatus::failed};
};
template <> struct Values<Health> {
  static constexpr std::string_view kName = "Health";
  static constexpr std::string_view kList = "FAULT, HEALTHY";
  static constexpr std::array kAll{Health::fault, Health::healthy};
};
// clang-format on

[[nodiscard]] constexpr std::string_view word(Health health) noexcept {
  return health == Health::fault ? "FAULT" : "HEALTHY";
}

/// The name and the fields of a body, in the order in which they are written.
template <class Body>
struct Shape;

template <class Body, class... Types>
constexpr auto fields_of(Field<Body, Types>... fields) {
  return std::tuple{fields...};
}
// clang-format off
template <class B, class T> constexpr Field<B, T> required(std::string_view name, T B::*m) { return {name, m, Presence::required}; }
template <class B, class T> constexpr Field<B, T> nullable(std::string_view name, T B::*m) { return {name, m, Presence::nullable}; }
template <class B, class T> constexpr Field<B, T> extension(std::string_view name, T B::*m) { return {name, m, Presence::extension}; }
template <class B, class T> constexpr Field<B, T> or_default(std::string_view name, T B::*m) { return {name, m, Presence::or_default}; }

template <> struct Shape<DriverRequest> {
  using B = DriverRequest;
  static constexpr std::string_view kName = "DriverRequest";
  static constexpr auto kFields = fields_of(required("request_id", &B::request_id), required("driver_id", &B::driver_id),
      required("cp_id", &B::cp_id), or_default("ts", &B::ts));
};
template <> struct Shape<DriverUpdate> {
  using B = DriverUpdate;
  static constexpr std::string_view kName = "DriverUpdate";
  static constexpr auto kFields = fields_of(required("request_id", &B::request_id), required("driver_id", &B::driver_id),
      required("cp_id", &B::cp_id), required("status", &B::status), nullable("reason", &B::reason),
      extension("session_id", &B::session_id), or_default("ts", &B::ts));
};
template <> struct Shape<CentralCommand> {
  using B = CentralCommand;
  static constexpr std::string_view kName = "CentralCommand";
  static constexpr auto kFields = fields_of(required("cmd", &B::cmd), required("cp_id", &B::cp_id),
      nullable("payload", &B::payload), or_default("ts", &B::ts));
};
template <> struct Shape<CPStatus> {
  using B = CPStatus;
  static constexpr std::string_view kName = "CPStatus";
  static constexpr auto kFields = fields_of(required("cp_id", &B::cp_id), required("state", &B::state),
      nullable("reason", &B::reason), or_default("ts", &B::ts));
};
template <> struct Shape<CPTelemetry> {
  using B = CPTelemetry;
  static constexpr std::string_view kName = "CPTelemetry";
  static constexpr auto kFields = fields_of(required("cp_id", &B::cp_id), required("kw", &B::kw), extension("kwh", &B::kwh),
      required("euros", &B::euros), nullable("driver_id", &B::driver_id), nullable("session_id", &B::session_id),
      or_default("ts", &B::ts));
};
template <> struct Shape<CPRegistration> {
  using B = CPRegistration;
  static constexpr std::string_view kName = "CPRegistration";
  static constexpr auto kFields = fields_of(required("cp_id", &B::cp_id), required("cp_e_host", &B::cp_e_host),
      required("cp_e_port", &B::cp_e_port), extension("location", &B::location),
      extension("price_eur_kwh", &B::price_eur_kwh), or_default("ts", &B::ts));
};
template <> struct Shape<CPSessionTicket> {
  using B = CPSessionTicket;
  static constexpr std::string_view kName = "CPSessionTicket";
  static constexpr auto kFields = fields_of(required("cp_id", &B::cp_id), required("session_id", &B::session_id),
      required("driver_id", &B::driver_id), required("start_time", &B::start_time), or_default("end_time", &B::end_time),
      required("energy_kwh", &B::energy_kwh), required("total_cost_eur", &B::total_cost_eur),
      extension("status", &B::status), extension("reason", &B::reason), or_default("ts", &B::ts));
};
template <> struct Shape<CPHealth> {
  using B = CPHealth;
  static constexpr std::string_view kName = "CPHealth";
  static constexpr auto kFields = fields_of(required("cp_id", &B::cp_id), required("status", &B::status),
      or_default("reason", &B::reason), or_default("ts", &B::ts));
};
template <> struct Shape<CPHeartbeat> {
  using B = CPHeartbeat;
  static constexpr std::string_view kName = "CPHeartbeat";
  static constexpr auto kFields = fields_of(required("cp_id", &B::cp_id), or_default("ts", &B::ts));
};
template <> struct Shape<DriverReturn> {
  using B = DriverReturn;
  static constexpr std::string_view kName = "DriverReturn";
  static constexpr auto kFields = fields_of(required("driver_id", &B::driver_id), or_default("ts", &B::ts));
};
template <> struct Shape<StartPayload> {
  using B = StartPayload;
  static constexpr std::string_view kName = "StartPayload";
  static constexpr auto kFields = fields_of(required("driver_id", &B::driver_id), nullable("request_id", &B::request_id),
      nullable("session_id", &B::session_id));
};
template <> struct Shape<StopPayload> {
  using B = StopPayload;
  static constexpr std::string_view kName = "StopPayload";
  static constexpr auto kFields = fields_of(nullable("reason", &B::reason));
};
// clang-format on

template <class Body>
inline constexpr std::size_t kFieldCount =
    std::tuple_size_v<std::decay_t<decltype(Shape<Body>::kFields)>>;
template <class Body>
using FieldIndexes = std::make_index_sequence<kFieldCount<Body>>;
template <class Body, std::size_t I>
inline constexpr auto kField = std::get<I>(Shape<Body>::kFields);

[[nodiscard]] inline bool operator==(const JsonObject& a, const JsonObject& b) noexcept {
  return a.text == b.text;
}
/// Equal in every field.
template <class Body, class = decltype(Shape<Body>::kFields)>
[[nodiscard]] bool operator==(const Body& a, const Body& b) noexcept {
  return std::apply(
      [&](const auto&... fields) { return ((a.*fields.member == b.*fields.member) && ...); },
      Shape<Body>::kFields);
}

}  // namespace chargemill::codec
