// What a file has twice, and what is said of the rest of it.
#include "app/scenario/repeated_name.hpp"

#include <gtest/gtest.h>

#include "app/scenario/load.hpp"

namespace chargemill::app {
namespace {

std::string errors_of(const std::string& text) {
  const auto loaded = load_scenario_text(text, "test.toml", ".");
  return loaded ? "none" : render(loaded.error());
}

TEST(RepeatedName, AKeyThatIsThereTwiceNamesBothLinesAndHidesNothing) {
  const auto said = errors_of(
      "[run]\nseed = 1\n\n  seed = 2\n[network]\nzones = 0\n[central]\nbreaker.probes = 1\n"
      "breaker.probes = 2\n");
  EXPECT_NE(said.find("error[E0316]: 'seed' is there twice: line 2 has it too\n"
                      "  --> test.toml:4:3\n"
                      "    4 |   seed = 2\n"
                      "      |   ^^^^\n"),
            std::string::npos)
      << said;
  EXPECT_NE(said.find("'network.zones' must be at least 1"), std::string::npos) << said;
  EXPECT_NE(said.find("'breaker.probes' is there twice: line 8 has it too"), std::string::npos)
      << said;
}

TEST(RepeatedName, ASectionThatIsThereTwiceNamesBothLines) {
  const auto said = errors_of("[run]\nseed = 1\n[network]\nzones = 1\n[ run ]\nname = \"x\"\n");
  EXPECT_NE(said.find("'[run]' is there twice: line 1 has it too\n  --> test.toml:5:1\n"),
            std::string::npos)
      << said;
  EXPECT_NE(said.find("the keys of both belong under the first"), std::string::npos) << said;
}

TEST(RepeatedName, ASectionThatIsThereTwiceIsReadAsIfItStoodUnderTheFirst) {
  const auto said = errors_of(
      "[run]\nseed = 1\n[network]\nzones = 1\n[run]\nrepeat = 0\n  seed = 2\nsede = 3\n"
      "[central]\nshards = 0\n[run]\nworkers = -1\n");
  for (const char* text :
       {"'[run]' is there twice: line 1 has it too\n  --> test.toml:5:1\n",
        "'run.repeat' must be at least 1\n  --> test.toml:6:10\n",
        "'seed' is there twice: line 2 has it too\n  --> test.toml:7:3\n",
        "unknown key 'run.sede'\n  --> test.toml:8:1\n", "  --> test.toml:10:10\n",
        "'[run]' is there twice: line 1 has it too\n  --> test.toml:11:1\n",
        "  --> test.toml:12:11\n"})
    EXPECT_NE(said.find(text), std::string::npos) << text << said;
}

TEST(RepeatedName, TheSameKeyInTwoSectionsIsNotThereTwice) {
  EXPECT_EQ(errors_of("[[driver]]\nid = \"a\"\n[[driver]]\nid = \"b\"\n"), "none");
}

TEST(RepeatedName, IsLookedForInItsOwnSectionAlone) {
  const std::vector<std::string> lines{"[a]", "x = 1", "[b]", "# x = 1", " x = 2", "x=3"};
  EXPECT_FALSE(find_repeated(lines, 5)) << "the other is in [a]";
  const auto found = find_repeated(lines, 6);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->first_line, 5U);
  EXPECT_FALSE(find_repeated(lines, 0));
  EXPECT_FALSE(find_repeated(lines, 7)) << "there is no such line";
  EXPECT_FALSE(find_repeated(lines, 4)) << "a comment";
}

}  // namespace
}  // namespace chargemill::app
