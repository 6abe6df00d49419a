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
      "[network]\ncharge_points = 2000\n[drivers]\ncount = 10\nsessions_per_cp_per_day = 5\n");
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
}
TEST(Warnings, DriversThatNothingMovesAreTold) {
  const auto with = [](const std::string& more) {
    return warnings_of("[network]\ncharge_points = 10\n[drivers]\ncount = 10\n" + more);
  };
  for (const char* idle : {"", "profile = \"workplace\"\n", "sessions_per_cp_per_day = 0\n"}) {
    const auto found = with(idle);
    ASSERT_EQ(found.size(), 1U) << idle;
    EXPECT_EQ(found[0].text,
              "there is no load: the drivers of 'drivers.count' ask for nothing by themselves");
    EXPECT_EQ(found[0].place.line, 4U);
    EXPECT_NE(found[0].hint.find("drivers.sessions_per_cp_per_day = "), std::string::npos);
  }
  for (const char* moved : {"sessions_per_cp_per_day = 5\n", "initial_supplying = 0.5\n",
                            "[[stage]]\nafter = \"1s\"\ntarget = \"request_rate\"\nvalue = 2\n"})
    EXPECT_TRUE(with(moved).empty()) << moved;
  EXPECT_TRUE(warnings_of("[network]\ncharge_points = 10\n").empty()) << "nobody wrote of any";
}

TEST(Warnings, DigestsThatAreNotKeptOneByOneAreTold) {
  const auto digests_of = [](const char* points) {
    return warnings_of(std::string{"[run]\nspeed = \"max\"\ndigest_every = \"1ms\"\n"} +
                       "[central]\nshards = 1\n[drivers]\ncount = 5\n" +
                       "sessions_per_cp_per_day = 5\n[network]\n" + "charge_points = " + points);
  };
  EXPECT_TRUE(digests_of("2231\n").empty()) << "4,472 entities, 60,001 looks: 2 GiB are more";
  const auto found = digests_of("2232\n");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].text,
            "a network of 4474 entities: 'run.digest_every' keeps the digest of all together, so "
            "that compare finds when two runs part, not where");
  EXPECT_EQ(found[0].place.line, 3U);
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

/// Of a scenario with ten charge points.
std::vector<std::string> warned(const std::string& more, const LoadInput& input = {}) {
  const auto loaded =
      load_scenario_text("[network]\ncharge_points = 10\n" + more, "test.toml", ".", input);
  std::vector<std::string> texts;
  if (!loaded) return {render(loaded.error())};
  for (const auto& warning : loaded->warnings) texts.push_back(warning.text);
  return texts;
}
using Texts = std::vector<std::string>;

TEST(Warnings, AFaultsKeyThatItsKindPassesOverIsTold) {
  EXPECT_EQ(warned("[[fault]]\nkind = \"engine_crash\"\nrate = 1\nduration = \"9s\"\n"), Texts{});
  EXPECT_EQ(
      warned("[[fault]]\nkind = \"central_restart\"\nat = \"1s\"\nzone = \"Z01\"\n"),
      Texts{"'central_restart' takes no 'zone': shards, which it takes down, are of no zone"});
  EXPECT_EQ(warned("[[fault]]\nkind = \"central_restart\"\nat = \"1s\"\ncp = \"CP-000001\"\n"),
            Texts{})
      << "the shard that owns it";
  EXPECT_EQ(warned("[[fault]]\nkind = \"partition\"\nat = \"1s\"\nduration = \"9s\"\n"), Texts{});
}

TEST(Warnings, AKeyThatDoesNothingWithoutAnotherOneIsTold) {  // D-219
  const auto without = [](const std::string& key, const char* why) {
    return Texts{"'" + key + "' has no effect " + why};
  };
  EXPECT_EQ(warned("[drivers]\nprofile_file = \"none.toml\"\n"),
            without("drivers.profile_file", "unless 'drivers.profile' is \"file\""));
  for (const char* column : {"start", "end", "energy_kwh", "station"})
    EXPECT_EQ(warned(std::string{"[drivers.replay_columns]\n"} + column + " = \"x\"\n"),
              without(std::string{"drivers.replay_columns."} + column, "without 'drivers.replay'"));
  for (const char* key :
       {"looks_zone = \"Z01\"", "looks_power_kw = 50", "looks_price_eur_kwh = 1"}) {
    const std::string line{key};
    const std::string driver =
        "[[driver]]\nid = \"ana\"\nrequests = [\"CP-000001\"]\n" + line + '\n';
    EXPECT_EQ(warned(driver),
              without("driver." + line.substr(0, line.find(' ')), "without 'looks = true'"));
    EXPECT_EQ(warned(driver + "looks = true\n"), Texts{}) << key;
  }
}

TEST(Warnings, WhatOnlyGeneratedChargePointsHaveIsToldBesideListedOnes) {
  const std::string listed = "[[charge_point]]\nid = \"CP-001\"\n";
  for (const char* key : {"zones = 2", "sites_per_zone = 3", "power_mix = [{ kw = 11, share = 1 }]",
                          "price_mix = [{ eur_kwh = 0.5, share = 1 }]"}) {
    const std::string line{key};
    const auto found = warnings_of("[network]\n" + line + '\n' + listed);
    ASSERT_EQ(found.size(), 1U) << key;
    EXPECT_EQ(found[0].text, "'network." + line.substr(0, line.find(' ')) +
                                 "' has no effect beside [[charge_point]], which says it of each");
    EXPECT_EQ(found[0].code, Code::contradiction);
    EXPECT_EQ(found[0].place.line, 2U);
    EXPECT_EQ(warned(line + '\n'), Texts{}) << "of the generated ones";
  }
}

TEST(Warnings, WhatAnExternalDriversProgramDecidesIsTold) {
  const std::string outside = "[[driver]]\nid = \"ana\"\nexternal = true\n";
  EXPECT_EQ(warned(outside), Texts{});
  for (const char* key : {"pause = \"5s\"", "looks = true", "looks_power_kw = 50"}) {
    const std::string line{key};
    EXPECT_EQ(warned(outside + line + '\n'),
              Texts{"'driver." + line.substr(0, line.find(' ')) +
                    "' has no effect on an external driver: its program decides"});
  }
}

TEST(Warnings, AFaultLastsAsLongAsItSaysAndNoTimeIsNoDuration) {
  const auto said = warned("[[fault]]\nkind = \"partition\"\nrate = 1\nduration = \"0s\"\n");
  ASSERT_EQ(said.size(), 1U);
  EXPECT_NE(said[0].find("error[E0314]: 'duration' must be above 0s"), std::string::npos)
      << said[0];
}

constexpr const char* kLateEvents =
    "[[stage]]\nafter = \"1m\"\nvalue = 0.5\n"
    "[[fault]]\nkind = \"engine_ko\"\nat = \"2m\"\n"
    "[[action]]\ndo = \"stop\"\nat = \"90s\"\ncp = \"*\"\n";

TEST(Warnings, WhatIsPlannedForAfterTheEndIsTold) {
  const std::string never = "never happens: the run ends at 1m";
  EXPECT_EQ(warned(kLateEvents), (Texts{never, never, never})) << "60s is the default";
  EXPECT_EQ(warned(std::string{kLateEvents} + "[run]\nduration = \"121s\"\n"), Texts{});
  LoadInput cut;
  cut.overrides = {{"run.duration", "59s", "--duration"}};
  EXPECT_EQ(warned(std::string{kLateEvents} + "[run]\nduration = \"121s\"\n", cut),
            Texts{"3 events never happen: the run ends at 59s"})
      << "whoever cuts a run short knows that it has less of everything";
  EXPECT_EQ(warned("[[fault]]\nkind = \"engine_ko\"\nrate = 0\n"),
            Texts{"never happens: its rate is 0"});
}

TEST(Warnings, AThresholdThatNoRunCanMeetIsTold) {
  const auto of = [](const char* expr) {
    return warned(std::string{"[[thresholds]]\nexpr = \""} + expr + "\"\n");
  };
  for (const char* expr : {"requests.denied_ratio == 2", "requests.denied_ratio > 1",
                           "requests.sent < 0", "request_decision:p99 < 0s"})
    EXPECT_EQ(of(expr), Texts{std::string{"no run can meet '"} + expr + "'"});
  for (const char* expr : {"requests.denied_ratio == 1", "requests.denied_ratio >= 1",
                           "requests.sent <= 0", "requests.sent > 1e9"})
    EXPECT_EQ(of(expr), Texts{}) << expr;
}

TEST(Warnings, BesideAMistakeThereAreNone) {
  const auto loaded = load_scenario_text("[network]\ncharge_pionts = 100\n", "test.toml", ".", {});
  ASSERT_FALSE(loaded);
  ASSERT_EQ(loaded.error().size(), 1U) << "that there are none follows from it";
  EXPECT_EQ(loaded.error()[0].code, Code::key);
}

TEST(Warnings, ARunThatIsCutShorterThanItsWarmUpHasNone) {
  LoadInput cut;
  cut.overrides = {{"run.duration", "2s", "--duration"}};
  const std::string text = "[run]\nduration = \"1h\"\nwarmup = \"5s\"\n";
  EXPECT_EQ(warned(text, cut),
            Texts{"a run of 2s has no room for its warm-up of 5s: latencies count from the start"});
  EXPECT_EQ(load_scenario_text(text, "test.toml", ".", cut)->scenario.run.warmup, Nanos{0});
  cut.overrides.push_back({"run.warmup", "5s", "--set run.warmup"});
  EXPECT_NE(warned("", cut).at(0).find("leaves nothing of 'run.duration'"), std::string::npos)
      << "who asks for both is told";
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
