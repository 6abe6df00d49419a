#include "app/scenario/check_context.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "actors/network/division.hpp"
#include "app/scenario/value.hpp"

namespace chargemill::app {
CheckContext::CheckContext(const network::Scenario& scenario, const Origins& origins,
                           const std::set<std::string>& failed, std::vector<Diagnostic>& found)
    : s_(scenario), origins_(origins), failed_(failed), found_(found) {
  for (const auto& point : s_.network.points) listed_.insert(point.id);
}

Place CheckContext::place_of(const std::string& key) const {
  const auto found = origins_.find(key);
  return found == origins_.end() ? Place{} : found->second.place;
}

Place CheckContext::place_of(std::initializer_list<std::string> keys) const {
  for (const auto& key : keys) {
    if (origins_.count(key) != 0) return place_of(key);
  }
  return {};
}

bool CheckContext::is_of_the_file(const std::string& key) const {
  const auto found = origins_.find(key);
  return found != origins_.end() && found->second.source == Source::file;
}

bool CheckContext::are_sound(std::initializer_list<std::string> keys) const {
  return std::none_of(keys.begin(), keys.end(),
                      [&](const std::string& key) { return failed_.count(key) != 0; });
}

bool CheckContext::points_are_sound() const {
  return are_sound({"network.charge_points", "network.zones"});
}

void CheckContext::error(Code code, std::string text, Place place, std::string hint) {
  found_.push_back({code, std::move(text), std::move(place), std::move(hint)});
}

void CheckContext::warning(Code code, std::string text, Place place, std::string hint) {
  found_.push_back({code, std::move(text), std::move(place), std::move(hint), Severity::warning});
}

bool CheckContext::has_point(const std::string& name) const {
  if (!s_.network.points.empty()) return listed_.count(name) != 0;
  if (name.size() < 9 || name.rfind("CP-", 0) != 0 || name.size() > 12) return false;
  const auto number = std::strtoull(name.c_str() + 3, nullptr, 10);
  return number >= 1 && number <= s_.network.charge_points &&
         network::generated_point_name(static_cast<std::uint32_t>(number - 1)) == name;
}

std::uint32_t CheckContext::zones() const {
  std::uint32_t count = 0;
  for (const auto& point : s_.network.points)
    count = std::max<std::uint32_t>(count, index_of(point.zone) + 1U);
  return count != 0 ? count : std::min(s_.network.zones, s_.network.charge_points);
}

bool CheckContext::has_zone(const std::string& name) const {
  for (std::uint32_t z = 0; z < zones(); ++z) {
    if (network::zone_name(ZoneId{static_cast<std::uint16_t>(z)}) == name) return true;
  }
  return false;
}

std::string CheckContext::point_hint(const std::string& name) const {
  if (s_.network.points.empty() && s_.network.charge_points > 0)
    return fmt::format("there are CP-000001 to {}",
                       network::generated_point_name(s_.network.charge_points - 1));
  return did_you_mean(name, {listed_.begin(), listed_.end()});
}

}  // namespace chargemill::app
