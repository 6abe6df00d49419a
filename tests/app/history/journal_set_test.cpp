#include "app/history/journal_set.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "app/history/find_journal.hpp"
#include "tests/support/folder.hpp"

namespace chargemill::app {
namespace {

namespace fs = std::filesystem;

void put_segment(const fs::path& directory) {
  fs::create_directories(directory);
  std::ofstream{directory / "00000000000000000001-0.segment"} << "x";
}

TEST(JournalSet, ANodeHasItsOwnBesideTheFirst) {
  EXPECT_EQ(journal_of_node("data", 0), "data");
  EXPECT_EQ(journal_of_node("data", 2), "data/node-2");
  EXPECT_TRUE(journal_of_node("", 2).empty());
}

TEST(FindJournals, OneNameStandsForAllNodesOfARun) {
  const test::Folder folder;
  const fs::path run{folder.path()};
  put_segment(run / "journal");
  put_segment(run / "journal/node-1");
  put_segment(run / "journal/node-2");
  fs::create_directories(run / "journal/node-3");  // it has none
  const std::vector<fs::path> all{run / "journal", run / "journal/node-1", run / "journal/node-2"};
  EXPECT_EQ(find_journals({run}).value(), all);
  EXPECT_EQ(find_journals({run / "journal"}).value(), all);
  EXPECT_EQ(find_journals({run / "journal/node-2"}).value(), std::vector{all[2]});
  EXPECT_EQ(find_journals({run, run / "journal/node-1"}).value(), all) << "none twice";
}

TEST(FindJournals, CountsNoneTwiceByWhateverNames) {
  const test::Folder folder;
  const fs::path run{folder.path()};
  put_segment(run / "journal");
  fs::create_directory_symlink(run / "journal", run / "link");
  for (const fs::path& other : {run / "." / "journal", run / "journal/../journal", run / "link"}) {
    const auto found = find_journals({run, other});
    ASSERT_TRUE(found) << other;
    EXPECT_EQ(*found, std::vector{run / "journal"}) << other;
  }
}

TEST(FindJournals, JournalsOfMachinesAreNamedOneByOne) {
  const test::Folder folder;
  const fs::path path{folder.path()};
  put_segment(path / "alpha");
  put_segment(path / "beta/node-1");  // as it was copied from the second machine
  const std::vector<fs::path> both{path / "alpha", path / "beta/node-1"};
  EXPECT_EQ(find_journals({path / "alpha", path / "beta"}).value(), both);
}

TEST(FindJournals, SaysWhichNameHoldsNone) {
  const test::Folder folder;
  const fs::path path{folder.path()};
  put_segment(path / "alpha");
  fs::create_directories(path / "empty");
  const auto found = find_journals({path / "alpha", path / "empty"});
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().text, (path / "empty").string() + " holds no journal");
  EXPECT_FALSE(find_journals({path / "none"}));
}

}  // namespace
}  // namespace chargemill::app
