#include "app/commands/validate_command.hpp"

#include <cstdio>

#include "app/commands/run_command.hpp"
#include "app/scenario/load.hpp"
#include "app/scenario/plan_text.hpp"
#include "app/simulation/memory_limit.hpp"

namespace chargemill::app {

int validate_command(const std::vector<std::filesystem::path>& files, bool color) {
  constexpr int kInvalid = 3;
  int code = 0;
  for (const auto& file : files) {
    LoadInput input;
    input.file = file;
    input.env = chargemill_environment();
    auto loaded = load_scenario(input);
    if (!loaded) {
      name_the_file(file, loaded.error());
      std::fputs(render(loaded.error(), color).c_str(), stderr);
      std::fprintf(stderr, "%s: %s found\n", file.c_str(), count_text(loaded.error()).c_str());
      code = kInvalid;
      continue;
    }
    std::fputs(render(loaded->warnings, color).c_str(), stderr);
    std::printf("%s: ok\n%s", file.c_str(), plan_text(loaded->scenario).c_str());
    const auto enough = check_memory(make_plan(loaded->scenario).memory_bytes, available_memory());
    if (!enough) std::fprintf(stderr, "warning: %s\n", enough.error().text.c_str());
  }
  return code;
}

}  // namespace chargemill::app
