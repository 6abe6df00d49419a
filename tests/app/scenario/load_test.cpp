#include "app/scenario/load.hpp"

#include <gtest/gtest.h>
#include <cstdlib>

#include <fstream>

#include "app/scenario/key_table.hpp"

namespace chargemill::app {
namespace {

using namespace std::chrono_literals;

tl::expected<Loaded, std::vector<Diagnostic>> load(const std::string& text,
                                                   const LoadInput& input = {}) {
  return load_scenario_text(text, "test.toml", CHARGEMILL_SOURCE_DIR "/config/scenarios", input);
}

std::string errors_of(const std::string& text, const LoadInput& input = {}) {
  const auto loaded = load(text, input);
  return loaded ? "none" : render(loaded.error());
}

/// The codes of what is wrong, by line.
std::vector<int> codes_of(const std::string& text, const LoadInput& input = {}) {
  std::vector<int> codes;
  const auto loaded = load(text, input);
  if (!loaded) {
    for (const auto& d : loaded.error()) {
      if (d.severity == Severity::error) codes.push_back(static_cast<int>(d.code));
    }
  }
  return codes;
}

TEST(Load, NothingIsTheDefaults) {
  const auto loaded = load_scenario({});
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->scenario.run.duration, 60s);
  EXPECT_EQ(loaded->scenario.central.shards, 64U);
  EXPECT_TRUE(loaded->origins.empty());
}

TEST(Load, ReadsEachKindOfValue) {
  const auto loaded = load(R"(
[run]
start = 2026-01-05T17:00:00Z
duration = "1.5h"
speed = 60
[network]
charge_points = 1_000
power_mix = [{ kw = 7.2, share = 1 }]
max_session = "11s"
[drivers]
profile = "home"
choose = "any_in_zone"
initial_supplying = 0.25
[central]
breaker.failures = 5
monitor_timeout = "7s"
[output]
quiet = true
)");
  ASSERT_TRUE(loaded) << render(loaded.error());
  const auto& s = loaded->scenario;
  EXPECT_EQ(s.run.start_unix_s, 1'767'632'400);
  EXPECT_EQ(s.run.duration, 90min);
  EXPECT_EQ(s.run.speed.factor, 60.0);
  EXPECT_EQ(s.run.name, "test") << "the file's stem where no name is given";
  EXPECT_EQ(s.network.charge_points, 1'000U);
  ASSERT_EQ(s.network.power_mix.size(), 1U);
  EXPECT_EQ(s.network.power_mix[0].value.w, 7'200);
  EXPECT_EQ(s.network.max_session, std::optional<Nanos>{11s});
  EXPECT_EQ(s.drivers.profile, fleet::ProfileName::home);
  EXPECT_EQ(s.drivers.choose, network::Choice::any_in_zone);
  EXPECT_EQ(s.central.breaker_failures, 5);
  EXPECT_EQ(s.central.monitor_timeout, std::optional<Nanos>{7s});
  EXPECT_TRUE(loaded->output.quiet);
}

TEST(Load, AFlagBeatsTheEnvironmentWhichBeatsTheFileWhichBeatsTheDefault) {
  LoadInput input;
  const std::string file = "[run]\nseed = 1\n";
  EXPECT_EQ(load("")->scenario.run.seed, 42U);
  EXPECT_EQ(load(file)->scenario.run.seed, 1U);
  input.env["CHARGEMILL_RUN_SEED"] = "2";
  EXPECT_EQ(load(file, input)->scenario.run.seed, 2U);
  input.overrides = {{"run.seed", "4", "--set run.seed"}};
  const auto loaded = load(file, input);
  EXPECT_EQ(loaded->scenario.run.seed, 4U);
  EXPECT_EQ(loaded->origins.at("run.seed").source, Source::flag);
  EXPECT_EQ(loaded->origins.at("run.seed").place.source, "--set run.seed");
}

TEST(Load, OriginsSayFileAndLine) {
  const auto loaded = load("[run]\nname = \"x\"\nseed = 7\n");
  EXPECT_EQ(to_text(loaded->origins.at("run.seed").place), "test.toml:3:8");
}

TEST(Load, EnvironmentNamesFollowFromKeys) {
  EXPECT_EQ(environment_name("central.breaker.failures"), "CHARGEMILL_CENTRAL_BREAKER_FAILURES");
  LoadInput input;
  input.env["CHARGEMILL_CENTRAL_BREAKER_FAILURES"] = "9";
  input.env["CHARGEMILL_NETWORK_CHARGE_POINTS"] = "12";
  input.env["CHARGEMILL_SOMETHING_ELSE"] = "is not ours";
  const auto loaded = load("", input);
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->scenario.central.breaker_failures, 9);
  EXPECT_EQ(loaded->scenario.network.charge_points, 12U);
  EXPECT_EQ(codes_of("", {{}, {{"CHARGEMILL_RUN_SEDE", "1"}}, {}}), std::vector<int>{312});
}

TEST(Load, NoTwoKeysShareAVariable) {
  std::set<std::string> names;
  for (const auto& key : keys())
    EXPECT_TRUE(names.insert(environment_name(key.info.name)).second) << key.info.name;
}

TEST(Load, ATypoNamesTheLineAndTheRightKey) {
  EXPECT_EQ(errors_of("[network]\ncharge_point = 100000\n"),
            "error[E0312]: unknown key 'network.charge_point'\n"
            "  --> test.toml:2:1\n"
            "    2 | charge_point = 100000\n"
            "      | ^^^^^^^^^^^^ did you mean 'charge_points'?\n"
            "note: run `chargemill config schema` for all keys\n");
}

TEST(Load, AllMistakesOfAFileComeInOnePassFromTopToBottom) {
  const std::string text = R"([run]
duration = 60
sede = 1
[netwrk]
[network]
zones = 0
[[fault]]
kind = "engine_crush"
rate = -1
[[thresholds]]
expr = "request_decision:p95 < 50ms"
)";
  EXPECT_EQ(codes_of(text), (std::vector<int>{313, 312, 311, 314, 313, 314, 326}))
      << errors_of(text);
  EXPECT_NE(errors_of(text).find("did you mean 'engine_crash'?"), std::string::npos);
  EXPECT_NE(errors_of(text).find("a unit is missing"), std::string::npos);
}

TEST(Load, AQuoteThatIsNotClosedIsSaidInPlainWords) {
  for (const char* text : {"[run]\nname = \"town\nseed = 1\n", "[run]\nname = 'town\nseed = 1\n",
                           "[run]\nname = \"a \\\" b\n", "[run]\nname = \"town"}) {
    const auto said = errors_of(text);
    EXPECT_NE(said.find("a quote is opened and not closed"), std::string::npos) << said;
    EXPECT_NE(said.find("test.toml:2:"), std::string::npos) << said;
  }
  EXPECT_EQ(errors_of("[run]\nname = = # it's\n").find("quote"), std::string::npos);
}

TEST(Load, SyntaxErrorsHaveAPlace) {
  const auto loaded = load("[run]\nseed = = 1\n");
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error()[0].code, Code::syntax);
  EXPECT_EQ(loaded.error()[0].place.line, 2U);
}

TEST(Load, AMissingFileIsAnError) {
  LoadInput input;
  input.file = "/nowhere/at/all.toml";
  const auto loaded = load_scenario(input);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error()[0].code, Code::unreadable);
}

TEST(Load, AKeyInTheWrongSectionIsShownHome) {
  EXPECT_NE(errors_of("[run]\ncharge_points = 5\n").find("it belongs to [network]"),
            std::string::npos);
  EXPECT_NE(errors_of("charge_points = 5\n").find("it belongs to [network]"), std::string::npos);
}

TEST(Load, ALimitIsStillAllowed) {
  EXPECT_TRUE(load_scenario_text("[run]\nduration = \"8784h\"\n", "a.toml", "."));
  EXPECT_NE(errors_of("[run]\nduration = \"8785h\"\n").find("must be at most 8784h"),
            std::string::npos);
}

TEST(Load, AFileThatCannotBeReadIsNamedWithTheReason) {
  EXPECT_NE(errors_of("[drivers]\nreplay = \"none.csv\"\n").find("none.csv: there is no such file"),
            std::string::npos);
  EXPECT_NE(errors_of("[drivers]\nreplay = \".\"\n").find("it is a directory"), std::string::npos);
  EXPECT_NE(errors_of("[[driver]]\nid = \"a\"\nrequests = \"none.txt\"\n")
                .find("none.txt: there is no such file"),
            std::string::npos);
}

TEST(Load, EachMistakeHasItsCode) {
  const std::string points = "[network]\ncharge_points = 10\n";
  const std::pair<std::string, int> cases[] = {
      {"[run]\nseed = \"7\"\n", 313},
      {"[run]\nduration = \"0s\"\n", 314},
      {"[run]\nspeed = 0\n", 314},
      {"[run]\nwarmup = \"2m\"\n", 321},
      {"[run]\nrepeat = 0\n", 314},
      {"run = 5\n", 313},
      {"driver = 5\n", 313},
      {"[drivers]\ninitial_supplying = 1.5\n", 314},
      {"[drivers]\nsessions_per_cp_per_day = -1\n", 314},
      {"[drivers]\nprofile = \"file\"\n", 315},
      {"[drivers]\nprofile = \"file\"\nprofile_file = \"none.toml\"\n", 325},
      {"[drivers]\nreplay = \"none.csv\"\n", 324},
      {"[network]\npower_mix = []\n", 313},
      {"[network]\npower_mix = [{ kw = 0, share = 1 }]\n", 314},
      {"[network]\npower_mix = [{ kw = 22, share = 0 }]\n", 314},
      {"[network]\ncharge_points = 1\n[[charge_point]]\nid = \"CP-001\"\n", 321},
      {"[[charge_point]]\nid = \"A\"\n[[charge_point]]\nid = \"A\"\n", 316},
      {"[[charge_point]]\nzone = \"Z01\"\n", 315},
      {"[[charge_point]]\nid = \"A\"\nzone = \"north\"\n", 313},
      {"[[charge_point]]\nid = \"A\"\npower_kw = 0\n", 314},
      {"[[charge_point]]\nid = \"A\"\npower_kw = 0.0004\n", 314},  // less than a watt is none
      {"[[driver]]\nid = \"a\"\n[[driver]]\nid = \"a\"\n", 316},
      {"[[driver]]\nid = \"a\"\nrequests = \"none.txt\"\n", 323},
      {"[[driver]]\nid = \"a\"\nrequests = []\n", 313},
      {"[central]\nmonitor_timeout = \"1s\"\n", 321},
      {"[central]\nsession_silence_timeout = \"1s\"\n", 321},
      {"[[stage]]\nafter = \"1s\"\nvalue = 2\n", 314},
      {"[[stage]]\nafter = \"9s\"\nvalue = 1\n[[stage]]\nafter = \"1s\"\nvalue = 1\n", 321},
      {points + "[[fault]]\nkind = \"engine_ko\"\n", 315},
      {points + "[[fault]]\nkind = \"engine_ko\"\nrate = 1\nat = \"1s\"\n", 321},
      {points + "[[fault]]\nkind = \"engine_ko\"\nrate = 1\nzone = \"Z17\"\n", 322},
      {points + "[[fault]]\nkind = \"engine_ko\"\nrate = 1\ncp = \"CP-000011\"\n", 322},
      {points + "[[fault]]\nkind = \"engine_ko\"\nrate = 1\ncp = \"CP-000001\"\nzone = \"Z01\"\n",
       321},
      {"[[thresholds]]\nexpr = \"sessions.startd > 1\"\n", 326},
      {"[http]\nlisten = \"8000\"\n", 313},
      {"[journal]\nkeep = 3\n", 313},
      {"[journal]\nsegment_bytes = \"5 apples\"\n", 313},
      {"[journal]\nsegment_bytes = \"64KiB\"\n", 314},
      {"[cluster]\nnodes = 33\n", 314},
      {"[cluster]\nroles = \"central\"\n", 321},
      {"[cluster]\netcd = \"http://a:1\"\nroles = []\n", 313},
      {"[cluster]\netcd = \"http://a:1\"\nroles = [\"central\", \"shard\"]\n", 313},
      {"[cluster]\netcd = \"http://a:1\"\nroles = \"shards,shards\"\n", 313},
      {"[cluster]\netcd = \"http://a:1\"\nroles = 7\n", 313},
      {"[cluster]\nlease = \"6s\"\n", 321},
      {"[cluster]\netcd = \"127.0.0.1:2379\"\n", 313},
      {"[cluster]\netcd = [\"http://a:1\", \"https://b:1\"]\n", 321},
      {"[cluster]\netcd = \"https://a:1\"\netcd_tls_cert = \"a.pem\"\n", 321},
      {"[cluster]\netcd = \"https://a:1\"\netcd_tls_key = \"a.key\"\n", 321},
      {"[cluster]\netcd = \"http://a:1\"\netcd_ca_file = \"ca.pem\"\n", 321},
      {"[cluster]\netcd = \"http://a:1\"\netcd_tls_cert = \"a\"\netcd_tls_key = \"b\"\n", 321},
      {"[cluster]\netcd_ca_file = \"ca.pem\"\n", 321},
      {"[cluster]\netcd = \"https://a:1\"\netcd_ca_file = 7\n", 313},
      {"[cluster]\netcd = 7\n", 313},
      {"[cluster]\netcd = [\"http://a:1\", \"http://a:1\"]\n", 316},
      {"[cluster]\netcd = \"http://a:1\"\nlease = \"1s\"\n", 314},
      {"[cluster]\netcd = \"http://a:1\"\nlease = \"2500ms\"\n", 314},
      {"[cluster]\netcd = \"http://a:1\"\nexpect_nodes = 33\n", 314},
      {"[cluster]\netcd = \"http://a:1\"\nexpect_nodes = 1\n", 321},
      {"[cluster]\netcd = \"http://a:1\"\n[central]\nshards = 1025\n", 314},
      {"[cluster]\netcd = \"http://a:1\"\nkeys = \"keys\"\n", 321},
      {"[cluster]\netcd = \"http://a:1\"\nname = \"a town\"\n", 313},
      {"[cluster]\netcd = \"http://a:1\"\ndata_port = 7\ncontrol_port = 7\n", 316},
      {"[cluster]\netcd = \"http://a:1\"\n[[node]]\nname = \"a\"\ndata_port = 1\ncontrol_port = 2\n"
       "[[node]]\nname = \"b\"\ndata_port = 3\ncontrol_port = 4\n",
       321},
      {"[cluster]\nnodes = 2\n[drivers]\nexternal = 3\n", 331}};
  for (const auto& [text, code] : cases) EXPECT_EQ(codes_of(text), std::vector<int>{code}) << text;
}

TEST(Load, PartsThatAreNotBuiltCanBeSwitchedOff) {
  EXPECT_EQ(errors_of("[http]\nlisten = \"off\"\n[tcp]\nlisten = \"off\"\n"
                      "[journal]\ndir = \"off\"\n[cluster]\nnodes = 1\n"),
            "none");
  EXPECT_EQ(codes_of("", {{}, {}, {{"cluster.nodes", "2", "--nodes"}}}), std::vector<int>{});
}

TEST(Load, NodesThatComeFromEtcdNeedNoList) {
  EXPECT_EQ(errors_of("[cluster]\nname = \"town\"\netcd = [\"http://127.0.0.1:2379\", "
                      "\"http://[::1]:2379\"]\nlease = \"10s\"\nexpect_nodes = 3\n"),
            "none");
  const auto text = errors_of("[cluster]\netcd = \"localhost\"\n");
  EXPECT_NE(text.find("'localhost' is no address of etcd"), std::string::npos) << text;
  EXPECT_NE(text.find("did you mean 'http://localhost:2379'?"), std::string::npos) << text;
}

TEST(Load, EtcdBehindTlsHasItsFilesBesideTheScenario) {
  const std::string text =
      "[cluster]\netcd = [\"https://a:2379\", \"https://b:2379\"]\n"
      "etcd_ca_file = \"ca.pem\"\netcd_tls_cert = \"tls/node.pem\"\n"
      "etcd_tls_key = \"/keys/node.key\"\n";
  const auto loaded = load_scenario_text(text, "test.toml", "/somewhere");
  ASSERT_TRUE(loaded) << render(loaded.error());
  EXPECT_TRUE(loaded->cluster.is_etcd_encrypted());
  EXPECT_EQ(loaded->cluster.etcd_ca_file, "/somewhere/ca.pem");
  EXPECT_EQ(loaded->cluster.etcd_tls_cert, "/somewhere/tls/node.pem");
  EXPECT_EQ(loaded->cluster.etcd_tls_key, "/keys/node.key");
  const auto flagged = load_scenario_text(
      text, "test.toml", "/somewhere", {{}, {}, {{"cluster.etcd_ca_file", "here.pem", "--set"}}});
  ASSERT_TRUE(flagged) << render(flagged.error());
  EXPECT_EQ(flagged->cluster.etcd_ca_file, "here.pem") << "of a flag: where it was called";
}
TEST(Load, MistakesOfEtcdBehindTlsHaveTheirPlace) {
  auto text = errors_of("[cluster]\netcd = \"https://a:1\"\n\n  etcd_tls_cert = \"a.pem\"\n");
  EXPECT_NE(
      text.find("'cluster.etcd_tls_cert' needs 'cluster.etcd_tls_key'\n  --> test.toml:4:19\n"),
      std::string::npos)
      << text;
  text = errors_of("[cluster]\netcd = \"http://a:1\"\netcd_ca_file = \"ca.pem\"\n");
  EXPECT_NE(text.find("'cluster.etcd_ca_file' without TLS"), std::string::npos) << text;
  EXPECT_NE(text.find("https:// in 'cluster.etcd'"), std::string::npos) << text;
  text = errors_of("[cluster]\netcd = \"https://localhost\"\n");
  EXPECT_NE(text.find("did you mean 'https://localhost:2379'?"), std::string::npos) << text;
}

TEST(Load, BadFlagsNameTheFlag) {
  const auto text = errors_of("", {{}, {}, {{"run.seed", "many", "--seed"}}});
  EXPECT_NE(text.find("'run.seed' takes a whole number, not 'many'\n  --> --seed\n"),
            std::string::npos)
      << text;
  EXPECT_EQ(codes_of("", {{}, {}, {{"run.seed", "1\nduration=2", "--seed"}}}),
            std::vector<int>{313});
}

TEST(Load, HintsFitTheWayAValueWasWritten) {
  EXPECT_EQ(errors_of("", {{}, {}, {{"run.seed", "many", "--seed"}}}).find("quotes"),
            std::string::npos);
  EXPECT_NE(
      errors_of("", {{}, {}, {{"run.duration", "5", "--duration"}}}).find("a unit is missing: 5s"),
      std::string::npos);
  EXPECT_NE(errors_of("[run]\nseed = \"7\"\n").find("without quotes"), std::string::npos);
  EXPECT_NE(errors_of("[run]\nduration = 5s\n").find("durations are in quotes: \"5s\""),
            std::string::npos);
  EXPECT_NE(errors_of("[drivers]\ninitial_supplying = \"20%\"\n").find("as a share: 0.2"),
            std::string::npos);
  EXPECT_NE(errors_of("[drivers]\ninitial_supplying = 20%\n").find("as a share: 0.2"),
            std::string::npos);
}

TEST(Load, NothingFollowsFromAValueThatCouldNotBeRead) {
  EXPECT_EQ(codes_of("[run]\nduration = \"5\"\nwarmup = \"2m\"\n"), std::vector<int>{313});
  EXPECT_EQ(codes_of("[network]\ncharge_points = \"ten\"\n[[fault]]\nkind = \"partition\"\n"
                     "at = \"1s\"\nzone = \"Z01\"\n"),
            std::vector<int>{313});
  EXPECT_EQ(codes_of("[network]\ncharge_points = 9\n[[fault]]\nkind = \"engine_ko\"\nrate = -1\n"),
            std::vector<int>{314});
}

TEST(Load, AThresholdsCaretIsBelowWhatIsWrong) {
  EXPECT_NE(errors_of("[[thresholds]]\nexpr = \"requests.denied_ratio < 20%\"\n")
                .find("    2 | expr = \"requests.denied_ratio < 20%\"\n"
                      "      |                                 ^^^ as a ratio: 0.2\n"),
            std::string::npos);
}

TEST(Load, AMixIsOfFiniteNumbers) {
  for (const char* mix :
       {"power_mix = [{ kw = nan, share = 1 }]", "power_mix = [{ kw = inf, share = 1 }]",
        "price_mix = [{ eur_kwh = nan, share = 1 }]",
        "price_mix = [{ eur_kwh = 1000.1, share = 1 }]",  // D-111: sums must not overflow
        "price_mix = [{ eur_kwh = 0.3, share = nan }]"}) {
    EXPECT_EQ(codes_of(std::string{"[network]\n"} + mix + "\n"), std::vector<int>{314}) << mix;
  }
}

TEST(Load, NoIntervalIsAFloodOfItsOwn) {
  EXPECT_EQ(codes_of("[network]\nhealth_interval = \"1ns\"\n"), std::vector<int>{314});
  EXPECT_EQ(codes_of("[network]\ntelemetry_interval = \"0s\"\n"), std::vector<int>{314});
  EXPECT_EQ(codes_of("[network]\nhealth_interval = \"1ms\"\n"), std::vector<int>{});
}

TEST(Load, AnEmptyNetworkIsWarnedOfWhereItWasWritten) {
  const auto empty = load("[run]\nduration = \"1s\"\n");
  ASSERT_TRUE(empty);
  ASSERT_EQ(empty->warnings.size(), 1U);
  EXPECT_EQ(empty->warnings[0].text, "there are no charge points: nothing will happen");
  EXPECT_TRUE(load("")->warnings.empty());
  LoadInput named;
  named.file = "test.toml";
  EXPECT_EQ(load("", named)->warnings.size(), 1U) << "a file that is empty was named";
}

TEST(Load, LoadWithoutDriversIsWarnedOfWhereTheyWereTaken) {
  LoadInput input;
  input.overrides = {{"drivers.count", "0", "--drivers"}};
  const auto loaded =
      load("[network]\ncharge_points = 1\n[drivers]\nsessions_per_cp_per_day = 5\n", input);
  ASSERT_TRUE(loaded);
  ASSERT_EQ(loaded->warnings.size(), 1U);
  EXPECT_EQ(loaded->warnings[0].place.source, "--drivers");
}

TEST(Load, FaultsMayNameTheLastChargePointAndZone) {
  EXPECT_EQ(errors_of("[network]\ncharge_points = 20\n[[fault]]\nkind = \"engine_ko\"\nrate = 1\n"
                      "cp = \"CP-000020\"\n[[fault]]\nkind = \"partition\"\nat = \"1s\"\n"
                      "duration = \"1s\"\nzone = \"Z16\"\n"),
            "none");
}

}  // namespace
}  // namespace chargemill::app
