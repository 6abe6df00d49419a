// What is to be run: read, checked, and small enough for this machine.
#include <algorithm>
#include <cstdio>
#include <string>
#include <thread>
#include <utility>

#include "app/commands/exit_code.hpp"
#include "app/commands/run_command.hpp"
#include "app/commands/run_texts.hpp"
#include "app/output/terminal.hpp"
#include "app/scenario/load.hpp"
#include "app/scenario/plan_text.hpp"
#include "app/simulation/memory_limit.hpp"

namespace chargemill::app {
namespace {

void say_all(const std::vector<Diagnostic>& diagnostics, bool color) {
  (void)std::fputs(render(diagnostics, color).c_str(), stderr);
}

bool are_only_of(const std::vector<Diagnostic>& diagnostics, Code code) {
  return std::all_of(diagnostics.begin(), diagnostics.end(), [code](const Diagnostic& d) {
    return d.code == code || d.severity == Severity::warning;
  });
}

}  // namespace

void name_the_file(const std::optional<std::filesystem::path>& scenario,
                   std::vector<Diagnostic>& why) {
  for (auto& diagnostic : why) {
    if (scenario && diagnostic.code == Code::unreadable)
      diagnostic.hint = hint_of_missing(*scenario);
  }
}

int refusal_code(const std::vector<Diagnostic>& why) {
  const bool is_usage = are_of_the_command_line(why) || are_only_of(why, Code::open_door);
  return is_usage ? kExitUsage : kExitInvalidScenario;
}

tl::expected<Loaded, int> load_for_run(const RunOptions& options) {
  auto loaded = load_scenario(load_input(options));
  const bool color = use_color(stderr, loaded ? loaded->output.color : options.color);
  const auto refuse = [](int code) { return tl::unexpected<int>(code); };
  if (!loaded) {
    name_the_file(options.scenario, loaded.error());
    say_all(loaded.error(), color);
    return refuse(refusal_code(loaded.error()));
  }
  if (auto word = word_on_workers(*loaded, std::thread::hardware_concurrency()))
    loaded->warnings.push_back(std::move(*word));
  if (!loaded->warnings.empty()) say_all(loaded->warnings, color);
  const auto enough = check_memory(make_plan(loaded->scenario).memory_bytes, available_memory());
  if (!enough) {
    (void)std::fputs(("chargemill: " + enough.error().text + "\n").c_str(), stderr);
    return refuse(kExitEnvironment);
  }
  return std::move(*loaded);
}

}  // namespace chargemill::app
