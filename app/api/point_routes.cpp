// /api/v1/charge-points, requests, and what drivers ask: read from the running network.
#include <cmath>

#include "app/api/point_json.hpp"

namespace chargemill::app::api {
namespace {

using nlohmann::ordered_json;

PointFilter filter_of(const Call& call) {
  PointFilter filter;
  filter.zone = call.query.id<ZoneId>("zone");
  filter.state = call.query.id<DisplayState>("state");
  filter.prefix = call.query.text("prefix");
  filter.after = call.query.id<PointId>("after");
  filter.driver = call.query.id<DriverId>("driver");
  filter.only_available = call.query.get<bool>("available").value_or(false);
  if (const auto kw = call.query.get<double>("min_kw"))
    filter.power_min_w = static_cast<std::int64_t>(*kw * 1e3);
  if (const auto price = call.query.get<double>("max_price"))
    filter.price_max = std::llround(*price * 1e6);
  filter.limit = static_cast<std::size_t>(call.query.whole("limit", kLimitDefault));
  return filter;
}

/// The id to go on after; null: that was all.
ordered_json next_of(const World& world, const PointsFound& found) {
  if (!found.has_more || found.points.empty()) return nullptr;
  return world.names.name(found.points.back().record.id);
}

void list(const CallPtr& call) {
  look_for(call, filter_of(*call), [call](const PointsFound& found) {
    auto rows = ordered_json::array();
    for (const auto& point : found.points) rows.push_back(point_json(call->world, point));
    call->answer(
        json_answer({{"charge_points", std::move(rows)}, {"next", next_of(call->world, found)}}));
  });
}

void show(const CallPtr& call) {
  look_at(call, call->point, [call](const PointCopy& copy, SimTime) {
    call->answer(json_answer(point_json(call->world, copy)));
  });
}

void open_requests(const CallPtr& call) {
  PointFilter filter = filter_of(*call);
  filter.only_in_session = true;
  look_for(call, std::move(filter), [call](const PointsFound& found) {
    auto rows = ordered_json::array();
    for (const auto& point : found.points) rows.push_back(request_json(call->world, point, true));
    call->answer(
        json_answer({{"requests", std::move(rows)}, {"next", next_of(call->world, found)}}));
  });
}

void current_session(const CallPtr& call) {
  PointFilter filter;
  filter.driver = call->driver;
  filter.limit = 1;
  look_for(call, std::move(filter), [call](const PointsFound& found) {
    if (found.points.empty()) return call->answer(json_answer({{"session", nullptr}}));
    const PointCopy& point = found.points.front();
    ordered_json session = request_json(call->world, point, true);
    session["telemetry"] = older_point(call->world, point, true)["telemetry"];
    call->answer(json_answer({{"session", std::move(session)}}));
  });
}

void available(const CallPtr& call) {
  PointFilter filter = filter_of(*call);
  filter.only_available = true;
  look_for(call, std::move(filter), [call](const PointsFound& found) {
    auto rows = ordered_json::array();
    for (const auto& point : found.points) {
      const ordered_json all = point_json(call->world, point);
      ordered_json row;
      for (const char* key : {"cp_id", "zone", "site", "location", "power_kw", "price_eur_kwh"})
        row[key] = all[key];
      rows.push_back(std::move(row));
    }
    call->answer(
        json_answer({{"charge_points", std::move(rows)}, {"next", next_of(call->world, found)}}));
  });
}

constexpr Parameter kLimit{"limit", Kind::limit, "rows at most, 100 if left out"};
constexpr Parameter kAfter{"after", Kind::point, "only charge points behind this one, to go on"};
constexpr Parameter kZone{"zone", Kind::zone, "only of this zone"};
constexpr Parameter kPower{"min_kw", Kind::number, "rated power, at least"};
constexpr Parameter kPrice{"max_price", Kind::number, "EUR a kWh, at most"};

}  // namespace

std::vector<Route> point_routes() {
  std::vector<Route> table;
  table.push_back({"GET",
                   "/api/v1/charge-points",
                   "Charge points, by id",
                   list,
                   {kZone,
                    {"state", Kind::state, "only those that show this state"},
                    {"prefix", Kind::text, "only ids that begin so"},
                    {"available", Kind::flag, "only those that would be given to a driver now"},
                    kPower,
                    kPrice,
                    kLimit,
                    kAfter}});
  table.push_back({"GET", "/api/v1/charge-points/{id}", "One charge point", show});
  table.back().subject = Subject::point;
  table.push_back({"GET",
                   "/api/v1/requests",
                   "Open requests: those that hold a charge point",
                   open_requests,
                   {kZone, {"driver", Kind::driver, "only of this driver"}, kLimit, kAfter}});
  table.push_back({"GET",
                   "/api/v1/drivers/{id}/available",
                   "What this driver could charge at now",
                   available,
                   {kZone, kPower, kPrice, kLimit, kAfter}});
  table.back().subject = Subject::driver;
  table.push_back({"GET", "/api/v1/drivers/{id}/sessions/current",
                   "The session of this driver that is under way, or null", current_session});
  table.back().subject = Subject::driver;
  return table;
}

}  // namespace chargemill::app::api
