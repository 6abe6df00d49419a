#include "app/history/newest_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "app/output/manifest.hpp"
#include "tests/support/folder.hpp"

namespace chargemill::app {
namespace {

namespace fs = std::filesystem;
using std::chrono::minutes;
using testing::HasSubstr;

class FindNewestRun : public testing::Test {
 protected:
  /// A run that began so many minutes after the first. `journal`: as its manifest has it.
  void put_run(const fs::path& name, int minute, const fs::path& journal) {
    fs::create_directories(runs_ / name);
    ManifestFacts facts;
    facts.journal = journal;
    const fs::path manifest = runs_ / name / "manifest.json";
    std::ofstream{manifest} << manifest_text(facts);
    fs::last_write_time(manifest, fs::file_time_type{} + minutes{minute});
  }
  void put_run_with_its_own(const fs::path& name, int minute) {
    put_segment(runs_ / name / "journal");
    put_run(name, minute, runs_ / name / "journal");
  }
  static void put_segment(const fs::path& directory) {
    fs::create_directories(directory);
    std::ofstream{directory / "00000000000000000001-0.segment"} << "x";
  }

  test::Folder folder_;
  fs::path runs_ = fs::path{folder_.path()} / "runs";
  fs::path kept_ = fs::path{folder_.path()} / "kept";
};

TEST_F(FindNewestRun, IsTheOneThatBeganLast) {
  put_run_with_its_own("b", 1);
  put_run_with_its_own("a", 2);
  const auto newest = find_newest_run(runs_);
  ASSERT_TRUE(newest);
  EXPECT_EQ(newest->journals, std::vector{runs_ / "a/journal"});
  EXPECT_EQ(newest->remark, "");
}

TEST_F(FindNewestRun, IsFollowedToTheDirectoryThatItWasGiven) {
  put_run_with_its_own("own", 1);
  put_segment(kept_);
  put_segment(kept_ / "node-1");
  put_run("elsewhere", 2, kept_);
  const auto newest = find_newest_run(runs_);
  ASSERT_TRUE(newest);
  EXPECT_EQ(newest->journals, (std::vector{kept_, kept_ / "node-1"}));
  EXPECT_EQ(newest->remark, "this is " + kept_.string() + ", where " +
                                (runs_ / "elsewhere").string() + " keeps its journal");
}

TEST_F(FindNewestRun, SaysWhichNewerOneItHasPassedOver) {
  put_run_with_its_own("own", 1);
  put_run("forgetful", 2, {});
  auto newest = find_newest_run(runs_);
  ASSERT_TRUE(newest);
  EXPECT_EQ(newest->journals, std::vector{runs_ / "own/journal"});
  EXPECT_THAT(newest->remark, HasSubstr("forgetful is newer and has no journal"));
  put_run("gone", 3, kept_);
  newest = find_newest_run(runs_);
  ASSERT_TRUE(newest);
  EXPECT_THAT(newest->remark, HasSubstr("gone is newer and its journal, " + kept_.string()));
}

TEST_F(FindNewestRun, LooksIntoRepeatsAndAtRunsOfOldVersions) {
  put_run_with_its_own("twice/r1", 1);
  put_run_with_its_own("twice/r2", 2);
  put_run("broken", 0, {});
  std::ofstream{runs_ / "broken/manifest.json"} << "{";
  fs::last_write_time(runs_ / "broken/manifest.json", fs::file_time_type{});
  const auto newest = find_newest_run(runs_);
  ASSERT_TRUE(newest);
  EXPECT_EQ(newest->journals, std::vector{runs_ / "twice/r2/journal"});
  // One that says nothing of its journal, and has one.
  put_segment(runs_ / "old/journal");
  fs::last_write_time(runs_ / "old/journal", fs::file_time_type{} + minutes{3});
  EXPECT_EQ(find_newest_run(runs_)->journals, std::vector{runs_ / "old/journal"});
}

TEST_F(FindNewestRun, TellsNoRunFromRunsThatCannotBeRead) {
  const auto none = find_newest_run(runs_);
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().text, HasSubstr("there is no run with a journal below"));
  std::ofstream{runs_} << "a file";
  const auto unread = find_newest_run(runs_);
  ASSERT_FALSE(unread);
  EXPECT_EQ(unread.error().text, "cannot read " + runs_.string() + "/: Not a directory");
}

}  // namespace
}  // namespace chargemill::app
