#include "app/scenario/syntax_hint.hpp"

#include <gtest/gtest.h>

#include <utility>

#include "app/scenario/load.hpp"

namespace chargemill::app {
namespace {

TEST(SyntaxHint, ShowsHowTheCommonestSlipsAreWritten) {
  const std::pair<const char*, const char*> cases[] = {
      {"duration = 5s", "durations are in quotes: \"5s\""},
      {"share = 20%", "as a share: 0.2"},
      {"name = “town”", "quotes are straight: \"town\""},
      {"name = „town“  # ours", "quotes are straight: \"town\""},
      {"requests = [‘CP-001’]", "quotes are straight: \"CP-001\""},
      {"name = \"town”", "quotes are straight: ” closes none"},
      {"power_kw = 3,5", "decimals have a point: 3.5"},
      {"power_kw = -3,25 # kW", "decimals have a point: -3.25"},
      {"power_mix = [{ kw = 3,5, share = 1 }]", "decimals have a point: 3.5"},
      {"count = 10,000", "numbers have no comma: 10000, or 10.000 with decimals"},
      {"profile = public", "texts are in quotes: \"public\""},
      {"name = my town", "texts are in quotes: \"my town\""},
      {"replay = data/town.csv  # ours", "texts are in quotes: \"data/town.csv\""},
      {"requests = [CP-001]", "texts are in quotes: \"CP-001\""},
      {"control = yes", "texts are in quotes: \"yes\"; yes and no are true and false: true"},
      {"control = False", "texts are in quotes: \"False\"; yes and no are true and false: false"}};
  for (const auto& [line, hint] : cases) EXPECT_EQ(syntax_hint(line), hint) << line;
}

TEST(SyntaxHint, SaysNothingOfLinesThatAreWell) {
  for (const char* line : {"name = \"town\"", "name = \"the “old” town\"", "control = true",
                           "power_kw = 3.5", "shares = [3,5]", "# “quoted”, 3,5", "x = inf", "",
                           "zones = 4 # x = 3,5, or y = town", "{ kw = 22, share = 1 },"})
    EXPECT_EQ(syntax_hint(line), "") << line;
}

TEST(SyntaxHint, StandsBelowTheCharacterInQuestion) {
  const auto said = [](const std::string& text) {
    const auto loaded = load_scenario_text(text, "test.toml", ".");
    return loaded ? std::string{"none"} : render(loaded.error());
  };
  const auto quotes = said("[run]\nname = “town”\n");
  EXPECT_NE(quotes.find("  --> test.toml:2:8\n"), std::string::npos) << quotes;
  EXPECT_NE(quotes.find("      |        ^ quotes are straight: \"town\"\n"), std::string::npos)
      << quotes;
  const auto comma = said("[network]\ncharge_points = 10\nzones = 3,5\n");
  EXPECT_NE(comma.find("  --> test.toml:3:10\n"), std::string::npos) << comma;
  EXPECT_NE(comma.find("^ decimals have a point: 3.5\n"), std::string::npos) << comma;
  const auto name = said("[drivers]\nprofile = public\n");
  EXPECT_NE(name.find("  --> test.toml:2:11\n"), std::string::npos) << name;
}

}  // namespace
}  // namespace chargemill::app
