#include "app/output/kept_log.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "app/output/run_log.hpp"

namespace chargemill::app {
namespace {

using nlohmann::json;

TEST(KeptLog, HasTheNewestLinesNewestFirstAndSaysHowManyCameBefore) {
  KeptLog kept;
  EXPECT_EQ(kept.json(), R"({"lines":[],"dropped":0})");
  for (std::size_t i = 0; i < KeptLog::kLinesMax + 3; ++i)
    kept.add("{\"n\":" + std::to_string(i) + "}\n");
  const auto told = json::parse(kept.json());
  ASSERT_EQ(told["lines"].size(), KeptLog::kLinesMax);
  EXPECT_EQ(told["lines"].front()["n"], KeptLog::kLinesMax + 2);
  EXPECT_EQ(told["lines"].back()["n"], 3);
  EXPECT_EQ(told["dropped"], 3);
}
TEST(KeptLog, GetsWhatARunLogsAlsoWithoutAFile) {
  KeptLog kept;
  RunLog log;
  log.keep_in(kept);
  log.write(Level::warning, "warning", {{"text", "two\nlines"}});
  const auto line = json::parse(kept.json())["lines"][0];
  EXPECT_EQ(line["level"], "warning");
  EXPECT_EQ(line["text"], "two\nlines");
}

}  // namespace
}  // namespace chargemill::app
