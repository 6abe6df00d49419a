#include "app/scenario/resolved_toml.hpp"

#include <fmt/format.h>

#include "app/scenario/key_table.hpp"

namespace chargemill::app {

// Not of files (written out below), not of this run's output and doors.
bool is_of_the_scenario(const KeyInfo& key) {
  return key.name.rfind("output.", 0) != 0 && key.name.rfind("http.", 0) != 0 &&
         key.name.rfind("tcp.", 0) != 0 && key.name != "run.repeat" && key.name != "journal.dir" &&
         (key.name.rfind("cluster.", 0) != 0 || key.name == "cluster.nodes" ||
          key.name == "cluster.recover" || key.name == "cluster.save_every") &&
         key.name != "drivers.profile_file" && key.name != "drivers.requests" &&
         key.name.rfind("drivers.replay", 0) != 0;
}

namespace {

/// Not of generated charge points where they are listed: it would have no effect (check_needs.cpp).
bool has_effect(const KeyInfo& key, const network::Scenario& scenario) {
  const bool is_of_generated = key.name == "network.zones" ||
                               key.name == "network.sites_per_zone" ||
                               key.name == "network.power_mix" || key.name == "network.price_mix";
  return !is_of_generated || scenario.network.points.empty();
}

template <class T>
void append_item(std::string& out, const char* list, const std::vector<Field<T>>& fields,
                 const T& item) {
  out += fmt::format("\n[[{}]]\n", list);
  for (const auto& field : fields) {
    const auto value = field.get(item);
    if (!std::holds_alternative<std::monostate>(value))
      out += fmt::format("{} = {}\n", field.info.name, to_toml(value, field.info));
  }
}

template <std::size_t N>
std::string numbers(const std::array<double, N>& values) {
  return fmt::format("[{}]", fmt::join(values, ", "));
}

std::string pairs(const std::vector<std::pair<double, double>>& table) {
  std::string out;
  for (const auto& [probability, value] : table)
    out += fmt::format("{}[{}, {}]", out.empty() ? "" : ", ", probability, value);
  return '[' + out + ']';
}

}  // namespace

void append_profile(std::string& out, const fleet::Profile& profile) {
  out += "\n[drivers.profile_table]\n";
  out += fmt::format("weekday_share = {}\n", numbers(profile.weekday_share));
  out += fmt::format("weekend_share = {}\n", numbers(profile.weekend_share));
  out += fmt::format("energy_scale = {}\n", numbers(profile.energy_scale));
  out += fmt::format("stay_scale = {}\n", numbers(profile.stay_scale));
  out += fmt::format("energy_kwh = {}\nstay_h = {}\n", pairs(profile.energy_kwh),
                     pairs(profile.stay_h));
}

void append_recorded(std::string& out, const std::vector<network::ReplaySession>& sessions) {
  out += "recorded = [  # start ns, stay ns, mJ, station\n";
  for (const auto& session : sessions)
    out += fmt::format("  [{}, {}, {}, {}],\n", session.start.time_since_epoch().count(),
                       session.stay.count(), session.energy.mj, app::toml_text(session.station));
  out += "]\n";
}

std::string resolved_toml(const network::Scenario& scenario) {
  Draft draft;
  draft.scenario = scenario;
  std::string out;
  std::string section;
  for (const auto& key : keys()) {
    if (!is_of_the_scenario(key.info) || !has_effect(key.info, scenario)) continue;
    const auto dot = key.info.name.find('.');
    if (key.info.name.substr(0, dot) != section) {
      if (section == "drivers" && !scenario.drivers.replay.empty())
        append_recorded(out, scenario.drivers.replay);
      section = key.info.name.substr(0, dot);
      out += fmt::format("{}[{}]\n", out.empty() ? "" : "\n", section);
    }
    out +=
        fmt::format("{} = {}\n", key.info.name.substr(dot + 1), to_toml(key.get(draft), key.info));
  }
  if (scenario.drivers.custom_profile) append_profile(out, *scenario.drivers.custom_profile);
  for (const auto& p : scenario.network.points) append_item(out, "charge_point", point_keys(), p);
  for (const auto& d : scenario.drivers.named)
    append_item(out, "driver", driver_keys(), DriverItem{d, {}});
  for (const auto& stage : scenario.stages) append_item(out, "stage", stage_keys(), stage);
  for (const auto& fault : scenario.faults) append_item(out, "fault", fault_keys(), fault);
  for (const auto& action : scenario.actions) append_item(out, "action", action_keys(), action);
  for (const auto& expr : scenario.thresholds)
    append_item(out, "thresholds", threshold_keys(), ThresholdItem{expr});
  return out;
}

}  // namespace chargemill::app
