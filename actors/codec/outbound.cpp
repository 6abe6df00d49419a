#include "actors/codec/outbound.hpp"

#include <algorithm>

#include "actors/codec/body_writer.hpp"
#include "actors/texts.hpp"
#include "runtime/base/assert.hpp"

namespace chargemill::codec {

UtcTime utc_of(SimTime at, UtcTime run_start) noexcept {
  const auto us = std::chrono::floor<std::chrono::microseconds>(at.time_since_epoch()).count();
  return {run_start.us + us};
}

template <class Id>
Text Outbound::name(Id id) {
  CHARGEMILL_ASSERT(used_ < texts_.size());
  std::string& text = texts_[used_++];
  text.clear();
  names_.append(text, id);
  return text;
}
Text Outbound::keep(std::string_view text) {
  CHARGEMILL_ASSERT(used_ < texts_.size());
  return texts_[used_++].assign(text);
}
std::optional<Text> Outbound::keep_or_null(std::string_view text) {
  if (text.empty()) return std::nullopt;
  return keep(text);
}

DriverRequest Outbound::body_of(const ChargeRequest& request, SimTime at) {
  start_body();
  return {name(request.request), name(request.driver), name(request.point), utc(at)};
}

DriverUpdate Outbound::body_of(const chargemill::DriverUpdate& update, SimTime at) {
  start_body();
  DriverUpdate body{name(update.request),
                    name(update.driver),
                    name(update.point),
                    update.status,
                    keep_or_null(update_text(update)),
                    {},
                    utc(at)};
  if (update.session != SessionId::none) body.session_id = name(update.session);
  return body;
}

CentralCommand Outbound::command(Command cmd, PointId point, SimTime at) {
  start_body();
  return {cmd, name(point), {}, utc(at)};
}
CentralCommand Outbound::stop(Command cmd, PointId point, Reason why, SimTime at) {
  CentralCommand body = command(cmd, point, at);
  if (why == Reason::none) return body;
  payload_.clear();
  write(StopPayload{word(why)}, payload_);
  body.payload = JsonObject{payload_.view()};
  return body;
}
CentralCommand Outbound::body_of(PointId point, const StartSupply& start) {
  CentralCommand body = command(Command::start_supply, point, start.issued);
  payload_.clear();
  write(StartPayload{name(start.driver), name(start.request), name(start.session)}, payload_);
  body.payload = JsonObject{payload_.view()};
  return body;
}
CentralCommand Outbound::body_of(PointId point, const StopSupply& stop_supply, SimTime at) {
  return stop(Command::stop_supply, point, stop_supply.why, at);
}
CentralCommand Outbound::body_of(PointId point, const StopCp& stop_cp, SimTime at) {
  return stop(Command::stop_cp, point, stop_cp.why, at);
}
CentralCommand Outbound::body_of(PointId point, const ResumeCp& /*resume*/, SimTime at) {
  return command(Command::resume_cp, point, at);
}
CentralCommand Outbound::body_of(PointId point, const Shutdown& /*shutdown*/, SimTime at) {
  return command(Command::shutdown, point, at);
}

CPStatus Outbound::body_of(const Status& status, DriverId driver) {
  start_body();
  CPStatus body{name(status.point), word(status.phase), {}, utc(status.at)};
  const bool is_start = status.reason == Reason::starting_supply;
  body.reason = keep_or_null(status_text(status, is_start ? name(driver) : Text{}));
  return body;
}

CPTelemetry Outbound::body_of(const Telemetry& telemetry, Price price) {
  start_body();
  CPTelemetry body{name(telemetry.point),
                   kilowatts(telemetry.power),
                   kilowatt_hours(telemetry.delivered),
                   euros(telemetry.cost, telemetry.delivered, price),
                   name(telemetry.driver),
                   {},
                   utc(telemetry.at)};
  if (telemetry.session != SessionId::none) body.session_id = name(telemetry.session);
  return body;
}

template <class End>
CPSessionTicket Outbound::ticket_of(const End& end, SimTime at) {
  start_body();
  CPSessionTicket body{name(end.point),
                       name(end.session),
                       name(end.driver),
                       utc(end.start),
                       utc(end.end),
                       kilowatt_hours(end.delivered),
                       euros(end.cost),
                       {},
                       {},
                       utc(at)};
  CHARGEMILL_ASSERT(end.status != SessionStatus::active);
  body.status = end.status;
  if (end.reason != Reason::none) body.reason = word(end.reason);
  return body;
}
CPSessionTicket Outbound::body_of(const SessionEnd& end, SimTime at) { return ticket_of(end, at); }
CPSessionTicket Outbound::body_of(const Ticket& ticket, SimTime at) {
  return ticket_of(ticket, at);
}

CPHealth Outbound::body_of(const FaultReport& report, SimTime at) {
  start_body();
  // Said again it has the same content (D-117).
  return {name(report.point), Health::fault, word(report.reason), utc(std::min(report.at, at))};
}
CPHealth Outbound::body_of(const HealthyReport& report, SimTime at) {
  start_body();
  return {name(report.point), Health::healthy, word(Reason::health_check_restored),
          utc(std::min(report.at, at))};
}
CPHeartbeat Outbound::body_of(const Heartbeat& heartbeat, SimTime at) {
  start_body();
  return {name(heartbeat.point), utc(at)};
}

}  // namespace chargemill::codec
