#include "app/report/markdown_report.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "tests/support/sample_summary.hpp"

namespace chargemill::app {
namespace {

using tests::sample_summary;

TEST(MarkdownReport, SaysTheVerdictFirstAndEachThreshold) {
  const auto text = markdown_report(sample_summary());
  EXPECT_EQ(text.rfind("## demo: FAIL, 1 of 2 thresholds crossed\n", 0), 0U) << text;
  EXPECT_NE(text.find("| ✗ **crossed** | faults.raised &lt; 2 | 3 |"), std::string::npos) << text;
  EXPECT_NE(text.find("sent 12 345"), std::string::npos) << text;
}
TEST(MarkdownReport, SaysWhyAThresholdHasNoValue) {
  auto summary = sample_summary();
  summary["thresholds"] = {
      {{"expr", "tick_lateness:p99 < 250ms"}, {"value", nullptr}, {"ok", true}},
      {{"expr", "session_start:p99 < 1s"}, {"value", nullptr}, {"ok", false}}};
  const auto text = markdown_report(summary);
  EXPECT_NE(text.find("250ms | does not apply in virtual time |"), std::string::npos) << text;
  EXPECT_NE(text.find("1s | nothing measured |"), std::string::npos) << text;
}
TEST(MarkdownReport, HasAsManyCellsInARowAsInItsHead) {
  std::istringstream lines(markdown_report(sample_summary()));
  std::string line;
  std::ptrdiff_t cells = 0;
  while (std::getline(lines, line)) {
    const bool in_table = !line.empty() && line.front() == '|';
    const auto here = std::count(line.begin(), line.end(), '|');
    if (in_table && cells != 0) {
      EXPECT_EQ(here, cells) << line;
    }
    cells = in_table ? here : 0;
  }
}
TEST(MarkdownReport, CannotBeBrokenByTheNameOfAScenario) {
  const auto text = markdown_report(sample_summary("a|b\n# <script> [x](y)"));
  EXPECT_EQ(text.rfind("## a\\|b \\# &lt;script&gt; \\[x\\]\\(y\\): ", 0), 0U) << text;
}

}  // namespace
}  // namespace chargemill::app
