// What the dashboard asks once: where the charge points stand, and what was before it looked.
#include <algorithm>

#include "app/api/route.hpp"

namespace chargemill::app::api {
namespace {

using nlohmann::ordered_json;

bool has_names(const network::Topology& topology) {
  return std::any_of(topology.points.begin(), topology.points.end(),
                     [](const auto& point) { return !point.id.empty(); });
}

/// Points of a site stand together, so a hundred thousand points are a few thousand runs.
void layout(const CallPtr& call) {
  const network::Topology& topology = call->world.desk.topology();
  ordered_json body{{"points", topology.points.size()}};
  auto zones = ordered_json::array();
  for (std::uint32_t z = 0; z < topology.zones; ++z)
    zones.push_back(network::zone_name(ZoneId{static_cast<std::uint16_t>(z)}));
  body["zones"] = std::move(zones);
  auto sites = ordered_json::array();
  const network::PointSpec* last = nullptr;
  std::uint32_t count = 0;
  const auto close = [&] {
    if (last != nullptr) sites.push_back({index_of(last->zone), index_of(last->site) + 1, count});
  };
  for (const auto& point : topology.points) {
    if (last != nullptr && last->zone == point.zone && last->site == point.site) {
      ++count;
      continue;
    }
    close();
    last = &point;
    count = 1;
  }
  close();
  body["sites"] = std::move(sites);
  body["names"] = nullptr;
  if (has_names(topology)) {
    auto names = ordered_json::array();
    for (std::uint32_t i = 0; i < topology.points.size(); ++i)
      names.push_back(topology.point_name(PointId{i}));
    body["names"] = std::move(names);
  }
  call->answer(json_answer(body));
}

void series(const CallPtr& call) {
  if (!call->world.series) return call->refuse(503, "nobody keeps the series of this run");
  HttpResponse response;
  response.body = call->world.series();
  call->answer(std::move(response));
}

}  // namespace

std::vector<Route> series_routes() {
  std::vector<Route> table;
  table.push_back({"GET", "/api/v1/layout",
                   "Where the charge points stand: [zone's index, site, points], by id; `names` "
                   "unless they are CP-000001 and so on",
                   layout});
  table.push_back(
      {"GET", "/api/v1/series", "The run so far, in 2,880 rows at most: columns and rows", series});
  table.back().outcomes = {{503, "nobody keeps them"}};
  return table;
}

}  // namespace chargemill::app::api
