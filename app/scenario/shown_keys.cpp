#include "app/scenario/shown_keys.hpp"

#include <fmt/format.h>

#include "app/scenario/key_table.hpp"
#include "app/scenario/resolved_toml.hpp"

namespace chargemill::app {
namespace {

std::string text_of(const Origin& origin) {
  if (origin.source == Source::fallback) return "default";
  const auto& place = origin.place;
  return place.line == 0 ? place.source : fmt::format("{}:{}", place.source, place.line);
}

std::string origin_of(const Loaded& loaded, const std::string& name) {
  const auto found = loaded.origins.find(name);
  return text_of(found == loaded.origins.end() ? Origin{} : found->second);
}

/// Each key of each item that has a value.
template <class T>
void add_items(std::vector<ShownKey>& shown, const Loaded& loaded, const char* list,
               const std::vector<Field<T>>& fields, const std::vector<T>& items) {
  const T fresh{};
  for (std::size_t i = 0; i < items.size(); ++i) {
    for (const auto& field : fields) {
      const auto value = field.get(items[i]);
      if (std::holds_alternative<std::monostate>(value)) continue;
      auto name = fmt::format("{}[{}].{}", list, i, field.info.name);
      auto origin = origin_of(loaded, name);
      shown.push_back({std::move(name), to_toml(value, field.info),
                       to_toml(field.get(fresh), field.info), std::move(origin)});
    }
  }
}

/// Those of [[driver]]: those of drivers.requests come after them, and are that key's.
std::vector<DriverItem> listed_drivers(const Loaded& loaded) {
  const auto& named = loaded.scenario.drivers.named;
  std::vector<DriverItem> items;
  for (std::size_t i = 0; i + loaded.files.requests.size() < named.size(); ++i)
    items.push_back({named[i], {}});
  return items;
}

}  // namespace

std::vector<ShownKey> shown_keys(const Loaded& loaded) {
  const Draft fresh{};
  const Draft draft{loaded.scenario, loaded.output,    loaded.doors,
                    loaded.cluster,  loaded.elsewhere, loaded.files};
  std::vector<ShownKey> shown;
  for (const auto& key : keys()) {
    shown.push_back({key.info.name, to_toml(key.get(draft), key.info),
                     to_toml(key.get(fresh), key.info), origin_of(loaded, key.info.name)});
  }
  for (const auto& [name, from] : loaded.origins) {
    if (!name.empty() && name.back() == ']') shown.push_back({name, "", "", text_of(from)});
  }
  return shown;
}

std::vector<ShownKey> shown_items(const Loaded& loaded) {
  const auto& scenario = loaded.scenario;
  std::vector<ThresholdItem> thresholds;
  for (const auto& expr : scenario.thresholds) thresholds.push_back({expr});
  std::vector<ShownKey> shown;
  add_items(shown, loaded, "charge_point", point_keys(), scenario.network.points);
  add_items(shown, loaded, "driver", driver_keys(), listed_drivers(loaded));
  add_items(shown, loaded, "stage", stage_keys(), scenario.stages);
  add_items(shown, loaded, "fault", fault_keys(), scenario.faults);
  add_items(shown, loaded, "action", action_keys(), scenario.actions);
  add_items(shown, loaded, "thresholds", threshold_keys(), thresholds);
  add_items(shown, loaded, "node", node_keys(), loaded.cluster.nodes);
  return shown;
}

// What this run does beside the scenario may contradict the rest once somebody says it, be it the
// default: there a default is told, and not said.
std::string shown_toml(const Loaded& loaded) {
  const auto& drivers = loaded.scenario.drivers;
  std::string out;
  std::string head;
  const auto add = [&](const ShownKey& key, const std::string& own_head) {
    if (own_head != head) out += fmt::format("{}{}\n", out.empty() ? "" : "\n", own_head);
    head = own_head;
    const auto* const known = find_key(key.name);
    const bool is_said =
        key.origin != "default" || known == nullptr || is_of_the_scenario(known->info);
    out += fmt::format("{}{} = {}\n", is_said ? "" : "# ", key.name.substr(key.name.find('.') + 1),
                       key.value);
  };
  for (const auto& key : shown_keys(loaded)) {
    if (key.name.back() == ']') continue;  // its keys follow
    const auto section = fmt::format("[{}]", key.name.substr(0, key.name.find('.')));
    // What a scenario that was written out in full has in the place of files.
    if (head == "[drivers]" && section != head && loaded.files.replay.empty() &&
        !drivers.replay.empty())
      append_recorded(out, drivers.replay);
    add(key, section);
  }
  if (loaded.files.profile.empty() && drivers.custom_profile)
    append_profile(out, *drivers.custom_profile);
  std::string item;
  for (const auto& key : shown_items(loaded)) {
    const auto own_item = key.name.substr(0, key.name.find('.'));
    if (own_item != item) head.clear();
    item = own_item;
    add(key, fmt::format("[[{}]]", item.substr(0, item.find('['))));
  }
  return out;
}

nlohmann::ordered_json config_json(const Loaded& loaded) {
  auto rows = nlohmann::ordered_json::array();
  for (const auto& key : shown_keys(loaded)) {
    rows.push_back({{"key", key.name},
                    {"value", key.value},
                    {"default", key.fallback},
                    {"origin", key.origin}});
  }
  return {{"keys", std::move(rows)}};
}

}  // namespace chargemill::app
