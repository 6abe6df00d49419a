// What is said of a file whose syntax is wrong here and there: all of it, and nothing that only
// follows.
#include "app/scenario/parse_toml.hpp"

#include <gtest/gtest.h>

#include <utility>

#include "app/scenario/load.hpp"
#include "app/scenario/toml_lines.hpp"

namespace chargemill::app {
namespace {

using Codes = std::vector<int>;

tl::expected<Loaded, std::vector<Diagnostic>> load(const std::string& text) {
  return load_scenario_text(text, "test.toml", ".");
}
std::string said_of(const std::string& text) {
  const auto loaded = load(text);
  return loaded ? "none" : render(loaded.error());
}
/// The codes of what is wrong, from top to bottom.
Codes codes_of(const std::string& text) {
  Codes codes;
  if (const auto loaded = load(text); !loaded) {
    for (const auto& d : loaded.error()) {
      if (d.severity == Severity::error) codes.push_back(static_cast<int>(d.code));
    }
  }
  return codes;
}

TEST(ParseToml, LinesThatAreNoTomlHideNoOtherMistake) {
  const std::string text = R"([run]
duration = 5s
sede = 1
[network]
zones = 0
power_mix = [
  { kw = 22 share = 1 },
]
price_mx = 1
[drivers
count = -1
[[fault]]
kind = engine_ko
rate = -1
)";
  EXPECT_EQ(codes_of(text), (Codes{302, 312, 314, 302, 312, 302, 314, 302, 314})) << said_of(text);
}

TEST(ParseToml, NothingFollowsFromALineThatIsNoToml) {
  for (const char* text : {"[run]\nduration = 5s\nwarmup = \"2m\"\n",  // with the default: too long
                           "[[driver]]\nid = alice\n", "[[driver]]\nid: \"alice\"\n",  // is missing
                           "[drivers]\nprofile = \"file\"\nprofile_file = mine.toml\n",
                           "[run]\nseed 5\n", "[run]\nname = \"town\n"})
    EXPECT_EQ(codes_of(text), Codes{302}) << said_of(text);
}

TEST(ParseToml, AListThatIsNotClosedTakesNothingWithIt) {
  const std::string text =
      "[network]\npower_mix = [\n  { kw = 22, share = 1 },\nzones = 0\n[run]\nrepeat = 0\n";
  EXPECT_EQ(codes_of(text), (Codes{302, 314, 314})) << said_of(text);
  EXPECT_EQ(codes_of("[run]\nrepeat = 0\n[network]\npower_mix = [\n  { kw = 22, share = 1 }\n"),
            (Codes{314, 302}));
}

TEST(ParseToml, ATextOfSeveralLinesThatIsNotClosedTakesNothingWithIt) {
  const std::string text = "[run]\nname = \"\"\"town\nrepeat = 0\n[network]\nzones = 0\n";
  EXPECT_EQ(codes_of(text), (Codes{314, 314, 302})) << said_of(text);
}

TEST(ParseToml, WhatStandsBelowAHeaderThatIsNotClosedIsReadAsBelowIt) {
  EXPECT_EQ(codes_of("[network\nzones = 0\n"), (Codes{302, 314}));
  EXPECT_EQ(codes_of("[[fault]\nkind = \"engine_crush\"\nrate = 1\n"), (Codes{302, 313}));
  EXPECT_EQ(codes_of("[run]\nrepeat = 0\n[run\nseed = 1\n"), (Codes{314, 302}))
      << "of one line one thing is said, though it is there twice as well";
}

TEST(ParseToml, ASectionThatCannotBeOneHidesNothing) {
  EXPECT_EQ(codes_of("[[fault]]\nkind = \"engine_ko\"\nrate = 1\n[fault]\nrate = 1\n"
                     "[run]\nrepeat = 0\n"),
            (Codes{302, 314}));
  EXPECT_EQ(codes_of("[central]\nbreaker.probes = 1\n[central.breaker]\nfailures = 0\n"),
            (Codes{302, 314}));
}

TEST(ParseToml, WhatIsNoTomlAtAllIsGivenUp) {
  std::string text;
  for (int line = 0; line < 100; ++line) text += "- town\n";
  const auto said = said_of(text);
  EXPECT_NE(said.find("more than 20 lines are no TOML: the rest is not read"), std::string::npos)
      << said;
  EXPECT_EQ(codes_of(text).size(), 22U);
}

TEST(TomlLines, AStatementThatIsOpenIsToBlameForWhatComesBelow) {
  const std::vector<std::string> lines{"[network]", "mix = [", "  1, # ]", "zones = 4", "x = 1"};
  const auto blamed = [&](std::size_t at, bool is_itself = false) {
    const auto range = lines_to_blame(lines, at, is_itself);
    return std::pair{range.begin, range.end};
  };
  EXPECT_EQ(blamed(2), (std::pair<std::size_t, std::size_t>{1, 3}));
  EXPECT_EQ(blamed(3), (std::pair<std::size_t, std::size_t>{1, 3}));
  EXPECT_EQ(blamed(5), (std::pair<std::size_t, std::size_t>{1, 3})) << "the end of the file";
  EXPECT_EQ(blamed(4, true), (std::pair<std::size_t, std::size_t>{4, 5}));
}

TEST(TomlLines, KeysAndHeadersAreKnownByTheirBeginning) {
  EXPECT_EQ(key_begun_by("  breaker.probes = 1"), "breaker.probes");
  EXPECT_EQ(key_begun_by("name: \"x\""), "name");
  for (const char* line : {"", "# a = 1", "{ kw = 1 }", "\"a = b\",", "[run]", "= 5"})
    EXPECT_EQ(key_begun_by(line), "") << line;
  EXPECT_EQ(header_begun_by(" [ run").whole, "[run]");
  EXPECT_EQ(header_begun_by("[[fault]").whole, "[[fault]]");
  for (const char* line : {"", "[0.5, 1]", "[-1]", "[\"a\"]", "run = [1]"})
    EXPECT_EQ(header_begun_by(line).name, "") << line;
}

}  // namespace
}  // namespace chargemill::app
