// Keys that do nothing without another one, or beside it: whoever wrote them meant something.
#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "app/scenario/check_context.hpp"
#include "app/scenario/key_table.hpp"

namespace chargemill::app {
namespace {

/// `key` has an effect only if `is_met`, which depends on the key `on`. With a `*` at its end it is
/// each that begins so.
struct Need {
  const char* key;
  const char* on;
  bool (*is_met)(const CheckContext&);
  const char* why;  ///< completes "has no effect"
};

bool has_profile_file(const CheckContext& c) {
  return c.scenario().drivers.profile == fleet::ProfileName::file;
}
bool has_replay(const CheckContext& c) { return c.is_written("drivers.replay"); }
bool generates_points(const CheckContext& c) { return c.scenario().network.points.empty(); }

constexpr const char* kNoReplay = "without 'drivers.replay'";
constexpr const char* kListed = "beside [[charge_point]], which says it of each";

// clang-format off
constexpr Need kNeeds[] = {
    {"drivers.profile_file",     "drivers.profile", has_profile_file, "unless 'drivers.profile' is \"file\""},
    {"drivers.replay_columns.*", "drivers.replay",  has_replay,       kNoReplay},
    {"network.zones",            "charge_point",    generates_points, kListed},
    {"network.sites_per_zone",   "charge_point",    generates_points, kListed},
    {"network.power_mix",        "charge_point",    generates_points, kListed},
    {"network.price_mix",        "charge_point",    generates_points, kListed},
};
// clang-format on

/// The same of one [[driver]].
struct DriverNeed {
  const char* key;
  const char* on;
  bool (*is_met)(const network::DriverSpec&);
  const char* why;
};

bool is_inside(const network::DriverSpec& driver) { return !driver.is_outside; }
bool looks(const network::DriverSpec& driver) { return driver.looks || driver.is_outside; }

constexpr const char* kOutside = "on an external driver: its program decides";
constexpr const char* kBlind = "without 'looks = true'";

constexpr DriverNeed kDriverNeeds[] = {
    {"pause", "external", is_inside, kOutside},
    {"looks*", "external", is_inside, kOutside},
    {"looks_*", "looks", looks, kBlind},
};

/// Those of `names` that a need's `key` means.
std::vector<std::string> meant(std::string_view key, const std::vector<std::string>& names) {
  if (key.back() != '*') return {std::string{key}};
  key.remove_suffix(1);
  std::vector<std::string> found;
  for (const auto& name : names) {
    if (name.compare(0, key.size(), key) == 0) found.push_back(name);
  }
  return found;
}
std::vector<std::string> names_of_driver_keys() {
  std::vector<std::string> names;
  for (const auto& field : driver_keys()) names.push_back(field.info.name);
  return names;
}

void warn(CheckContext& c, const std::string& name, const char* why, const std::string& key) {
  c.warning(Code::contradiction, fmt::format("'{}' has no effect {}", name, why), c.place_of(key),
            "leave it out");
}

}  // namespace

void check_needs(CheckContext& c) {
  for (const auto& need : kNeeds) {
    if (need.is_met(c) || !c.are_sound({need.on})) continue;
    for (const auto& key : meant(need.key, key_names())) {
      if (c.is_written(key)) warn(c, key, need.why, key);
    }
  }
  const auto& drivers = c.scenario().drivers.named;
  const auto names = names_of_driver_keys();
  for (std::size_t i = 0; i < drivers.size(); ++i) {
    const auto item = fmt::format("driver[{}].", i);
    for (const auto& need : kDriverNeeds) {
      if (need.is_met(drivers[i]) || !c.are_sound({item + need.on})) continue;
      for (const auto& key : meant(need.key, names)) {
        if (c.is_written(item + key)) warn(c, "driver." + key, need.why, item + key);
      }
    }
  }
}

}  // namespace chargemill::app
