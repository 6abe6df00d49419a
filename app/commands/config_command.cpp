#include "app/commands/config_command.hpp"

#include <fmt/format.h>

#include <cstdio>

#include "app/scenario/json_schema.hpp"
#include "app/scenario/key_table.hpp"
#include "app/scenario/resolved_toml.hpp"

namespace chargemill::app {
namespace {

std::string origin_text(const Origins& origins, const std::string& key) {
  const auto found = origins.find(key);
  if (found == origins.end() || found->second.source == Source::fallback) return "default";
  const auto& place = found->second.place;
  return place.line == 0 ? place.source : fmt::format("{}:{}", place.source, place.line);
}

}  // namespace

int config_show_command(const LoadInput& input, bool origin, bool color) {
  constexpr int kInvalid = 3;
  const auto loaded = load_scenario(input);
  if (!loaded) {
    std::fputs(render(loaded.error(), color).c_str(), stderr);
    return kInvalid;
  }
  std::fputs(render(loaded->warnings, color).c_str(), stderr);
  if (!origin) {
    std::fputs(resolved_toml(loaded->scenario).c_str(), stdout);
    return 0;
  }
  Draft draft;
  draft.scenario = loaded->scenario;
  draft.output = loaded->output;
  draft.files = loaded->files;
  draft.doors = loaded->doors;
  for (const auto& key : keys()) {
    // An unbuilt key without an off value can only be left out: there is nothing to show.
    if (key.info.type == Type::not_built && key.info.off.empty()) continue;
    std::printf("%s\n",
                fmt::format("{:38} {:38} {}", key.info.name, to_toml(key.get(draft), key.info),
                            origin_text(loaded->origins, key.info.name))
                    .c_str());
  }
  for (const auto& [name, from] : loaded->origins) {
    // Items of lists: where each begins.
    if (!name.empty() && name.back() == ']')
      std::printf(
          "%s\n",
          fmt::format("{:38} {:38} {}:{}", name, "", from.place.source, from.place.line).c_str());
  }
  return 0;
}

int config_schema_command() {
  std::printf("%s\n", scenario_schema().dump(2).c_str());
  return 0;
}

}  // namespace chargemill::app
