// Arguments: every wrong one is an error that names it.
#include "app/api/arguments.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "actors/network/topology.hpp"
#include "actors/texts.hpp"

namespace chargemill::app::api {
namespace {

using testing::HasSubstr;

struct Asked {
  Asked() : topology(network::make_topology(scenario())), names(topology) {}

  static network::Scenario scenario() {
    network::Scenario s;
    s.network.charge_points = 20;
    s.network.zones = 2;
    s.drivers.count = 3;
    s.drivers.sessions_per_cp_per_day = 1;
    s.central.shards = 2;
    return s;
  }
  tl::expected<Arguments, Flaw> query(Kind kind, const std::string& value) {
    return read_query({{"it", kind, ""}}, {{"it", value}}, {names, now});
  }
  std::string flaw(Kind kind, const std::string& value) {
    const auto read = query(kind, value);
    if (read) return "none";
    EXPECT_EQ(read.error().field, "it");
    return read.error().text;
  }
  tl::expected<Arguments, Flaw> body(Kind kind, const std::string& text, bool is_required = false) {
    return read_body({{"it", kind, "", is_required}}, text, {names, now});
  }

  network::Topology topology;
  Directory names;
  archive::UtcMicros now = std::chrono::seconds{1'767'571'200};
};

TEST(ApiArguments, LimitsAreFromZeroToTheMostThatOneAnswerHolds) {  // D-165
  Asked a;
  EXPECT_EQ(a.query(Kind::limit, "0")->whole("it", 7), 0);
  EXPECT_EQ(a.query(Kind::limit, "10000")->whole("it", 7), 10'000);
  EXPECT_EQ(read_query({{"it", Kind::limit, ""}}, {}, {a.names, a.now})->whole("it", 7), 7);
  for (const char* wrong :
       {"-1", "10001", "1.5", "abc", "", " 1", "1 ", "0x10", "1e3", "99999999999999999999999999"})
    EXPECT_THAT(a.flaw(Kind::limit, wrong), HasSubstr("from 0 to 10000")) << wrong;
}

TEST(ApiArguments, NumbersAreFiniteAndNotNegative) {
  Asked a;
  EXPECT_EQ(*a.query(Kind::number, "1.5")->get<double>("it"), 1.5);
  for (const char* wrong : {"-1", "nan", "inf", "1e300", "x", "1,5"})
    EXPECT_THAT(a.flaw(Kind::number, wrong), HasSubstr("must be a number")) << wrong;
}

TEST(ApiArguments, StatesZonesPointsAndKindsAreThoseThatThereAre) {
  Asked a;
  EXPECT_EQ(a.query(Kind::state, "broken")->id<DisplayState>("it"), DisplayState::broken);
  EXPECT_THAT(a.flaw(Kind::state, "HAPPY"), HasSubstr("ACTIVATED, SUPPLYING, STOPPED, BROKEN"));
  EXPECT_EQ(a.query(Kind::zone, "Z02")->id<ZoneId>("it"), ZoneId{1});
  for (const char* wrong : {"Z03", "Z00", "z01", "Z1", "North"})
    EXPECT_THAT(a.flaw(Kind::zone, wrong), HasSubstr("no zone")) << wrong;
  EXPECT_EQ(a.query(Kind::point, "CP-000020")->id<PointId>("it"), PointId{19});
  EXPECT_THAT(a.flaw(Kind::point, "CP-000021"), HasSubstr("no charge point"));
  EXPECT_EQ(a.query(Kind::driver, "DRV-000003")->id<DriverId>("it"), DriverId{2});
  EXPECT_THAT(a.flaw(Kind::driver, "DRV-000004"), HasSubstr("no driver"));
  EXPECT_EQ(a.query(Kind::event_type, "fault")->text("it"), "FAULT");
  EXPECT_THAT(a.flaw(Kind::event_type, "WEIRD"), HasSubstr("FAULT, RECOVERY"));
  EXPECT_EQ(a.query(Kind::injection, "engine_ko")->whole("it", 9), 2);
  EXPECT_THAT(a.flaw(Kind::injection, "ENGINE_KO"), HasSubstr("engine_crash"));
}

TEST(ApiArguments, AStateIsKnownByAnyOfItsWordsAndTheTableOfThemIsTheReadmes) {  // D-194
  Asked a;
  std::ostringstream readme;
  readme << std::ifstream{CHARGEMILL_SOURCE_DIR "/app/README.md"}.rdbuf();
  for (std::size_t i = 0; i < kDisplayStates; ++i) {
    const auto state = static_cast<DisplayState>(i);
    const auto& words = chargemill::words_of(state);
    for (const auto word : {words.code, words.text, words.figure})
      EXPECT_EQ(a.query(Kind::state, std::string{word})->id<DisplayState>("it"), state) << word;
    const auto row = fmt::format("| `{}` | {} | {} |", words.code, words.text, words.figure);
    EXPECT_THAT(readme.str(), HasSubstr(row));
  }
}

TEST(ApiArguments, TimesAreAbsoluteOrCountedBackFromNow) {
  Asked a;
  const auto at = [&](const char* text) { return a.query(Kind::time, text)->whole("it", 0); };
  EXPECT_EQ(at("2026-01-05T00:00:00Z"), a.now.count());
  EXPECT_EQ(at("1h"), (a.now - std::chrono::hours{1}).count());
  EXPECT_EQ(at("1767571200"), a.now.count());
  for (const char* wrong : {"yesterday", "2026-13-01", "-", "1e999", "0x10", " 7"})
    EXPECT_THAT(a.flaw(Kind::time, wrong), HasSubstr("must be a time")) << wrong;
}

TEST(ApiArguments, UnknownAndRepeatedNamesAreSaid) {
  Asked a;
  const std::vector<Parameter> known{{"limit", Kind::limit, ""}, {"zone", Kind::zone, ""}};
  const auto unknown = read_query(known, {{"lmit", "1"}}, {a.names, a.now});
  EXPECT_EQ(unknown.error().field, "lmit");
  EXPECT_THAT(unknown.error().text, HasSubstr("known are limit, zone"));
  const auto twice = read_query(known, {{"limit", "1"}, {"limit", "2"}}, {a.names, a.now});
  EXPECT_EQ(twice.error().field, "limit");
  EXPECT_FALSE(read_query(known, {{"zone", ""}}, {a.names, a.now})->has("zone"))
      << "an empty filter means all (D-166)";
}

TEST(ApiArguments, ABodyIsAJsonObjectOfKnownFieldsOrNothing) {
  Asked a;
  EXPECT_TRUE(a.body(Kind::driver, ""));
  EXPECT_EQ(a.body(Kind::driver, R"({"it": "DRV-000001"})")->whole("it", 9), 0);
  EXPECT_FALSE(a.body(Kind::driver, R"({"it": null})")->has("it"));
  EXPECT_EQ(a.body(Kind::duration, R"({"it": "5m"})")->whole("it", 0), 300'000'000'000);
  EXPECT_EQ(a.body(Kind::duration, R"({"it": 2.5})")->whole("it", 0), 2'500'000'000);
  for (const char* wrong : {"[]", "7", "{", "null", "\"a\"", "{\"it\": 1e999}", "\xff", "{}}"})
    EXPECT_THAT(a.body(Kind::number, wrong).error().text, HasSubstr("JSON object")) << wrong;
  const std::string deep(100'000, '[');
  EXPECT_FALSE(a.body(Kind::number, deep));
  EXPECT_EQ(a.body(Kind::number, R"({"it": "1"})").error().text, "must be a number");
  EXPECT_EQ(a.body(Kind::text, R"({"it": 1})").error().text, "must be a string");
  EXPECT_EQ(a.body(Kind::flag, R"({"it": 1})").error().text, "must be true or false");
  EXPECT_EQ(a.body(Kind::text, R"({"else": 1})").error().field, "else");
  EXPECT_EQ(a.body(Kind::text, "{}", true).error().text, "is missing");
  for (const char* wrong : {"0", "-1", "1e12", "\"0s\"", "\"soon\""})
    EXPECT_FALSE(a.body(Kind::duration, std::string{"{\"it\": "} + wrong + "}")) << wrong;
}

}  // namespace
}  // namespace chargemill::app::api
