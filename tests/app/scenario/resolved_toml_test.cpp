#include "app/scenario/resolved_toml.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "app/scenario/key_table.hpp"
#include "app/scenario/load.hpp"
#include "app/scenario/plan_text.hpp"

namespace chargemill::app {
namespace {

using network::Scenario;
using namespace std::chrono_literals;

tl::expected<Loaded, std::vector<Diagnostic>> load(const std::string& text) {
  return load_scenario_text(text, "resolved.toml", "/");
}

/// A value that the key takes and that is not its default.
std::string other_value(const KeyInfo& key) {
  switch (key.type) {
    case Type::boolean:
      return "true";
    case Type::integer:
      return std::to_string(static_cast<std::int64_t>(std::max(7.0, key.min)));
    case Type::number:
      return "0.125";
    case Type::text:
      return "\"a \\\"b\\\" \\\\ c\"";
    case Type::choice:
      return '"' + key.choices.back() + '"';
    case Type::choices:
      return "[\"" + key.choices.back() + "\"]";
    case Type::duration:
      return "\"45s\"";
    case Type::bytes:
      return "\"64MiB\"";
    case Type::speed:
      return "2.5";
    case Type::date_time:
      return "2025-12-24T18:30:05Z";
    case Type::power_mix:
      return "[{ kw = 7.2, share = 0.1 }, { kw = 350, share = 2 }]";
    case Type::price_mix:
      return "[{ eur_kwh = 0.29, share = 1 }]";
    case Type::zone:
      return "\"Z03\"";
    case Type::site:
      return "\"S0012\"";
    case Type::requests:
    case Type::files:
    case Type::urls:
      return "[\"CP-001\"]";
    case Type::listen:
      return "\"127.0.0.1:7777\"";
  }
  return {};
}

TEST(KeyTable, EveryKeyKeepsWhatItIsGivenAndWritesItAsItReadsIt) {
  for (const auto& key : keys()) {
    Draft draft;
    const auto table = toml::parse("v = " + other_value(key.info));
    const auto value = from_toml(*table.get("v"), key.info);
    ASSERT_TRUE(value) << key.info.name << ": " << value.error().text;
    ASSERT_NE(key.get(draft), *value) << key.info.name << ": not another value";
    key.set(draft, *value);
    EXPECT_EQ(key.get(draft), *value) << key.info.name;
    const auto again = toml::parse("v = " + to_toml(*value, key.info));
    EXPECT_EQ(from_toml(*again.get("v"), key.info).value(), *value) << key.info.name;
  }
}

TEST(KeyTable, EveryDefaultIsAValueThatTheKeyTakes) {
  const Draft draft;
  for (const auto& key : keys()) {
    const auto table = toml::parse("v = " + to_toml(key.get(draft), key.info));
    const auto value = from_toml(*table.get("v"), key.info);
    ASSERT_TRUE(value) << key.info.name << ": " << value.error().text;
    EXPECT_EQ(*value, key.get(draft)) << key.info.name;
  }
}

TEST(KeyTable, EveryKeyIsExplained) {
  for (const auto& key : keys()) EXPECT_FALSE(key.info.help.empty()) << key.info.name;
  for (const auto& list : lists()) {
    for (const auto* key : list.keys) EXPECT_FALSE(key->help.empty()) << list.name << key->name;
  }
}

TEST(Durations, AreWrittenInTheLargestWholeUnit) {
  EXPECT_EQ(duration_text(24h), "24h");
  EXPECT_EQ(duration_text(90s), "90s");
  EXPECT_EQ(duration_text(250ms), "250ms");
  EXPECT_EQ(duration_text(0ns), "0s");
  for (const Nanos d : {Nanos{1}, Nanos{1'500}, Nanos{123'456'789}, Nanos{5min}, Nanos{36h}})
    EXPECT_EQ(parse_duration(duration_text(d)), std::optional<Nanos>{d});
  EXPECT_EQ(parse_duration("1.5s"), std::optional<Nanos>{1500ms});
  for (const char* bad : {"", "s", "5", "5 s", "-5s", "1.2.3s", ".s", "5x", "9999999999h"})
    EXPECT_FALSE(parse_duration(bad)) << bad;
}

Scenario rich_scenario() {
  Scenario s;
  s.run.name = "rich \"one\"";
  s.run.speed.factor = 12.5;
  s.network.points = {{"CP-001", ZoneId{1}, SiteId{4}, {43'000}, {320'000}, true},
                      {"CP-002", ZoneId{0}, SiteId{0}, {7'200}, {280'000}, false}};
  s.network.max_session = 11s;
  s.drivers.count = 5;
  s.drivers.profile = fleet::ProfileName::file;
  s.drivers.custom_profile = fleet::builtin_profile(fleet::ProfileName::workplace);
  s.drivers.replay = {{SimTime{3s}, 2h, {1'234'567'890}, "st \"1\""}, {SimTime{9s}, 1s, {0}, "b"}};
  s.drivers.named = {
      {"driver-eve", {"CP-002", "CP-001"}, 4500ms, true, ZoneId{1}, Power{11'000}, Price{400'000}},
      {"driver-bob", {"CP-001"}, {}, false, {}, {}, {}}};
  s.stages = {{SimTime{10s}, 5s, network::StageTarget::connected_share, 0.25},
              {SimTime{20s}, 0s, network::StageTarget::request_rate, 12.5}};
  s.central.breaker_failures = 9;
  s.central.monitor_timeout = 8s;
  s.faults = {{network::FaultKind::central_restart, {}, SimTime{5s}, 1s, {}, {}},
              {network::FaultKind::engine_ko, 0.5, {}, 10s, "Z02", {}},
              {network::FaultKind::partition, 0.25, {}, 10s, {}, "CP-001"}};
  s.thresholds = {"request_decision:p99 < 50ms"};
  return s;
}

TEST(ResolvedToml, LoadsToTheSameScenario) {
  for (const Scenario& s : {Scenario{}, rich_scenario()}) {
    const auto text = resolved_toml(s);
    const auto loaded = load(text);
    ASSERT_TRUE(loaded) << render(loaded.error()) << text;
    for (const auto& warning : loaded->warnings)
      EXPECT_EQ(warning.text.find("has no effect"), std::string::npos) << render(warning);
    // The name alone would be taken from the file; everything else is written.
    auto again = loaded->scenario;
    again.run.name = s.run.name;
    EXPECT_EQ(resolved_toml(again), text);
    EXPECT_EQ(again.network.points.size(), s.network.points.size());
    EXPECT_EQ(again.faults.size(), s.faults.size());
  }
}

TEST(ResolvedToml, KeepsListsToTheLastField) {
  const auto s = rich_scenario();
  const auto loaded = load(resolved_toml(s));
  ASSERT_TRUE(loaded);
  const auto& again = loaded->scenario;
  EXPECT_EQ(again.run.name, s.run.name);
  EXPECT_EQ(again.network.points[0].site, SiteId{4});
  EXPECT_TRUE(again.network.points[0].manual_plug);
  EXPECT_EQ(again.drivers.named[0].pause, s.drivers.named[0].pause);
  EXPECT_EQ(again.drivers.named[1].pause, std::nullopt);
  EXPECT_TRUE(again.drivers.named[0].looks);
  EXPECT_EQ(again.drivers.named[0].looks_zone, ZoneId{1});
  EXPECT_EQ(again.drivers.named[0].looks_power->w, 11'000);
  EXPECT_EQ(again.drivers.named[1].looks_zone, std::nullopt);
  EXPECT_EQ(again.drivers.replay[0].energy, s.drivers.replay[0].energy);
  EXPECT_EQ(again.drivers.replay[0].station, "st \"1\"");
  EXPECT_EQ(again.faults[0].at, s.faults[0].at);
  EXPECT_EQ(again.faults[2].point, s.faults[2].point);
  ASSERT_TRUE(again.drivers.custom_profile);
  for (std::size_t h = 0; h < 24; ++h)
    EXPECT_NEAR(again.drivers.custom_profile->stay_scale[h],
                s.drivers.custom_profile->stay_scale[h], 1e-9);
}

class Shipped : public testing::TestWithParam<const char*> {};

TEST_P(Shipped, ScenarioLoadsWithoutAWordAndCanBeWrittenOut) {
  LoadInput input;
  input.file = std::string{CHARGEMILL_SOURCE_DIR "/config/scenarios/"} + GetParam() + ".toml";
  const auto loaded = load_scenario(input);
  ASSERT_TRUE(loaded) << render(loaded.error());
  EXPECT_EQ(loaded->scenario.run.name, GetParam());
  for (const auto& warning : loaded->warnings)
    EXPECT_EQ(warning.code, Code::recording) << render(warning);
  EXPECT_FALSE(plan_text(loaded->scenario).empty());
  EXPECT_EQ(resolved_toml(load(resolved_toml(loaded->scenario))->scenario),
            resolved_toml(loaded->scenario));
}
INSTANTIATE_TEST_SUITE_P(All, Shipped,
                         testing::Values("demo", "city-100k", "million", "storm", "soak",
                                         "seed-classroom", "replay"));

TEST(Shipped, ClassroomIsTheFleetOfTheDomain) {  // D-223, D-122
  LoadInput input;
  input.file = CHARGEMILL_SOURCE_DIR "/config/scenarios/seed-classroom.toml";
  const auto loaded = load_scenario(input);
  ASSERT_TRUE(loaded);
  const auto& s = loaded->scenario;
  ASSERT_EQ(s.network.points.size(), 10U);
  EXPECT_EQ(s.network.points[9].power.w, 350'000);
  EXPECT_EQ(s.network.points[4].price.microeur_per_kwh, 280'000);
  ASSERT_EQ(s.drivers.named.size(), 5U);
  EXPECT_EQ(s.drivers.named[4].pause, std::optional<Nanos>{4500ms});
  for (const auto& driver : s.drivers.named) EXPECT_GE(driver.requests.size(), 10U) << driver.id;
}

TEST(Plan, CountsActorsRequestsAndBytes) {
  Scenario s;
  s.network.charge_points = 1'000;  // on 63 sites
  s.drivers.count = 100;
  s.run.duration = 24h;
  s.run.speed.factor = 60;
  s.drivers.sessions_per_cp_per_day = 2;
  s.faults = {{network::FaultKind::engine_ko, 0.5, {}, 10s, {}, {}}};
  const auto plan = make_plan(s);
  EXPECT_EQ(plan.actors, 2'000U + 100U + 4U * 63U);
  EXPECT_NEAR(plan.expected_requests, 2'000, 200) << "a Monday: near the mean of a day";
  EXPECT_EQ(recording_text(plan), "");
  EXPECT_NE(plan_text(s).find(" 63 shards\n"), std::string::npos) << plan_text(s);
  s.network.charge_points = 10;
  EXPECT_NE(plan_text(s).find(" 10 shards\n"), std::string::npos) << "a shard has a point at least";
  s.network.charge_points = 1'000;
  EXPECT_NEAR(plan.expected_faults, 12'000, 1e-6);
  EXPECT_EQ(plan.wall_s, 1'440.0);
  EXPECT_GT(plan.memory_bytes, 1'000 * 1'024);
}

TEST(Plan, OfAShortRunHasTheBeginningOfWhatALongOneHas) {
  Scenario s;
  s.network.charge_points = 1'600;
  s.network.zones = 16;
  s.run.duration = 1s;
  s.drivers.count = 100;
  s.drivers.sessions_per_cp_per_day = 24;
  const auto requests = [&s] { return make_plan(s).expected_requests; };
  const double a_second = requests();
  EXPECT_GT(a_second, 0.0);
  network::StageSpec ramp;
  ramp.after = SimTime{10s};
  ramp.ramp = 100s;
  ramp.target = network::StageTarget::request_rate;
  ramp.value = 1'000;
  s.stages = {ramp};
  EXPECT_NEAR(requests(), a_second, 1e-9) << "the profile's, until a stage begins";
  s.drivers.sessions_per_cp_per_day = 0;
  s.run.duration = 20s;
  EXPECT_NEAR(requests(), 500, 1e-6) << "ten seconds of a ramp that has reached 100 a second";
  s.run.duration = 120s;
  EXPECT_NEAR(requests(), 60'000, 1e-6);

  network::FaultSpec fault;
  fault.kind = network::FaultKind::engine_ko;
  fault.at = SimTime{60s};
  s.faults = {fault};
  const auto faults = [&s] { return make_plan(s).expected_faults; };
  EXPECT_EQ(faults(), 1'600.0) << "at each charge point";
  s.faults[0].zone = "Z03";
  EXPECT_EQ(faults(), 100.0);
  s.run.duration = 60s;
  EXPECT_EQ(faults(), 0.0) << "it is over before that";
}

TEST(Plan, SaysOneOfOneAndNoNothingOfPartsOfASecond) {
  Scenario s;
  s.network.charge_points = 1;
  s.drivers.count = 1;
  s.run.duration = 250ms;
  network::FaultSpec fault;
  fault.kind = network::FaultKind::engine_ko;
  fault.at = SimTime{100ms};
  s.faults = {fault};
  const auto text = plan_text(s);
  EXPECT_NE(text.find("250ms of model time at speed 1: 0.25 s, seed"), std::string::npos) << text;
  EXPECT_NE(text.find(" 1 charge point, 1 driver, 7 actors, 1 shard\n"), std::string::npos) << text;
  EXPECT_NE(text.find("about 0 requests, 1 fault, "), std::string::npos) << text;
}

}  // namespace
}  // namespace chargemill::app
