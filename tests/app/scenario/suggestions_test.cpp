// What is said of a name that is nearly right: where it belongs, and how it is written.
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "app/scenario/load.hpp"

namespace chargemill::app {
namespace {

std::string errors_of(const std::string& text) {
  const auto loaded = load_scenario_text(text, "test.toml", ".");
  return loaded ? "none" : render(loaded.error());
}

TEST(Suggestions, AKeyAboveAllSectionsIsShownTheOneThatWasMeant) {
  EXPECT_EQ(errors_of("charge_pionts = 5\n"),
            "error[E0312]: 'charge_pionts' stands in no section\n"
            "  --> test.toml:1:1\n"
            "    1 | charge_pionts = 5\n"
            "      | ^^^^^^^^^^^^^ did you mean 'charge_points'? it belongs to [network]\n"
            "note: run `chargemill config schema` for all keys\n");
  EXPECT_NE(errors_of("netwrk = 5\n").find("did you mean 'network'?"), std::string::npos);
  EXPECT_NE(errors_of("[netwrk]\nzones = 5\n").find("unknown section 'netwrk'"), std::string::npos);
}

TEST(Suggestions, ASectionWithinASectionHasASuggestionToo) {
  for (const char* text : {"[central.braker]\nprobes = 1\n", "[central]\nbraker.probes = 1\n"}) {
    const auto said = errors_of(text);
    EXPECT_NE(said.find("unknown key 'central.braker'"), std::string::npos) << said;
    EXPECT_NE(said.find("did you mean 'breaker'?"), std::string::npos) << said;
  }
}

TEST(Suggestions, ALetterBetweenAListAndASectionIsSeenFromTheKeysBelow) {
  const std::pair<const char*, const char*> cases[] = {
      {"[driver]\ncount = 5\n", " write [drivers]\n"},
      {"[driver]\nid = \"a\"\npause = \"1s\"\n", " write [[driver]]\n"},
      {"[[drivers]]\nid = \"a\"\n", " write [[driver]]\n"},
      {"[[drivers]]\ncount = 5\n", " write [drivers]\n"},
      {"driver = 5\n", " write [[driver]] for each, or [drivers] for all of them\n"},
      {"[driver]\npause = \"1s\"\n", " write [[driver]] for each, or [drivers] for all of them\n"},
      {"[fault]\nkind = \"engine_ko\"\n", " write [[fault]]\n"},
      {"[[network]]\nzones = 5\n", " write [network]\n"}};
  for (const auto& [text, hint] : cases)
    EXPECT_NE(errors_of(text).find(hint), std::string::npos) << text << errors_of(text);
}

TEST(Suggestions, WhatStandsBelowASlipIsReadAsWhatWasMeant) {
  const std::string below =
      "id = \"CP-001\"\n[[driver]]\nid = \"a\"\nrequests = [\"CP-001\"]\n"
      "[[fault]]\nkind = \"engine_ko\"\nat = \"5s\"\ncp = \"CP-001\"\n";
  EXPECT_EQ(errors_of("[[chargepoint]]\n" + below),
            "error[E0311]: unknown section 'chargepoint'\n"
            "  --> test.toml:1:3\n"
            "    1 | [[chargepoint]]\n"
            "      |   ^^^^^^^^^^^ did you mean 'charge_point'?\n"
            "note: run `chargemill config schema` for all keys\n");
  const auto nested = errors_of("[[network.charge_point]]\n" + below);
  EXPECT_NE(nested.find("write [[charge_point]]: the list belongs to no section"),
            std::string::npos)
      << nested;
  EXPECT_EQ(nested.find("error", 5), std::string::npos) << "and nothing that only follows";
  const auto section = errors_of("[netwrk]\nzones = 0\n");
  EXPECT_NE(section.find("did you mean 'network'?"), std::string::npos) << section;
  EXPECT_NE(section.find("'network.zones' must be"), std::string::npos)
      << "a mistake below it is one all the same\n"
      << section;
}

TEST(Suggestions, TheListAndItsSlipAreOneList) {
  const auto said = errors_of(
      "[[charge_point]]\nid = \"A\"\n[[charge_pont]]\nid = \"B\"\n[[charge_pont]]\nid = \"A\"\n");
  EXPECT_NE(said.find("a second charge point 'A'\n  --> test.toml:6:6\n"), std::string::npos)
      << "where the repeated id is\n"
      << said;
}

TEST(Suggestions, AWordThatIsTheEndOfAValueIsEnoughForASuggestion) {
  EXPECT_NE(
      errors_of("[[fault]]\nkind = \"crash\"\nrate = 1\n").find("did you mean 'engine_crash'?"),
      std::string::npos);
}

}  // namespace
}  // namespace chargemill::app
