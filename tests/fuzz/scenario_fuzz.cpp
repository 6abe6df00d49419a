// Whatever a scenario file says: it is read or refused. What was read can be planned, and written
// out to something that loads to the same.
#include <cstddef>
#include <cstdint>
#include <string>

#include "app/scenario/load.hpp"
#include "app/scenario/plan_text.hpp"
#include "app/scenario/resolved_toml.hpp"
#include "runtime/base/assert.hpp"

namespace app = chargemill::app;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,  // NOLINT: libFuzzer's name
                                      std::size_t size) {
  // A folder without files: what the scenario names is not there, and no file of ours is read.
  const std::string text{reinterpret_cast<const char*>(data), size};
  const auto loaded = app::load_scenario_text(text, "fuzz.toml", "/nonexistent");
  if (!loaded) {
    CHARGEMILL_ASSERT(!app::render(loaded.error()).empty());
    return 0;
  }
  CHARGEMILL_ASSERT(!app::plan_text(loaded->scenario).empty());
  const std::string written = app::resolved_toml(loaded->scenario);
  const auto again = app::load_scenario_text(written, "again.toml", "/nonexistent");
  CHARGEMILL_ASSERT(again.has_value());
  CHARGEMILL_ASSERT(app::resolved_toml(again->scenario) == written);
  return 0;
}
