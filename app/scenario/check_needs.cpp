// Keys that do nothing without another one, or beside it: whoever wrote them meant something.
#include <fmt/format.h>

#include "app/scenario/check_context.hpp"

namespace chargemill::app {
namespace {

/// `key` has an effect only if `is_met`, which depends on the key `on`.
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
    {"drivers.profile_file",              "drivers.profile", has_profile_file, "unless 'drivers.profile' is \"file\""},
    {"drivers.replay_columns.start",      "drivers.replay",  has_replay,       kNoReplay},
    {"drivers.replay_columns.end",        "drivers.replay",  has_replay,       kNoReplay},
    {"drivers.replay_columns.energy_kwh", "drivers.replay",  has_replay,       kNoReplay},
    {"drivers.replay_columns.station",    "drivers.replay",  has_replay,       kNoReplay},
    {"network.zones",                     "charge_point",    generates_points, kListed},
    {"network.sites_per_zone",            "charge_point",    generates_points, kListed},
    {"network.power_mix",                 "charge_point",    generates_points, kListed},
    {"network.price_mix",                 "charge_point",    generates_points, kListed},
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
    {"looks", "external", is_inside, kOutside},
    {"looks_zone", "external", is_inside, kOutside},
    {"looks_power_kw", "external", is_inside, kOutside},
    {"looks_price_eur_kwh", "external", is_inside, kOutside},
    {"looks_zone", "looks", looks, kBlind},
    {"looks_power_kw", "looks", looks, kBlind},
    {"looks_price_eur_kwh", "looks", looks, kBlind},
};

void warn(CheckContext& c, const std::string& name, const char* why, const std::string& key) {
  c.warning(Code::contradiction, fmt::format("'{}' has no effect {}", name, why), c.place_of(key),
            "leave it out");
}

}  // namespace

void check_needs(CheckContext& c) {
  for (const auto& need : kNeeds) {
    if (c.is_written(need.key) && c.are_sound({need.on}) && !need.is_met(c))
      warn(c, need.key, need.why, need.key);
  }
  const auto& drivers = c.scenario().drivers.named;
  for (std::size_t i = 0; i < drivers.size(); ++i) {
    const auto item = fmt::format("driver[{}].", i);
    for (const auto& need : kDriverNeeds) {
      if (c.is_written(item + need.key) && c.are_sound({item + need.on}) &&
          !need.is_met(drivers[i]))
        warn(c, fmt::format("driver.{}", need.key), need.why, item + need.key);
    }
  }
}

}  // namespace chargemill::app
