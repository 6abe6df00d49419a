// Charge points, power and energy, by zone.
#include "actors/texts.hpp"
#include "app/metrics/family_makers.hpp"

namespace chargemill::app::metrics {
namespace {

struct NamedZone {
  std::string name;
  central::ZoneTotals totals;
};

void add(central::ZoneTotals& to, const central::ZoneTotals& from) {
  for (std::size_t i = 0; i < kDisplayStates; ++i) to.display[i] += from.display[i];
  to.sessions_started += from.sessions_started;
  to.sessions_completed += from.sessions_completed;
  to.sessions_failed += from.sessions_failed;
  to.energy_booked_mj += from.energy_booked_mj;
  to.power_w += from.power_w;
}

/// Those that have a label of their own, and all others as one.
std::vector<NamedZone> named_zones(const Sources& s) {
  std::vector<NamedZone> zones;
  const std::size_t all = s.detail.zones.size();
  const std::size_t named = all <= kZonesMax ? all : kZonesMax - 1;
  for (std::size_t z = 0; z < all; ++z) {
    if (z < named && z < s.facts.zones.size()) {
      zones.push_back({s.facts.zones[z], s.detail.zones[z]});
      continue;
    }
    if (zones.empty() || zones.back().name != kOther) zones.push_back({kOther, {}});
    add(zones.back().totals, s.detail.zones[z]);
  }
  return zones;
}

}  // namespace

void add_points(Families& out, const Sources& s) {
  const auto zones = named_zones(s);
  const auto by_zone = [&](runtime::MetricFamily& family, auto value) {
    for (const auto& zone : zones)
      family.add(static_cast<double>(value(zone.totals)), {{kZone, zone.name}});
  };
  auto& points = gauge(out, "chargemill_charge_points", "Charge points, by what a person sees.");
  for (const auto& zone : zones) {
    for (std::size_t i = 0; i < kDisplayStates; ++i) {
      const std::string state{words_of(static_cast<DisplayState>(i)).figure};
      points.add(number(zone.totals.display[i]), {{kZone, zone.name}, {kState, state}});
    }
  }
  by_zone(gauge(out, "chargemill_power_watts", "Power of sessions that supply."),
          [](const auto& t) { return t.power_w; });
  by_zone(counter(out, "chargemill_energy_delivered_joules_total", "Energy that central booked."),
          [](const auto& t) { return static_cast<double>(t.energy_booked_mj) / 1e3; });
  by_zone(counter(out, "chargemill_sessions_started_total", "Sessions that central opened."),
          [](const auto& t) { return t.sessions_started; });
  by_zone(counter(out, "chargemill_sessions_completed_total", "Sessions that ended as wished."),
          [](const auto& t) { return t.sessions_completed; });
  by_zone(counter(out, "chargemill_sessions_failed_total", "Sessions that ended otherwise."),
          [](const auto& t) { return t.sessions_failed; });
}

}  // namespace chargemill::app::metrics
