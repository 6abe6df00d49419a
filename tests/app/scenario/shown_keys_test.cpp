// What is shown of a scenario's keys, in the terminal and on the page.
#include "app/scenario/shown_keys.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "app/scenario/resolved_toml.hpp"

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

constexpr const char* kAllLists =
    "[run]\nname = \"all\"\n[http]\nlisten = \"127.0.0.1:8001\"\n"
    "[[charge_point]]\nid = \"CP-001\"\nzone = \"Z02\"\npower_kw = 50\n"
    "[[driver]]\nid = \"alice\"\nrequests = [\"CP-001\"]\n"
    "[[stage]]\nafter = \"1s\"\nvalue = 0.5\n"
    "[[fault]]\nkind = \"engine_ko\"\nat = \"3s\"\ncp = \"CP-001\"\n"
    "[[fault]]\nkind = \"monitor_loss\"\nrate = 2\n"
    "[[action]]\ndo = \"stop\"\nat = \"4s\"\ncp = \"*\"\n"
    "[[thresholds]]\nexpr = \"requests.sent > 0\"\n";

TEST(ShownKeys, OfAListAreThoseOfEachItem) {
  const auto loaded = load_scenario_text(kAllLists, "a.toml", ".");
  ASSERT_TRUE(loaded);
  const auto items = shown_items(*loaded);
  EXPECT_EQ(named(items, "charge_point[0].power_kw").value, "50");
  EXPECT_EQ(named(items, "driver[0].id").value, "\"alice\"");
  EXPECT_EQ(named(items, "fault[0].at").origin, "a.toml:17");
  EXPECT_EQ(named(items, "fault[1].kind").value, "\"monitor_loss\"");
  EXPECT_EQ(named(items, "fault[1].kind").origin, "a.toml:20");
  EXPECT_EQ(named(items, "thresholds[0].expr").value, "\"requests.sent > 0\"");
  EXPECT_EQ(std::count_if(items.begin(), items.end(),
                          [](const auto& key) { return key.name == "fault[1].at"; }),
            0)
      << "it has none";
}

TEST(ShownKeys, MakeAScenarioThatShowsTheSame) {
  const auto loaded = load_scenario_text(kAllLists, "a.toml", ".");
  ASSERT_TRUE(loaded);
  const auto text = shown_toml(*loaded);
  for (const char* part : {"[http]\nlisten = \"127.0.0.1:8001\"\n", "\n[tcp]\n", "\n[output]\n",
                           "\n[[fault]]\nkind = \"monitor_loss\"\nrate = 2\n", "# requests = []",
                           "\n# host = ", "\nseed = 42\n"})
    EXPECT_NE(text.find(part), std::string::npos) << part << " in\n" << text;
  const auto again = load_scenario_text(text, "b.toml", ".");
  ASSERT_TRUE(again) << render(again.error());
  EXPECT_EQ(shown_toml(*again), text);
}

TEST(ShownKeys, OfAScenarioThatWasWrittenOutHoldWhatItHasForFiles) {
  LoadInput input;
  input.overrides = {
      {"drivers.replay", CHARGEMILL_SOURCE_DIR "/config/scenarios/sessions-sample.csv", "--replay"},
      {"drivers.profile", "file", "--set"},
      {"drivers.profile_file", CHARGEMILL_SOURCE_DIR "/config/profiles/public.toml", "--set"}};
  const auto loaded = load_scenario_text("[network]\ncharge_points = 20\n[drivers]\ncount = 20\n",
                                         "a.toml", ".", input);
  ASSERT_TRUE(loaded) << render(loaded.error());
  const auto full = load_scenario_text(resolved_toml(loaded->scenario), "b.toml", ".");
  ASSERT_TRUE(full) << render(full.error());
  const auto text = shown_toml(*full);
  const auto again = load_scenario_text(text, "c.toml", ".");
  ASSERT_TRUE(again) << render(again.error()) << text;
  EXPECT_EQ(resolved_toml(again->scenario), resolved_toml(loaded->scenario));
}

TEST(ShownKeys, LeaveTheDriversOfRequestFilesToTheirKey) {
  LoadInput input;
  input.overrides.push_back({"drivers.requests",
                             CHARGEMILL_SOURCE_DIR "/config/scenarios/classroom/alice.txt",
                             "--requests"});
  const auto loaded = load_scenario_text("[[driver]]\nid = \"bob\"\n", "a.toml", ".", input);
  ASSERT_TRUE(loaded) << render(loaded.error());
  const auto items = shown_items(*loaded);
  EXPECT_EQ(named(items, "driver[0].id").value, "\"bob\"");
  for (const auto& key : items) EXPECT_EQ(key.name.rfind("driver[1]", 0), std::string::npos);
  EXPECT_NE(named(shown_keys(*loaded), "drivers.requests").value.find("alice.txt"),
            std::string::npos);
}

}  // namespace
}  // namespace chargemill::app
