// Mistakes in the files that a scenario names are shown as its own are: all of them in one pass,
// each with file, line, column and how to mend it (contract, section 2).
#include <gtest/gtest.h>

#include <fstream>

#include "app/scenario/load.hpp"
#include "tests/support/folder.hpp"

namespace chargemill::app {
namespace {

class CompanionMistakes : public testing::Test {
 protected:
  void write(const std::string& name, const std::string& text) const {
    std::ofstream{folder_.path() + '/' + name} << text;
  }
  /// The errors of scenario `text` as they are shown, without the folder's name.
  [[nodiscard]] std::string errors_of(const std::string& text) const {
    const auto loaded = load_scenario_text(text, "test.toml", folder_.path());
    if (loaded) return "none";
    std::string shown;
    for (const auto& diagnostic : loaded.error()) {
      if (diagnostic.severity == Severity::error) shown += render(diagnostic);
    }
    const std::string prefix = folder_.path() + '/';
    for (auto at = shown.find(prefix); at != std::string::npos; at = shown.find(prefix))
      shown.erase(at, prefix.size());
    return shown;
  }

  const std::string profile_ = "[drivers]\nprofile = \"file\"\nprofile_file = \"mine.toml\"\n";
  const std::string replay_ = "[drivers]\nreplay = \"mine.csv\"\n";

 private:
  const test::Folder folder_;
};

TEST_F(CompanionMistakes, OfAProfileAreAllShownAtTheirPlace) {
  write("mine.toml", R"(# mine
weekdy_share = []
weekend_share = [1, 2]
mean_kwh_by_hour = [
  1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
  1, 1, 1, -1, 1, 1, 1, 1, 1, 1, "1", 1,
]
mean_stay_h_by_hour = 9
energy_kwh = [[0, 0], [0.5, 20], 0.9, ["1", 40]]
stay_h = [[0, 1], [0.5, 4], [0.4, 8], [1, 7]]
notes = "x"
)");
  EXPECT_EQ(errors_of(profile_), R"(error[E0325]: a profile needs 'weekday_share'
  --> mine.toml:1:1
    1 | # mine
      | ^ weekday_share = 24 numbers, one for each hour from 00
error[E0325]: unknown key 'weekdy_share'
  --> mine.toml:2:1
    2 | weekdy_share = []
      | ^^^^^^^^^^^^ did you mean 'weekday_share'?
error[E0325]: 'weekend_share' has 2 of 24 hours
  --> mine.toml:3:17
    3 | weekend_share = [1, 2]
      |                 ^^^^^^ 24 numbers, one for each hour from 00
error[E0325]: 'mean_kwh_by_hour': must be a number from 0 on
  --> mine.toml:6:12
    6 |   1, 1, 1, -1, 1, 1, 1, 1, 1, 1, "1", 1,
      |            ^^
error[E0325]: 'mean_kwh_by_hour' is a list of numbers
  --> mine.toml:6:34
    6 |   1, 1, 1, -1, 1, 1, 1, 1, 1, 1, "1", 1,
      |                                  ^^^ 24 numbers, one for each hour from 00
error[E0325]: 'mean_stay_h_by_hour' is a list
  --> mine.toml:8:23
    8 | mean_stay_h_by_hour = 9
      |                       ^ 24 numbers, one for each hour from 00
error[E0325]: 'energy_kwh' is a list of pairs of numbers
  --> mine.toml:9:34
    9 | energy_kwh = [[0, 0], [0.5, 20], 0.9, ["1", 40]]
      |                                  ^^^ [[probability, value], ...]
error[E0325]: 'energy_kwh' is a list of pairs of numbers
  --> mine.toml:9:39
    9 | energy_kwh = [[0, 0], [0.5, 20], 0.9, ["1", 40]]
      |                                       ^^^^^^^^^ [[probability, value], ...]
error[E0325]: 'stay_h': probabilities must rise from point to point
  --> mine.toml:10:29
   10 | stay_h = [[0, 1], [0.5, 4], [0.4, 8], [1, 7]]
      |                             ^^^^^^^^
error[E0325]: 'stay_h': values must not fall from point to point
  --> mine.toml:10:39
   10 | stay_h = [[0, 1], [0.5, 4], [0.4, 8], [1, 7]]
      |                                       ^^^^^^
error[E0325]: unknown key 'notes'
  --> mine.toml:11:1
   11 | notes = "x"
      | ^^^^^ a profile has: weekday_share, weekend_share, mean_kwh_by_hour, mean_stay_h_by_hour, energy_kwh, stay_h
)");
}

TEST_F(CompanionMistakes, OfAProfilesSyntaxAreShownAsAScenariosAre) {
  write("mine.toml", "stay_h = 1\nnotes = 5s\n");
  EXPECT_NE(errors_of(profile_).find("error[E0302]: "), std::string::npos);
  EXPECT_NE(errors_of(profile_).find("'stay_h' is a list\n  --> mine.toml:1:10\n"),
            std::string::npos)
      << "the rest of the file is read\n";
  EXPECT_NE(errors_of(profile_).find("  --> mine.toml:2:10\n    2 | notes = 5s\n"),
            std::string::npos)
      << errors_of(profile_);
  EXPECT_NE(errors_of(profile_).find("durations are in quotes: \"5s\"\n"), std::string::npos);

  write("mine.toml", "stay_h = 1\nstay_h = 2\n");
  const auto shown = errors_of(profile_);
  EXPECT_NE(shown.find("error[E0316]: 'stay_h' is there twice: line 1 has it too\n"
                       "  --> mine.toml:2:1\n"),
            std::string::npos)
      << shown;
  EXPECT_NE(shown.find("'stay_h' is a list\n  --> mine.toml:1:10\n"), std::string::npos)
      << "the rest of the file is read\n"
      << shown;
}

TEST_F(CompanionMistakes, OfAProfileInTheScenarioItselfHaveTheirPlaceThere) {
  const auto shown = errors_of(
      "[drivers]\nprofile = \"file\"\n[drivers.profile_table]\nstay_h = [[0, 1], [1, 0]]\n"
      "enery_scale = 1\n");
  EXPECT_NE(shown.find("error[E0325]: 'stay_h': values must not fall from point to point\n"
                       "  --> test.toml:4:19\n"),
            std::string::npos)
      << shown;
  EXPECT_NE(shown.find("  --> test.toml:5:1\n    5 | enery_scale = 1\n"
                       "      | ^^^^^^^^^^^ did you mean 'energy_scale'?\n"),
            std::string::npos)
      << shown;
  EXPECT_EQ(shown.find("profile_file"), std::string::npos) << "there is a table\n" << shown;
}

TEST_F(CompanionMistakes, OfRecordedSessionsAreAllShownAtTheirField) {
  write("mine.csv",
        "created,ended,kwhTotal,stationId\n"
        "2024-01-01 00:00:00,2024-01-01 01:00:00,1,A\n"
        "yesterday,2024-01-01 01:00:00,much,A\n"
        "2024-01-01 02:00:00,2024-01-01 01:00:00,1,A\n"
        "2024-01-01 00:00:00,2024-01-01 01:00:00,1\n");
  EXPECT_EQ(errors_of(replay_),
            R"(error[E0324]: 'yesterday' is no time for 'created' (YYYY-MM-DD HH:MM:SS)
  --> mine.csv:3:1
    3 | yesterday,2024-01-01 01:00:00,much,A
      | ^^^^^^^^^
error[E0324]: 'much' is no energy in kWh for 'kwhTotal'
  --> mine.csv:3:31
    3 | yesterday,2024-01-01 01:00:00,much,A
      |                               ^^^^
error[E0324]: the session ends before it starts
  --> mine.csv:4:21
    4 | 2024-01-01 02:00:00,2024-01-01 01:00:00,1,A
      |                     ^^^^^^^^^^^^^^^^^^^
error[E0324]: no value for 'stationId'
  --> mine.csv:5:42
    5 | 2024-01-01 00:00:00,2024-01-01 01:00:00,1
      |                                          ^
)");
}

TEST_F(CompanionMistakes, OfAHeaderAreShownWithTheColumnThatIsMeant) {
  write("mine.csv", "begin,ended,kWhTotal,stationId\n");
  EXPECT_EQ(errors_of(replay_),
            R"(error[E0324]: no column 'created'; there are: begin, ended, kWhTotal, stationId
  --> mine.csv:1:1
    1 | begin,ended,kWhTotal,stationId
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ [drivers.replay_columns] says which column is which
error[E0324]: no column 'kwhTotal'; there are: begin, ended, kWhTotal, stationId
  --> mine.csv:1:1
    1 | begin,ended,kWhTotal,stationId
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ did you mean 'kWhTotal'?
)");
}

TEST_F(CompanionMistakes, BeyondTheFirstTwentyOfAFileAreCounted) {  // law 6
  std::string rows = "created,ended,kwhTotal,stationId\n";
  for (int i = 0; i < 30; ++i) rows += "2024-01-01 00:00:00,2024-01-01 01:00:00,much,A\n";
  write("mine.csv", rows);
  const auto shown = errors_of(replay_);
  EXPECT_NE(shown.find("mine.csv:21:41\n"), std::string::npos) << shown;
  EXPECT_EQ(shown.find("mine.csv:22:"), std::string::npos) << shown;
  const std::string end = "error[E0324]: ... and 10 more\n  --> mine.csv\n";
  ASSERT_GT(shown.size(), end.size());
  EXPECT_EQ(shown.substr(shown.size() - end.size()), end);
}

TEST_F(CompanionMistakes, ComeAfterThoseOfTheScenarioFileByFile) {
  write("mine.toml", "");
  write("mine.csv", "a\n");
  const auto shown = errors_of(profile_ + "replay = \"mine.csv\"\nsessions = 5\n");
  const auto scenario = shown.find("test.toml:5:1\n");
  const auto csv = shown.find("mine.csv:1:1\n");
  const auto profile = shown.find("mine.toml:1:1\n");
  ASSERT_NE(profile, std::string::npos) << "an empty file lacks each key\n" << shown;
  EXPECT_LT(scenario, csv) << shown;
  EXPECT_LT(shown.rfind("mine.csv:1:1\n"), profile) << shown;
}

}  // namespace
}  // namespace chargemill::app
