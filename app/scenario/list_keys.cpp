// The keys of the lists: [[charge_point]], [[driver]], [[stage]], [[fault]], [[action]],
// [[thresholds]], [[node]].
#include "app/scenario/field.hpp"
#include "app/scenario/key_makers.hpp"
#include "app/scenario/key_table.hpp"

namespace chargemill::app {
namespace {

using namespace key_makers;  // NOLINT(google-build-using-namespace): the words of the table

template <class T>
ListInfo list(const char* name, const char* help, const std::vector<Field<T>>& fields) {
  ListInfo result{name, help, {}};
  for (const auto& field : fields) result.keys.push_back(&field.info);
  return result;
}

}  // namespace

const std::vector<Field<network::PointSpec>>& point_keys() {
  using T = network::PointSpec;
  static const std::vector<Field<T>> table{
      detail::field<T>(required(info("id", Type::text, "CP-001")), CHARGEMILL_AT(id)),
      detail::field<T>(info("zone", Type::zone, "Z01, Z02, ..."), CHARGEMILL_AT(zone)),
      detail::field<T>(info("site", Type::site, "S0001, S0002, ..."), CHARGEMILL_AT(site)),
      detail::field<T>(power("power_kw", "what it delivers"), CHARGEMILL_AT(power)),
      detail::field<T>(number("price_eur_kwh", "what it costs", "EUR/kWh", 1'000),
                       CHARGEMILL_AT(price)),
      detail::field<T>(info("manual_plug", Type::boolean, "supply starts at plug, ends at unplug"),
                       CHARGEMILL_AT(manual_plug)),
      detail::field<T>(info("external", Type::boolean,
                            "engine and monitor are other programs, at the framed door"),
                       CHARGEMILL_AT(is_outside))};
  return table;
}

const std::vector<Field<DriverItem>>& driver_keys() {
  using T = DriverItem;
  static const std::vector<Field<T>> table = [] {
    std::vector<Field<T>> f{
        detail::field<T>(required(info("id", Type::text, "driver-alice")), CHARGEMILL_AT(spec.id))};
    f.push_back({info("requests", Type::requests, "a file of charge point ids, or a list of them"),
                 [](T& item, const Value& value) {
                   if (const auto* file = std::get_if<std::string>(&value))
                     item.requests_file = *file;
                   else
                     item.spec.requests = std::get<std::vector<std::string>>(value);
                 },
                 [](const T& item) { return Value{item.spec.requests}; }});
    f.push_back(detail::field<T>(duration("pause", "else drivers.pause", true, true),
                                 CHARGEMILL_AT(spec.pause)));
    f.push_back(detail::field<T>(
        info("external", Type::boolean, "another program, at the framed door; it has no requests"),
        CHARGEMILL_AT(spec.is_outside)));
    f.push_back(detail::field<T>(
        info("looks", Type::boolean, "shows what is available before each request"),
        CHARGEMILL_AT(spec.looks)));
    f.push_back(detail::field<T>(optional(info("looks_zone", Type::zone, "only there: Z01")),
                                 CHARGEMILL_AT(spec.looks_zone)));
    f.push_back(
        detail::field<T>(optional(number("looks_power_kw", "only from it on", "kW", 10'000)),
                         CHARGEMILL_AT(spec.looks_power)));
    f.push_back(
        detail::field<T>(optional(number("looks_price_eur_kwh", "only up to it", "EUR/kWh", 1'000)),
                         CHARGEMILL_AT(spec.looks_price)));
    return f;
  }();
  return table;
}

const std::vector<Field<network::StageSpec>>& stage_keys() {
  using T = network::StageSpec;
  static const std::vector<Field<T>> table{
      detail::field<T>(required(duration("after", "from the start of the run", true)),
                       CHARGEMILL_AT(after)),
      detail::field<T>(duration("ramp", "0s: a step", true), CHARGEMILL_AT(ramp)),
      detail::field<T>(choice("target", "what moves", {"connected_share", "request_rate"}),
                       CHARGEMILL_AT(target)),
      detail::field<T>(
          required(number("value", "where to: a share, or requests per second", "", 1e9)),
          CHARGEMILL_AT(value))};
  return table;
}

const std::vector<Field<network::FaultSpec>>& fault_keys() {
  using T = network::FaultSpec;
  // Left out, a duration is the director's own; there is none to be written out then.
  const Field<T> lasts{
      duration("duration", "how long it lasts, else 30s; a crash: else 2s, more if repeated"),
      [](T& fault, const Value& value) { fault.duration = std::get<Nanos>(value); },
      [](const T& fault) { return fault.duration == Nanos{0} ? Value{} : Value{fault.duration}; }};
  static const std::vector<Field<T>> table{
      detail::field<T>(
          required(choice("kind", "what goes wrong",
                          {"engine_crash", "engine_silent", "engine_ko", "start_refused",
                           "monitor_loss", "central_restart", "partition", "telemetry_error"})),
          CHARGEMILL_AT(kind)),
      detail::field<T>(optional(number("rate", "how often, per charge point and hour of model time",
                                       "1/h", 3'600'000)),
                       CHARGEMILL_AT(rate_per_cp_per_hour)),
      detail::field<T>(duration("at", "once, at this model time", true, true), CHARGEMILL_AT(at)),
      lasts,
      detail::field<T>(optional(info("zone", Type::text, "only there: Z01")), CHARGEMILL_AT(zone)),
      detail::field<T>(optional(info("cp", Type::text, "only this charge point")),
                       CHARGEMILL_AT(point))};
  return table;
}

const std::vector<Field<network::ActionSpec>>& action_keys() {
  using T = network::ActionSpec;
  static const std::vector<Field<T>> table{
      detail::field<T>(
          required(choice("do",
                          "what a person does: at a charge point, as the operator, as "
                          "a driver",
                          {"plug", "unplug", "start", "stop", "resume", "stop_supply",
                           "reset_breaker", "simulate_fault", "fault_cleared", "leave", "return"})),
          CHARGEMILL_AT(kind)),
      detail::field<T>(required(duration("at", "once, at this model time", true)),
                       CHARGEMILL_AT(at)),
      detail::field<T>(info("cp", Type::text, "at this charge point; * for stop and resume of all"),
                       CHARGEMILL_AT(point)),
      detail::field<T>(number("energy_kwh", "of a start; 0: no limit", "kWh", 10'000),
                       CHARGEMILL_AT(energy_kwh)),
      detail::field<T>(info("driver", Type::text,
                            "a [[driver]]: who gets the ticket of a start, leaves, returns"),
                       CHARGEMILL_AT(driver))};
  return table;
}

const std::vector<Field<ThresholdItem>>& threshold_keys() {
  static const std::vector<Field<ThresholdItem>> table{detail::field<ThresholdItem>(
      required(info("expr", Type::text, "request_decision:p99 < 50ms")), CHARGEMILL_AT(expr))};
  return table;
}

const std::vector<Field<ClusterNode>>& node_keys() {
  using T = ClusterNode;
  constexpr double kPortMax = 65'535;
  static const std::vector<Field<T>> table{
      detail::field<T>(required(info("name", Type::text, "alpha")), CHARGEMILL_AT(name)),
      detail::field<T>(info("host", Type::text, "its address, for the others"),
                       CHARGEMILL_AT(host)),
      detail::field<T>(required(count("data_port", "for messages of actors", 1, kPortMax)),
                       CHARGEMILL_AT(data_port)),
      detail::field<T>(required(count("control_port", "for all else", 1, kPortMax)),
                       CHARGEMILL_AT(control_port)),
      detail::field<T>(info("key", Type::text, "public, of chargemill node --generate-keys"),
                       CHARGEMILL_AT(key)),
      detail::field<T>(roles("roles", "what it is there for"), CHARGEMILL_AT(roles))};
  return table;
}

const std::vector<ListInfo>& lists() {
  static const std::vector<ListInfo> all{
      list("charge_point", "charge points one by one, instead of network.charge_points",
           point_keys()),
      list("driver", "drivers that work through a list of requests", driver_keys()),
      list("stage", "the load over time: step, ramp, soak, spike", stage_keys()),
      list("fault", "what goes wrong, and how often", fault_keys()),
      list("action", "what people do, and when", action_keys()),
      list("thresholds", "what the run must reach", threshold_keys()),
      list("node", "the nodes of a cluster (chargemill node); the first one leads", node_keys())};
  return all;
}

}  // namespace chargemill::app
