// The older paths that only read: /cp, /telemetry (D-184 to D-186).
#include "app/api/point_json.hpp"

namespace chargemill::app::api {
namespace {

using nlohmann::ordered_json;

ordered_json rows_of(const World& world, const std::vector<PointCopy>& points,
                     ordered_json (*row)(const World&, const PointCopy&)) {
  auto rows = ordered_json::array();
  for (const auto& point : points) rows.push_back(row(world, point));
  return rows;
}

/// The full list, as far as one answer may go.
PointFilter filter_of(const Call& call) {
  PointFilter filter;
  filter.only_available = call.query.get<bool>("only_available").value_or(false);
  filter.after = call.query.id<PointId>("after");
  filter.limit = static_cast<std::size_t>(call.query.whole("limit", call.world.full_list));
  return filter;
}

void list(const CallPtr& call) {
  const auto use = [call](const PointsFound& found) {
    const World& world = call->world;
    ordered_json body;
    body["charging_points"] = rows_of(
        world, found.points,
        [](const World& w, const PointCopy& point) { return older_point(w, point, false); });
    body["active_requests"] = found.sessions;
    body["active_requests_details"] = rows_of(
        world, found.in_session,
        [](const World& w, const PointCopy& point) { return request_json(w, point, false); });
    if (found.has_more && !found.points.empty())
      body["next"] = world.names.name(found.points.back().record.id);
    call->answer(json_answer(body));
  };
  look_for(call, filter_of(*call), use, true);
}

void show(const CallPtr& call) {
  look_at(call, call->point, [call](const PointCopy& copy, SimTime) {
    call->answer(json_answer(older_point(call->world, copy, true)));
  });
}

void telemetry(const CallPtr& call) {
  PointFilter filter = filter_of(*call);
  filter.only_in_session = true;
  look_for(call, std::move(filter), [call](const PointsFound& found) {
    auto rows = ordered_json::array();
    for (const auto& point : found.points) {
      if (point.record.stage == central::Stage::supplying)
        rows.push_back(telemetry_row(call->world, point));
    }
    ordered_json body{{"telemetry", std::move(rows)}};
    if (found.has_more && !found.points.empty())
      body["next"] = call->world.names.name(found.points.back().record.id);
    call->answer(json_answer(body));
  });
}

constexpr Parameter kLimit{"limit", Kind::limit,
                           "rows at most; http.full_list (10000) if left out"};
constexpr Parameter kAfter{"after", Kind::point, "only charge points behind this one, to go on"};

}  // namespace

std::vector<Route> older_routes() {
  std::vector<Route> table;
  table.push_back(
      {"GET",
       "/cp",
       "All charge points and open requests (D-184)",
       list,
       {{"only_available", Kind::flag, "only those that would be given to a driver now"},
        kLimit,
        kAfter}});
  table.push_back({"GET", "/cp/{id}", "One charge point (D-185)", show});
  table.back().subject = Subject::point;
  table.push_back({"GET", "/telemetry", "What runs now (D-186)", telemetry, {kLimit, kAfter}});
  return table;
}

}  // namespace chargemill::app::api
