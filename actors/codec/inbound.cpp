#include "actors/codec/inbound.hpp"

#include <cmath>

#include "actors/codec/reasons.hpp"
#include "actors/texts.hpp"

namespace chargemill::codec {
namespace {

tl::unexpected<Misfit> misfit(Misfit why) { return tl::unexpected<Misfit>(why); }

/// `value` in units of which there are `per_unit`, to the nearest; nothing if 64 bits do not hold
/// it.
std::optional<std::int64_t> whole(double value, double per_unit) noexcept {
  constexpr double kMost = 9e18;
  const double scaled = std::nearbyint(value * per_unit);
  if (!(scaled >= -kMost && scaled <= kMost)) return std::nullopt;
  return static_cast<std::int64_t>(scaled);
}
std::optional<std::int64_t> whole_not_negative(double value, double per_unit) noexcept {
  if (!(value >= 0)) return std::nullopt;
  return whole(value, per_unit);
}
constexpr double kWattsPerKilowatt = 1e3;
constexpr double kMicrosPerEuro = 1e6;
constexpr auto kMillijoules = static_cast<double>(kMillijoulesPerKwh);

/// An absent text, or `null`, means `none`; a text that nobody knows means nothing.
template <class Id, class Find>
std::optional<Id> find_or_none(const std::optional<Text>& text, Id none, Find&& find) {
  if (!text || text->empty()) return none;
  return find(*text);
}

}  // namespace

std::string_view word(Misfit misfit) noexcept {
  switch (misfit) {
    case Misfit::unknown_point:
      return "Charging point not found";
    case Misfit::unknown_driver:
      return "Driver not found";
    case Misfit::unknown_request:
      return "Request not found";
    case Misfit::unknown_session:
      return "Session not found";
    case Misfit::invalid_state:
      return "Invalid CP state";
    case Misfit::out_of_range:
      return "Number or time out of range";
  }
  return "";
}

std::optional<SimTime> sim_time_of(UtcTime time, UtcTime run_start) noexcept {
  constexpr std::int64_t kMost =
      std::chrono::floor<std::chrono::microseconds>(Nanos::max()).count();
  const std::int64_t us = time.us - run_start.us;  // both are within the years 0001 to 9999
  if (us > kMost || us < -kMost) return std::nullopt;
  return SimTime{std::chrono::microseconds{us}};
}

Fitting<ChargeRequest> Inbound::message_of(const DriverRequest& body) {
  const auto request = names_.find_request(body.request_id);
  if (!request) return misfit(Misfit::unknown_request);
  const auto driver = names_.find_driver(body.driver_id);
  if (!driver) return misfit(Misfit::unknown_driver);
  ChargeRequest message{};
  message.request = *request;
  message.driver = *driver;
  message.point = names_.find_point(body.cp_id).value_or(kUnknownPoint);
  return message;
}

Fitting<chargemill::DriverUpdate> Inbound::message_of(const DriverUpdate& body) {
  chargemill::DriverUpdate message{};
  const auto request = names_.find_request(body.request_id);
  if (!request) return misfit(Misfit::unknown_request);
  const auto driver = names_.find_driver(body.driver_id);
  if (!driver) return misfit(Misfit::unknown_driver);
  const auto session = find_or_none(body.session_id, SessionId::none,
                                    [this](Text name) { return names_.find_session(name); });
  if (!session) return misfit(Misfit::unknown_session);
  message.request = *request;
  message.driver = *driver;
  message.session = *session;
  message.point = names_.find_point(body.cp_id).value_or(kUnknownPoint);
  message.status = body.status;
  if (body.reason) read_update_reason(*body.reason, message);
  return message;
}

Fitting<StartSupply> Inbound::start_supply_of(const CentralCommand& body) {
  StartSupply start{};
  const auto issued = time(body.ts);
  if (!issued) return misfit(Misfit::out_of_range);
  start.issued = *issued;
  start.defect = PayloadDefect::no_driver;
  if (!body.payload) {
    start.defect = PayloadDefect::is_null;
    return start;
  }
  if (!is_object(*body.payload)) {
    start.defect = PayloadDefect::not_an_object;
    return start;
  }
  if (body.payload->text == "{}") {
    start.defect = PayloadDefect::is_empty;
    return start;
  }
  const auto payload = payloads_.read<StartPayload>(body.payload->text, body.ts);
  if (!payload || payload->driver_id.empty()) return start;
  const auto driver = names_.find_driver(payload->driver_id);
  if (!driver) return misfit(Misfit::unknown_driver);
  const auto request = find_or_none(payload->request_id, RequestId::none,
                                    [this](Text name) { return names_.find_request(name); });
  if (!request) return misfit(Misfit::unknown_request);
  const auto session = find_or_none(payload->session_id, SessionId::none,
                                    [this](Text name) { return names_.find_session(name); });
  if (!session) return misfit(Misfit::unknown_session);
  start.driver = *driver;
  start.request = *request;
  start.session = *session;
  start.defect = PayloadDefect::none;
  return start;
}

Reason Inbound::reason_of_payload(const std::optional<JsonObject>& payload) {
  if (!payload) return Reason::none;
  const auto stop = payloads_.read<StopPayload>(payload->text, {});
  if (!stop || !stop->reason) return Reason::none;
  Status status{};
  read_status_reason(*stop->reason, status);
  return status.reason;
}

Fitting<CommandFor> Inbound::message_of(const CentralCommand& body) {
  const auto point = names_.find_point(body.cp_id);
  if (!point) return misfit(Misfit::unknown_point);
  switch (body.cmd) {
    case Command::start_supply:
      return start_supply_of(body).map([&](const StartSupply& start) {
        return CommandFor{*point, start};
      });
    case Command::stop_supply:
      return CommandFor{*point, StopSupply{reason_of_payload(body.payload)}};
    case Command::stop_cp:
      return CommandFor{*point, StopCp{reason_of_payload(body.payload)}};
    case Command::resume_cp:
      return CommandFor{*point, ResumeCp{}};
    case Command::shutdown:
    case Command::none:  // no reader gives it
      break;
  }
  return CommandFor{*point, Shutdown{}};
}

Fitting<Status> Inbound::message_of(const CPStatus& body) {
  const auto point = names_.find_point(body.cp_id);
  if (!point) return misfit(Misfit::unknown_point);
  const auto phase = phase_of(body.state);
  if (!phase) return misfit(Misfit::invalid_state);
  const auto at = time(body.ts);
  if (!at) return misfit(Misfit::out_of_range);
  Status message{};
  message.point = *point;
  message.phase = *phase;
  message.at = *at;
  if (body.reason) read_status_reason(*body.reason, message);
  return message;
}

Fitting<TelemetryNews> Inbound::message_of(const CPTelemetry& body) {
  const auto point = names_.find_point(body.cp_id);
  if (!point) return misfit(Misfit::unknown_point);
  const auto driver = find_or_none(body.driver_id, DriverId{},
                                   [this](Text name) { return names_.find_driver(name); });
  if (!driver) return misfit(Misfit::unknown_driver);
  const auto session = find_or_none(body.session_id, SessionId::none,
                                    [this](Text name) { return names_.find_session(name); });
  if (!session) return misfit(Misfit::unknown_session);
  const auto at = time(body.ts);
  const auto watts = whole_not_negative(body.kw, kWattsPerKilowatt);
  const auto energy = whole_not_negative(body.kwh.value_or(0), kMillijoules);
  const auto cost = whole(body.euros, kMicrosPerEuro);
  if (!at || !watts || !energy || !cost) return misfit(Misfit::out_of_range);
  TelemetryNews news{};
  news.message.point = *point;
  news.message.driver = *driver;
  news.message.session = *session;
  news.message.at = *at;
  news.message.power = Power{*watts};
  news.message.delivered = Energy{*energy};
  news.message.cost = Money{*cost};
  news.has_energy = body.kwh.has_value();
  return news;
}

Fitting<Register> Inbound::message_of(const CPRegistration& body, Price otherwise) {
  const auto point = names_.find_point(body.cp_id);
  if (!point) return misfit(Misfit::unknown_point);
  if (!body.price_eur_kwh) return Register{otherwise, *point};
  const auto price = whole_not_negative(*body.price_eur_kwh, kMicrosPerEuro);
  if (!price) return misfit(Misfit::out_of_range);
  return Register{Price{*price}, *point};
}

Fitting<SessionEnd> Inbound::session_end_of(const CPSessionTicket& body) {
  const auto point = names_.find_point(body.cp_id);
  if (!point) return misfit(Misfit::unknown_point);
  const auto session = names_.find_session(body.session_id);
  if (!session) return misfit(Misfit::unknown_session);
  const auto driver = names_.find_driver(body.driver_id);
  if (!driver) return misfit(Misfit::unknown_driver);
  const auto start = time(body.start_time);
  const auto end = time(body.end_time);
  const auto energy = whole_not_negative(body.energy_kwh, kMillijoules);
  const auto cost = whole(body.total_cost_eur, kMicrosPerEuro);
  if (!start || !end || !energy || !cost) return misfit(Misfit::out_of_range);
  Status words{};
  if (body.reason) read_status_reason(*body.reason, words);
  return SessionEnd{*session,     *start, *end,    Energy{*energy},
                    Money{*cost}, *point, *driver, body.status.value_or(SessionStatus::completed),
                    words.reason};
}

Fitting<Ticket> Inbound::ticket_of(const CPSessionTicket& body) {
  return session_end_of(body).map([](const SessionEnd& end) {
    return Ticket{end.session, end.start,  end.end,    end.delivered, end.cost,
                  end.point,   end.driver, end.status, end.reason,    false};
  });
}

Fitting<std::variant<FaultReport, HealthyReport>> Inbound::message_of(const CPHealth& body) {
  using Report = std::variant<FaultReport, HealthyReport>;
  const auto point = names_.find_point(body.cp_id);
  if (!point) return misfit(Misfit::unknown_point);
  if (body.status == Health::healthy) return Report{HealthyReport{*point}};
  Status words{};
  read_status_reason(body.reason, words);
  if (words.reason == Reason::none) words.reason = reason_in_words(body.reason);
  return Report{FaultReport{*point, words.reason}};
}

Fitting<Heartbeat> Inbound::message_of(const CPHeartbeat& body) {
  const auto point = names_.find_point(body.cp_id);
  if (!point) return misfit(Misfit::unknown_point);
  return Heartbeat{*point};
}

}  // namespace chargemill::codec
