#include "app/api/layout.hpp"

#include <algorithm>
#include <utility>

#include "runtime/base/assert.hpp"

namespace chargemill::app::api {
namespace {

using nlohmann::ordered_json;

bool has_names(const network::Topology& topology) {
  return std::any_of(topology.points.begin(), topology.points.end(),
                     [](const auto& point) { return !point.id.empty(); });
}

/// Points that follow each other at one site, counted.
class Sites {
 public:
  void add(const network::PointSpec& point) {
    if (count_ > 0 && zone_ == point.zone && site_ == point.site) {
      ++count_;
      return;
    }
    close();
    zone_ = point.zone;
    site_ = point.site;
    count_ = 1;
  }
  [[nodiscard]] ordered_json take() {
    close();
    return std::move(all_);
  }

 private:
  void close() {
    if (count_ > 0) all_.push_back({index_of(zone_), index_of(site_) + 1, count_});
    count_ = 0;
  }

  ordered_json all_ = ordered_json::array();
  ZoneId zone_{};
  SiteId site_{};
  std::uint32_t count_ = 0;
};

}  // namespace

ordered_json layout_json(const network::Topology& topology, const network::Annex& annex) {
  const auto listed = static_cast<std::uint32_t>(topology.points.size());
  const std::uint32_t joined = annex.points();  // read once: more may come meanwhile
  ordered_json body{{"points", listed + joined}};
  auto zones = ordered_json::array();
  for (std::uint32_t z = 0; z < topology.zones; ++z)
    zones.push_back(network::zone_name(ZoneId{static_cast<std::uint16_t>(z)}));
  body["zones"] = std::move(zones);
  Sites sites;
  for (const auto& point : topology.points) sites.add(point);
  body["names"] = nullptr;
  if (has_names(topology)) {
    auto names = ordered_json::array();
    for (std::uint32_t i = 0; i < listed; ++i) names.push_back(topology.point_name(PointId{i}));
    body["names"] = std::move(names);
  }
  auto names = ordered_json::array();
  for (std::uint32_t i = listed; i < listed + joined; ++i) {
    const network::PointSpec* const point = annex.point(PointId{i});
    CHARGEMILL_ASSERT(point != nullptr);
    sites.add(*point);
    names.push_back(point->id);
  }
  body["joined"] = std::move(names);
  body["sites"] = sites.take();
  return body;
}

}  // namespace chargemill::app::api
