// What is shown of a scenario's keys, in the terminal and on the page.
#include "app/scenario/shown_keys.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace chargemill::app {
namespace {

const ShownKey& named(const std::vector<ShownKey>& keys, const std::string& name) {
  return *std::find_if(keys.begin(), keys.end(), [&](const auto& key) { return key.name == name; });
}

TEST(ShownKeys, SayValueDefaultAndWhoSaidSo) {
  LoadInput input;
  input.overrides.push_back({"run.seed", "7", "--seed"});
  const auto loaded = load_scenario_text(
      "[network]\ncharge_points = 5\n[[fault]]\nkind = \"engine_ko\"\nrate = 1\n", "a.toml", ".",
      input);
  ASSERT_TRUE(loaded);
  const auto keys = shown_keys(*loaded);
  const auto& points = named(keys, "network.charge_points");
  EXPECT_EQ(points.value, "5");
  EXPECT_NE(points.fallback, "5");
  EXPECT_EQ(points.origin, "a.toml:2");
  EXPECT_EQ(named(keys, "run.seed").value, "7");
  EXPECT_EQ(named(keys, "run.seed").fallback, "42");
  EXPECT_EQ(named(keys, "run.seed").origin, "--seed");
  EXPECT_EQ(named(keys, "run.duration").origin, "default");
  EXPECT_EQ(named(keys, "fault[0]").origin, "a.toml:3");
  EXPECT_EQ(config_json(*loaded)["keys"].size(), keys.size());
}

}  // namespace
}  // namespace chargemill::app
