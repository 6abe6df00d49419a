#include "app/api/layout.hpp"

#include <algorithm>

namespace chargemill::app::api {
namespace {

using nlohmann::ordered_json;

bool has_names(const network::Topology& topology) {
  return std::any_of(topology.points.begin(), topology.points.end(),
                     [](const auto& point) { return !point.id.empty(); });
}

}  // namespace

ordered_json layout_json(const network::Topology& topology) {
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
  return body;
}

}  // namespace chargemill::app::api
