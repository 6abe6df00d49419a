#include "app/cli/run_options.hpp"

#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <map>

#include "app/scenario/key_table.hpp"

namespace chargemill::app {
namespace {

RunOptions parse(std::vector<std::string> args) {
  CLI::App app;
  RunOptions options;
  add_run_options(app, options);
  std::reverse(args.begin(), args.end());  // as CLI11 takes a vector
  app.parse(args);
  return options;
}

TEST(RunOptions, FlagsBecomeOverridesOfKeysThatExist) {
  const auto options =
      parse({"city.toml",  "--charge-points", "5",       "--drivers",      "6",     "--duration",
             "1m",         "--speed",         "2",       "--seed",         "3",     "--workers",
             "1",          "--nodes",         "1",       "--repeat",       "2",     "--http",
             "off",        "--tcp",           "off",     "--no-journal",   "--out", "here",
             "--progress", "plain",           "--quiet", "--stop-timeout", "1s",    "--color",
             "never",      "--digest-every",  "off",     "--data",         "off",   "--central",
             "off",        "--no-out",        "--set",   "network.zones=4"});
  EXPECT_EQ(options.scenario, std::filesystem::path{"city.toml"});
  EXPECT_EQ(options.overrides.size(), 21U);
  EXPECT_EQ(options.color, "never");
  for (const auto& given : options.overrides) EXPECT_NE(find_key(given.key), nullptr) << given.key;
  auto input = load_input(options);
  input.file.reset();
  input.env.clear();
  input.overrides.erase(std::find_if(  // it contradicts --out
      input.overrides.begin(), input.overrides.end(),
      [](const Override& given) { return given.flag == "--no-out"; }));
  const auto loaded = load_scenario(input);
  ASSERT_TRUE(loaded) << render(loaded.error());
  EXPECT_EQ(loaded->scenario.network.charge_points, 5U);
  EXPECT_EQ(loaded->scenario.network.zones, 4U);
  EXPECT_EQ(loaded->output.repeat, 2U);
  EXPECT_EQ(loaded->output.progress, "plain");
}

TEST(RunOptions, RequestsAndSetsRepeat) {
  const auto options = parse({"--requests", "a.txt", "--requests", "b.txt", "--set", "run.seed=1",
                              "--set", "run.name=a=b", "demo.toml", "--replay", "s.csv"});
  std::map<std::string, std::string> values;
  for (const auto& given : options.overrides) values[given.key] = given.value;
  EXPECT_EQ(values["drivers.requests"], R"(["a.txt", "b.txt"])");
  EXPECT_EQ(values["drivers.replay"], "s.csv");
  EXPECT_EQ(values["run.name"], "a=b");
  EXPECT_EQ(values["run.seed"], "1");
  EXPECT_EQ(options.scenario, std::filesystem::path{"demo.toml"});
}

TEST(RunOptions, WhatCannotBeUnderstoodThrowsForTheCaller) {
  EXPECT_THROW(parse({"--sed", "1"}), CLI::ParseError);
  EXPECT_THROW(parse({"--set", "seed"}), CLI::ParseError);
}

TEST(RunOptions, BadValuesAreMistakesOfTheScenarioWhicheverTheFlag) {
  const auto loaded = load_scenario(load_input(parse({"--color", "blue", "--duration", "5"})));
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().size(), 2U) << render(loaded.error());
}

TEST(RunOptions, TheDemoIsBesideTheSources) {
  EXPECT_TRUE(shipped_scenario("demo"));
  EXPECT_FALSE(shipped_scenario("no such one"));
}
TEST(RunOptions, WhoNamesAScenarioWithoutItsFileIsToldIt) {
  for (const char* name : {"demo", "demo.toml", "scenarios/demo.toml"}) {
    const auto hint = hint_of_missing(name);
    EXPECT_NE(hint.find("config/scenarios/demo.toml; run without one is the demo"),
              std::string::npos)
        << hint;
  }
  EXPECT_NE(hint_of_missing("storm").find("config/scenarios/storm.toml"), std::string::npos);
  EXPECT_EQ(hint_of_missing("mine.toml"), "a scenario is a file, like config/scenarios/demo.toml");
  EXPECT_EQ(hint_of_missing("/"), "") << "it is there, and cannot be read for another reason";
}

}  // namespace
}  // namespace chargemill::app
