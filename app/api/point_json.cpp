#include "app/api/point_json.hpp"

#include <fmt/format.h>

#include "actors/network/annex.hpp"
#include "actors/texts.hpp"
#include "app/history/history_times.hpp"

namespace chargemill::app::api {
namespace {

using central::PointRecord;
using central::Stage;
using nlohmann::ordered_json;

ordered_json nothing() { return nullptr; }

/// Null for what has not happened.
ordered_json time_or_null(const World& world, bool has_happened, SimTime at) {
  return has_happened ? ordered_json(time_text(world.utc(at))) : nothing();
}

/// It has told what it delivers; before, there is no telemetry (D-040).
bool has_telemetry(const PointRecord& record) {
  return record.stage == Stage::supplying && record.power.w > 0;
}

ordered_json driver_or_null(const World& world, const PointRecord& record) {
  if (record.stage == Stage::none || record.driver == kNobody) return nothing();
  return world.names.name(record.driver);
}

ordered_json session_or_null(const World& world, const PointRecord& record) {
  return record.stage == Stage::none ? nothing() : ordered_json(world.names.name(record.session));
}

ordered_json telemetry(const World& world, const PointRecord& record, bool is_whole) {
  if (!has_telemetry(record)) return nothing();
  ordered_json result{{"kw", kilowatts(record.power)},
                      {"kwh", kilowatt_hours(record.delivered)},
                      {"euros", euros(record.cost, record.delivered, record.price)}};
  if (is_whole) result["driver_id"] = driver_or_null(world, record);
  result["session_id"] = session_or_null(world, record);
  if (is_whole) result["ts"] = time_text(world.utc(record.heard));
  return result;
}

const network::PointSpec& spec_of(const World& world, const PointRecord& record) {
  return world.desk.spec(record.id);
}

/// Null: it has joined, and has a zone only.
ordered_json site_or_null(const World& world, PointId point, const network::PointSpec& spec) {
  const bool has_joined = world.desk.annex().point(point) != nullptr;
  return has_joined ? nothing() : ordered_json(fmt::format("S{:04}", index_of(spec.site) + 1));
}

/// What its monitor said (D-041), else where the scenario has put it.
std::string location_of(const World& world, PointId point, const network::PointSpec& spec) {
  const std::string said = world.names.registered(point).location;
  if (!said.empty()) return said;
  const std::string zone = network::zone_name(spec.zone);
  const auto site = site_or_null(world, point, spec);
  return site.is_null() ? zone : zone + " " + site.get<std::string>();
}

ordered_json breaker(const World& world, const PointRecord& record) {
  const auto b = central::breaker_statistics(record);
  const auto time = [&](const std::optional<SimTime>& at) {
    return time_or_null(world, at.has_value(), at.value_or(SimTime{}));
  };
  return {{"state", archive::word(b.mode)},
          {"failure_count", b.failures},
          {"success_count", b.successes},
          {"last_failure_time", time(b.last_failure)},
          {"opened_at", time(b.opened_at)}};
}

const char* word(Stage stage) {
  switch (stage) {
    case Stage::none:
      return "none";
    case Stage::starting:
      return "accepted";
    case Stage::supplying:
      return "in_progress";
    case Stage::restored:
      return "restored";
  }
  return "";
}

}  // namespace

ordered_json older_point(const World& world, const PointCopy& copy, bool is_whole) {
  const PointRecord& record = copy.record;
  const auto& spec = spec_of(world, record);
  const SimTime last = std::max(record.engine_known ? record.heard : SimTime{},
                                record.registered ? record.monitor_seen : SimTime{});
  return {
      {"cp_id", world.names.name(record.id)},
      {"state", chargemill::words_of(record.display).code},
      {"engine_state", chargemill::word(record.phase)},
      {"monitor_status", record.monitor_ok ? "OK" : "DOWN"},
      {"current_driver", driver_or_null(world, record)},
      {"current_session", session_or_null(world, record)},
      {"last_update", time_or_null(world, record.engine_known || record.registered, last)},
      {"monitor_last_seen", time_or_null(world, record.registered, record.monitor_seen)},
      {"location", location_of(world, record.id, spec)},
      {"price_eur_kwh", euros_per_kwh(record.price)},
      {"is_faulty", static_cast<bool>(record.faulty)},
      {"fault_reason", record.faulty ? ordered_json(chargemill::word(record.fault)) : nothing()},
      {"circuit_state", archive::word(record.breaker.mode())},
      {"available", copy.is_available},
      {"telemetry", telemetry(world, record, is_whole)}};
}

ordered_json telemetry_row(const World& world, const PointCopy& copy) {
  const PointRecord& record = copy.record;
  return {{"cp_id", world.names.name(record.id)},
          {"kw", kilowatts(record.power)},
          {"kwh", kilowatt_hours(record.delivered)},
          {"euros", euros(record.cost, record.delivered, record.price)},
          {"driver_id", driver_or_null(world, record)},
          {"session_id", session_or_null(world, record)},
          {"ts", time_text(world.utc(record.heard))}};
}

ordered_json point_json(const World& world, const PointCopy& copy) {
  const PointRecord& record = copy.record;
  const auto& spec = spec_of(world, record);
  ordered_json result = older_point(world, copy, true);
  result["display"] = chargemill::word(record.display);
  result["engine_last_heard"] = time_or_null(world, record.engine_known, record.heard);
  const auto said = world.names.registered(record.id);
  result["engine_host"] = said.host.empty() ? nothing() : ordered_json(said.host);
  result["engine_port"] = said.host.empty() ? nothing() : ordered_json(said.port);
  result["zone"] = network::zone_name(spec.zone);
  result["site"] = site_or_null(world, record.id, spec);
  result["power_kw"] = kilowatts(Power{record.rated_w});
  result["operator_stopped"] = static_cast<bool>(record.operator_stopped);
  result["circuit_breaker"] = breaker(world, record);
  result["request"] = record.stage == Stage::none ? nothing() : request_json(world, copy, true);
  return result;
}

ordered_json request_json(const World& world, const PointCopy& copy, bool is_whole) {
  const PointRecord& record = copy.record;
  ordered_json result{{"request_id", record.request == RequestId::none
                                         ? nothing()
                                         : ordered_json(world.names.name(record.request))},
                      {"driver_id", driver_or_null(world, record)},
                      {"cp_id", world.names.name(record.id)},
                      {"session_id", session_or_null(world, record)}};
  if (is_whole) result["status"] = word(record.stage);
  result["ts"] = time_text(world.utc(record.begun));
  return result;
}

}  // namespace chargemill::app::api
