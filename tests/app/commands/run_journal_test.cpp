// Where a journal is.
#include "app/commands/run_journal.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

namespace chargemill::app {
namespace {

TEST(RunJournal, IsInTheRunDirectoryUnlessItIsNamedOrSwitchedOff) {
  EXPECT_EQ(journal_path("", "runs/a"), "runs/a/journal");
  EXPECT_EQ(journal_path("/data", "runs/a"), "/data");
  EXPECT_TRUE(journal_path("off", "runs/a").empty());
  EXPECT_TRUE(journal_path("", "").empty());
}
TEST(RunJournal, OfANodeIsBelowTheHomeOfItsUser) {
  // NOLINTBEGIN(concurrency-mt-unsafe): one thread
  const char* const home = std::getenv("HOME");
  const std::string before = home == nullptr ? "/" : home;
  ::setenv("HOME", "/home/ev", 1);
  EXPECT_EQ(node_journal_path("").value(), "/home/ev/.chargemill/journal");
  EXPECT_EQ(node_journal_path("/data").value(), "/data");
  EXPECT_TRUE(node_journal_path("off").value().empty());
  ::unsetenv("HOME");
  EXPECT_EQ(node_journal_path("/data").value(), "/data");
  EXPECT_TRUE(node_journal_path("off").value().empty());
  const auto nowhere = node_journal_path("");
  ASSERT_FALSE(nowhere) << "nobody knows where";
  EXPECT_EQ(nowhere.error().kind, ErrorKind::environment);
  EXPECT_NE(nowhere.error().text.find("--data DIR"), std::string::npos);
  ::setenv("HOME", before.c_str(), 1);
  // NOLINTEND(concurrency-mt-unsafe)
}

}  // namespace
}  // namespace chargemill::app
