#include "app/commands/config_command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "app/commands/run_command.hpp"
#include "app/scenario/json_schema.hpp"
#include "app/scenario/shown_keys.hpp"

namespace chargemill::app {
namespace {

/// `run` takes the demo if nothing is named; here somebody may want to see what a file leaves out.
void name_what_is_shown(const LoadInput& input) {
  if (input.file) return;
  std::fputs(
      "# no scenario is named: the defaults, not the demo that run takes (config show "
      "config/scenarios/demo.toml)\n",
      stdout);
}

/// That there are no charge points is no news of defaults.
void leave_out_missing(std::vector<Diagnostic>& warnings) {
  warnings.erase(std::remove_if(warnings.begin(), warnings.end(),
                                [](const Diagnostic& d) { return d.code == Code::missing; }),
                 warnings.end());
}

}  // namespace

int config_show_command(const LoadInput& input, bool origin, bool color) {
  auto loaded = load_scenario(input);
  if (!loaded) {
    name_the_file(input.file, loaded.error());
    std::fputs(render(loaded.error(), color).c_str(), stderr);
    return refusal_code(loaded.error());
  }
  if (!input.file) leave_out_missing(loaded->warnings);
  std::fputs(render(loaded->warnings, color).c_str(), stderr);
  name_what_is_shown(input);
  if (!origin) {
    std::fputs(shown_toml(*loaded).c_str(), stdout);
    return 0;
  }
  const auto show = [](const ShownKey& key) {
    std::fputs(fmt::format("{:38} {:38} {}\n", key.name, key.value, key.origin).c_str(), stdout);
  };
  for (const auto& key : shown_keys(*loaded)) {
    if (key.name.back() != ']') show(key);  // of an item: its keys follow
  }
  for (const auto& key : shown_items(*loaded)) show(key);
  return 0;
}

int config_schema_command() {
  std::printf("%s\n", scenario_schema().dump(2).c_str());
  return 0;
}

}  // namespace chargemill::app
