// From the internal vocabulary to bodies: integers become names, codes become words.
#pragma once

#include <array>
#include <string>

#include "actors/codec/bodies.hpp"
#include "actors/codec/json_text.hpp"
#include "actors/codec/names.hpp"

namespace chargemill::codec {

/// The moment of the model time `at`, in whole microseconds, rounded down.
[[nodiscard]] UtcTime utc_of(SimTime at, UtcTime run_start) noexcept;

/// Makes one body after the other. The texts of a body are valid until the next is made. Bodies
/// that have no time of their own are given `at`, the moment when they are said.
class Outbound {
 public:
  /// `names` outlives this. `run_start` is the moment at which model time begins.
  Outbound(const NameTable& names, UtcTime run_start) : names_(names), run_start_(run_start) {}

  [[nodiscard]] DriverRequest body_of(const ChargeRequest& request, SimTime at);
  [[nodiscard]] DriverUpdate body_of(const chargemill::DriverUpdate& update, SimTime at);
  [[nodiscard]] CentralCommand body_of(PointId point, const StartSupply& start);
  [[nodiscard]] CentralCommand body_of(PointId point, const StopSupply& stop, SimTime at);
  [[nodiscard]] CentralCommand body_of(PointId point, const StopCp& stop, SimTime at);
  [[nodiscard]] CentralCommand body_of(PointId point, const ResumeCp& resume, SimTime at);
  [[nodiscard]] CentralCommand body_of(PointId point, const Shutdown& shutdown, SimTime at);
  /// `driver` is read for a starting supply only.
  [[nodiscard]] CPStatus body_of(const Status& status, DriverId driver);
  /// `price`: of its engine; where that is what it bills the euros are the exact product (D-111).
  [[nodiscard]] CPTelemetry body_of(const Telemetry& telemetry, Price price);
  [[nodiscard]] CPSessionTicket body_of(const SessionEnd& end, SimTime at);
  [[nodiscard]] CPSessionTicket body_of(const Ticket& ticket, SimTime at);
  [[nodiscard]] CPHealth body_of(const FaultReport& report, SimTime at);
  [[nodiscard]] CPHealth body_of(const HealthyReport& report, SimTime at);
  [[nodiscard]] CPHeartbeat body_of(const Heartbeat& heartbeat, SimTime at);

 private:
  template <class Id>
  Text name(Id id);
  void start_body() noexcept { used_ = 0; }
  Text keep(std::string_view text);
  std::optional<Text> keep_or_null(std::string_view text);
  CentralCommand command(Command cmd, PointId point, SimTime at);
  CentralCommand stop(Command cmd, PointId point, Reason why, SimTime at);
  template <class End>
  CPSessionTicket ticket_of(const End& end, SimTime at);
  [[nodiscard]] UtcTime utc(SimTime at) const noexcept { return utc_of(at, run_start_); }

  const NameTable& names_;
  UtcTime run_start_;
  std::array<std::string, 5> texts_;  ///< of the present body; they keep their memory
  std::size_t used_ = 0;
  JsonText payload_;
};

}  // namespace chargemill::codec
