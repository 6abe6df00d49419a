// What a scenario can be run with, but hardly be meant as.
#include <gtest/gtest.h>

#include "app/scenario/load.hpp"

namespace chargemill::app {
namespace {

std::vector<Diagnostic> warnings_of(const std::string& text) {
  const auto loaded = load_scenario_text(text, "test.toml", ".", {});
  EXPECT_TRUE(loaded) << render(loaded.error());
  return loaded ? loaded->warnings : std::vector<Diagnostic>{};
}

TEST(Warnings, ShardsWithoutDriversAreTold) {
  const auto found = warnings_of(
      "[network]\ncharge_points = 100\n[drivers]\ncount = 10\nsessions_per_cp_per_day = 5\n");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].text,
            "54 of 64 shards have no driver: all trips at their charge points are shed");
  EXPECT_EQ(found[0].place.line, 4U);
  EXPECT_EQ(found[0].hint, "central.shards = 10, or drivers.count = 64 or more");
}
TEST(Warnings, NoneForAsManyDriversAsShardsThereAre) {
  EXPECT_TRUE(warnings_of("[network]\ncharge_points = 10\n[drivers]\ncount = 10\n"
                          "sessions_per_cp_per_day = 5\n")
                  .empty())
      << "ten charge points have ten shards at most";
  EXPECT_TRUE(warnings_of("[network]\ncharge_points = 100\n[drivers]\ncount = 10\n"
                          "sessions_per_cp_per_day = 5\n[central]\nshards = 10\n")
                  .empty());
  EXPECT_TRUE(warnings_of("[network]\ncharge_points = 100\n[drivers]\ncount = 10\n").empty())
      << "nobody moves them";
}

TEST(Warnings, AManualPlugThatNobodyPlugsInIsTold) {  // D-106
  const auto found = warnings_of("[[charge_point]]\nid = \"CP-001\"\nmanual_plug = true\n");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].text, "nobody plugs in at 'CP-001': its supplies never start");
  EXPECT_EQ(found[0].place.line, 3U);
}

TEST(Warnings, APlugThatSomebodyPlugsInIsNone) {  // D-106
  EXPECT_TRUE(warnings_of("[[charge_point]]\nid = \"CP-001\"\nmanual_plug = true\n"
                          "[[action]]\ndo = \"plug\"\nat = \"5s\"\ncp = \"CP-001\"\n")
                  .empty());
}

TEST(Scenarios, ActionsNamePointsAndDriversThatAreThere) {  // D-106
  const auto loaded = load_scenario_text(
      "[[charge_point]]\nid = \"CP-001\"\n"
      "[[action]]\ndo = \"start\"\nat = \"5s\"\ncp = \"CP-002\"\ndriver = \"eve\"\n",
      "test.toml", ".", {});
  ASSERT_FALSE(loaded);
  ASSERT_EQ(loaded.error().size(), 2U);
  EXPECT_EQ(loaded.error()[0].text, "no charge point 'CP-002'");
  EXPECT_EQ(loaded.error()[0].place.line, 6U);
  EXPECT_EQ(loaded.error()[1].text, "no driver 'eve'");
}

std::vector<std::string> errors_of_action(const std::string& action) {
  const auto loaded = load_scenario_text(
      "[[charge_point]]\nid = \"CP-001\"\n[[driver]]\nid = \"ana\"\nrequests = [\"CP-001\"]\n"
      "[[action]]\nat = \"5s\"\n" +
          action,
      "test.toml", ".", {});
  std::vector<std::string> texts;
  if (loaded) return texts;
  for (const auto& error : loaded.error()) texts.push_back(error.text);
  return texts;
}

TEST(Scenarios, EachActionNamesWhatItIsAbout) {  // D-076, D-077, D-120, D-129, D-157
  using Texts = std::vector<std::string>;
  for (const char* sound :
       {"do = \"stop\"\ncp = \"*\"\n", "do = \"resume\"\ncp = \"CP-001\"\n",
        "do = \"simulate_fault\"\ncp = \"CP-001\"\n", "do = \"return\"\ndriver = \"ana\"\n",
        "do = \"leave\"\ndriver = \"ana\"\ncp = \"\"\nenergy_kwh = 0\n"})
    EXPECT_EQ(errors_of_action(sound), Texts{}) << sound;
  EXPECT_EQ(errors_of_action("do = \"stop\"\n"), Texts{"'action' lacks 'cp'"});
  EXPECT_EQ(errors_of_action("do = \"leave\"\n"), Texts{"'action' lacks 'driver'"});
  EXPECT_EQ(errors_of_action("do = \"leave\"\ndriver = \"eve\"\n"), Texts{"no driver 'eve'"});
  EXPECT_EQ(errors_of_action("do = \"leave\"\ndriver = \"ana\"\ncp = \"CP-001\"\n"),
            Texts{"'leave' is about a driver, not about a charge point"});
  EXPECT_EQ(errors_of_action("do = \"reset_breaker\"\ncp = \"*\"\n"),
            Texts{"'reset_breaker' is about one charge point, not about all"});
  EXPECT_EQ(errors_of_action("do = \"stop\"\ncp = \"*\"\ndriver = \"ana\"\n"),
            Texts{"'stop' takes no driver"});
  EXPECT_EQ(errors_of_action("do = \"plug\"\ncp = \"CP-001\"\nenergy_kwh = 1\n"),
            Texts{"'plug' takes no energy"});
  EXPECT_EQ(errors_of_action("do = \"stop\"\ncp = \"CP-009\"\n"),
            Texts{"no charge point 'CP-009'"});
}

TEST(Scenarios, ADriverMayLookForCertainPoints) {  // D-130
  const auto loaded = load_scenario_text(
      "[[charge_point]]\nid = \"CP-001\"\n[[driver]]\nid = \"a\"\nrequests = [\"CP-001\"]\n"
      "looks = true\nlooks_zone = \"Z02\"\nlooks_power_kw = 50\nlooks_price_eur_kwh = 0.4\n",
      "test.toml", ".", {});
  ASSERT_TRUE(loaded) << render(loaded.error());
  const auto& driver = loaded->scenario.drivers.named.at(0);
  EXPECT_TRUE(driver.looks);
  EXPECT_EQ(driver.looks_zone, ZoneId{1});
  EXPECT_EQ(driver.looks_power->w, 50'000);
  EXPECT_EQ(driver.looks_price->microeur_per_kwh, 400'000);
}

}  // namespace
}  // namespace chargemill::app
