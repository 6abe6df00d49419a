// POST /api/v1/charge-points and /api/v1/drivers: who joins a network that runs (D-003, G6).
#include <fmt/format.h>

#include <cmath>

#include "app/api/point_json.hpp"

namespace chargemill::app::api {
namespace {

constexpr double kPowerMaxKw = 10'000;
constexpr double kPriceMaxEur = 1'000;

/// A name that is none is the client's mistake; one that is taken, or no room, is how things stand.
void decline(const Call& call, const Error& error, const char* field) {
  const bool is_mistake = error.kind == ErrorKind::invalid_input;
  call.refuse(is_mistake ? 422 : 409,
              is_mistake ? fmt::format("{}: {}", field, error.text) : error.text, field);
}

/// Nothing: a figure is out of range, and that has been said.
std::optional<network::PointSpec> spec_of(const Call& call) {
  network::PointSpec spec;
  spec.id = call.body.text("cp_id");
  spec.zone = call.body.id<ZoneId>("zone").value_or(ZoneId{});
  spec.manual_plug = call.body.get<bool>("manual_plug").value_or(false);
  spec.is_outside = call.body.get<bool>("external").value_or(false);
  if (const auto kw = call.body.get<double>("power_kw")) {
    spec.power = Power{std::llround(*kw * 1e3)};
    if (spec.power.w <= 0 || *kw > kPowerMaxKw) {
      call.refuse(422, "power_kw: must be above 0 and at most 10000", "power_kw");
      return std::nullopt;
    }
  }
  if (const auto price = call.body.get<double>("price_eur_kwh")) {
    spec.price = Price{std::llround(*price * 1e6)};
    if (*price > kPriceMaxEur) {
      call.refuse(422, "price_eur_kwh: must be from 0 to 1000", "price_eur_kwh");
      return std::nullopt;
    }
  }
  return spec;
}

void add_point(const CallPtr& call) {
  const auto spec = spec_of(*call);
  if (!spec) return;
  const auto added = call->world.desk.add(*spec);
  if (!added) return decline(*call, added.error(), "cp_id");
  const std::string name = call->world.names.name(*added);
  const runtime::HttpHeader location{"Location", "/api/v1/charge-points/" + percent_encoded(name)};
  // Its shard has been told before: what it answers is of the newcomer.
  const auto say_unconfirmed = [call, name, location] {
    auto response = unconfirmed(json_answer({{"cp_id", name}}));
    response.headers.push_back(location);
    call->answer(std::move(response));
  };
  const bool is_taken = try_look_at(
      call, *added,
      [call, location](const PointCopy& copy, SimTime) {
        auto response = json_answer(point_json(call->world, copy), 201);
        response.headers.push_back(location);
        call->answer(std::move(response));
      },
      say_unconfirmed);
  if (!is_taken) say_unconfirmed();
}

void add_driver(const CallPtr& call) {
  network::NewDriver driver;
  driver.id = call->body.text("driver_id");
  driver.is_outside = call->body.get<bool>("external").value_or(false);
  for (const auto index :
       call->body.get<std::vector<std::int64_t>>("requests").value_or(std::vector<std::int64_t>{}))
    driver.lines.push_back(PointId{static_cast<std::uint32_t>(index)});
  if (driver.is_outside && !driver.lines.empty())
    return call->refuse(422, "requests: a driver outside asks for itself", "requests");
  const std::size_t lines = driver.lines.size();
  const bool is_outside = driver.is_outside;
  const auto added = call->world.desk.add(driver);
  if (!added) return decline(*call, added.error(), "driver_id");
  const std::string name = call->world.names.name(*added);
  auto response =
      json_answer({{"driver_id", name}, {"requests", lines}, {"external", is_outside}}, 201);
  response.headers.push_back(
      {"Location", fmt::format("/api/v1/drivers/{}/requests", percent_encoded(name))});
  call->answer(std::move(response));
}

Route newcomer(std::string_view pattern, std::string_view summary, void (*handle)(const CallPtr&),
               std::vector<Parameter> body) {
  Route route{"POST", pattern, summary, handle};
  route.body_form = Body::fields;
  route.body = std::move(body);
  route.is_change = true;
  route.success = 201;
  route.outcomes = {{409,
                     "the name is taken, no place is left for one more, or virtual time: "
                     "nobody outside may change anything"}};
  return route;
}

}  // namespace

std::vector<Route> newcomer_routes() {
  std::vector<Route> table{
      newcomer("/api/v1/charge-points", "A charge point joins, with its monitor (D-003)", add_point,
               {{"cp_id", Kind::text, "left out: the next generated id"},
                {"zone", Kind::zone, "where; left out: the first"},
                {"power_kw", Kind::number, "rated power; left out: 22"},
                {"price_eur_kwh", Kind::number, "left out: 0.30"},
                {"manual_plug", Kind::flag, "a supply starts at plug and ends at unplug (D-106)"},
                {"external", Kind::flag,
                 "its engine and monitor are programs that will come to the framed door; left out: "
                 "they are simulated here"}}),
      newcomer("/api/v1/drivers", "A driver joins (D-003)", add_driver,
               {{"driver_id", Kind::text, "left out: the next generated id"},
                {"requests", Kind::points, "it asks for these, one after the other; may be empty"},
                {"external", Kind::flag,
                 "a program that will come to the framed door; left out: it is simulated here, and "
                 "asked by its own paths"}}),
  };
  table.front().outcomes.push_back(kUnconfirmed);
  return table;
}

}  // namespace chargemill::app::api
