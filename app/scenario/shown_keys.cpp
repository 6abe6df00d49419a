#include "app/scenario/shown_keys.hpp"

#include <fmt/format.h>

#include "app/scenario/key_table.hpp"

namespace chargemill::app {
namespace {

std::string text_of(const Origin& origin) {
  if (origin.source == Source::fallback) return "default";
  const auto& place = origin.place;
  return place.line == 0 ? place.source : fmt::format("{}:{}", place.source, place.line);
}

}  // namespace

std::vector<ShownKey> shown_keys(const Loaded& loaded) {
  const Draft fresh{};
  Draft draft;
  draft.scenario = loaded.scenario;
  draft.output = loaded.output;
  draft.files = loaded.files;
  draft.doors = loaded.doors;
  draft.cluster = loaded.cluster;
  std::vector<ShownKey> shown;
  for (const auto& key : keys()) {
    // An unbuilt key without an off value can only be left out: there is nothing to show.
    if (key.info.type == Type::not_built && key.info.off.empty()) continue;
    const auto origin = loaded.origins.find(key.info.name);
    shown.push_back({key.info.name, to_toml(key.get(draft), key.info),
                     to_toml(key.get(fresh), key.info),
                     text_of(origin == loaded.origins.end() ? Origin{} : origin->second)});
  }
  for (const auto& [name, from] : loaded.origins) {
    if (!name.empty() && name.back() == ']') shown.push_back({name, "", "", text_of(from)});
  }
  return shown;
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
