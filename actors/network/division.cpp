#include "actors/network/division.hpp"

#include <algorithm>
#include <cstdio>

namespace chargemill::network {
namespace {

constexpr std::uint32_t kPointsPerSite = 16;

}  // namespace

std::uint32_t generated_zones(const Scenario& scenario) {
  const auto& n = scenario.network;
  return std::max(1U, std::min(n.zones, n.charge_points));
}

std::uint32_t generated_sites(const Scenario& scenario) {
  const auto& n = scenario.network;
  const std::uint32_t zones = generated_zones(scenario);
  const std::uint32_t wanted = n.sites_per_zone == 0
                                   ? (n.charge_points + kPointsPerSite - 1) / kPointsPerSite
                                   : n.sites_per_zone * zones;
  return std::clamp(wanted, zones, std::max(n.charge_points, zones));
}

std::uint32_t shard_parts(const Scenario& scenario) {
  const auto& n = scenario.network;
  if (!n.points.empty()) return static_cast<std::uint32_t>(n.points.size());
  return std::min(generated_sites(scenario), n.charge_points);
}

std::uint32_t shards_of(const Scenario& scenario) {
  return std::clamp(scenario.central.shards, 1U, std::max(1U, shard_parts(scenario)));
}

std::string generated_point_name(std::uint32_t index) {
  char text[24];
  std::snprintf(text, sizeof text, "CP-%06u", index + 1);
  return text;
}

std::string zone_name(ZoneId zone) {
  char text[16];
  std::snprintf(text, sizeof text, "Z%02u", index_of(zone) + 1U);
  return text;
}

}  // namespace chargemill::network
