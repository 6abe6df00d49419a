// From bodies to the internal vocabulary: names become integers, words become codes.
#pragma once

#include <string_view>
#include <tl/expected.hpp>
#include <variant>

#include "actors/codec/bodies.hpp"
#include "actors/codec/body_reader.hpp"
#include "actors/codec/names.hpp"

namespace chargemill::codec {

/// Why a well-formed body means nothing to this network.
enum class Misfit : std::uint8_t {
  unknown_point,  ///< D-056, D-065, D-074
  unknown_driver,
  unknown_request,
  unknown_session,
  invalid_state,  ///< D-057
  out_of_range,   ///< a number or time that no quantity of ours holds
};
[[nodiscard]] std::string_view word(Misfit misfit) noexcept;

template <class T>
using Fitting = tl::expected<T, Misfit>;

/// The model time of `time`; nothing if it is further than 292 years away.
[[nodiscard]] std::optional<SimTime> sim_time_of(UtcTime time, UtcTime run_start) noexcept;

/// What a charge point says of its session. Without `kwh`, the seed's form, only the cost is told:
/// the energy of the message is then not to be stored (D-027).
struct TelemetryNews {
  Telemetry message;
  bool has_energy;
};
using AnyCommand = std::variant<StartSupply, StopSupply, StopCp, ResumeCp, Shutdown>;
struct CommandFor {
  PointId point;
  AnyCommand command;
};

/// Sequence numbers, energy targets and stays are 0: no body has them; whoever passes the message
/// on sets them.
class Inbound {
 public:
  /// `names` outlives this. `run_start` is the moment at which model time begins.
  Inbound(NameTable& names, UtcTime run_start) : names_(names), run_start_(run_start) {}

  /// An unknown charge point is kUnknownPoint: central denies it (D-051).
  [[nodiscard]] Fitting<ChargeRequest> message_of(const DriverRequest& body);
  [[nodiscard]] Fitting<chargemill::DriverUpdate> message_of(const DriverUpdate& body);
  /// A payload that does not serve is noted in the command: the charge point says so (D-092).
  [[nodiscard]] Fitting<CommandFor> message_of(const CentralCommand& body);
  [[nodiscard]] Fitting<Status> message_of(const CPStatus& body);
  [[nodiscard]] Fitting<TelemetryNews> message_of(const CPTelemetry& body);
  /// Without a price it is `otherwise`.
  [[nodiscard]] Fitting<Register> message_of(const CPRegistration& body, Price otherwise);
  [[nodiscard]] Fitting<SessionEnd> session_end_of(const CPSessionTicket& body);
  [[nodiscard]] Fitting<Ticket> ticket_of(const CPSessionTicket& body);
  [[nodiscard]] Fitting<std::variant<FaultReport, HealthyReport>> message_of(const CPHealth& body);
  [[nodiscard]] Fitting<Heartbeat> message_of(const CPHeartbeat& body);

 private:
  Fitting<StartSupply> start_supply_of(const CentralCommand& body);
  Reason reason_of_payload(const std::optional<JsonObject>& payload);
  [[nodiscard]] std::optional<SimTime> time(UtcTime utc) const noexcept {
    return sim_time_of(utc, run_start_);
  }

  NameTable& names_;
  UtcTime run_start_;
  BodyReader payloads_;
};

}  // namespace chargemill::codec
