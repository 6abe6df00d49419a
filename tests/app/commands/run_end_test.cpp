// What the page of a finished run is given beside its figures.
#include "app/commands/run_end.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/folder.hpp"

namespace chargemill::app {
namespace {

const nlohmann::ordered_json kStates{{"start", "2026-01-05T00:00:00.000000+00:00"}};

TEST(RunEnd, AddsTheNewestLinesOfTheLog) {
  const test::Folder folder;
  const std::filesystem::path run{folder.path()};
  {
    std::ofstream log{run / "log.ndjson"};
    for (int i = 0; i < 1'005; ++i) log << R"({"event":"e)" << i << "\"}\n";
  }
  const auto end = report_end(kStates, run, run / "journal");
  ASSERT_EQ(end["log"]["lines"].size(), 1'000U);
  EXPECT_EQ(end["log"]["lines"][0]["event"], "e1004");
  EXPECT_EQ(end["log"]["dropped"], 5);
  EXPECT_EQ(end["start"], kStates["start"]);
}
TEST(RunEnd, ManagesWithoutALogAndWithOneThatIsNone) {
  const test::Folder folder;
  const std::filesystem::path run{folder.path()};
  EXPECT_TRUE(report_end(kStates, run, run / "journal")["log"].is_null());
  std::ofstream{run / "log.ndjson"} << "not a line of ours\n";
  EXPECT_TRUE(report_end(kStates, run, run / "journal")["log"].is_null());
}
TEST(RunEnd, OfARunWhoseEndNobodyKeptThereIsNothing) {
  const test::Folder folder;
  EXPECT_TRUE(report_end(nullptr, folder.path(), folder.path()).is_null());
}

}  // namespace
}  // namespace chargemill::app
