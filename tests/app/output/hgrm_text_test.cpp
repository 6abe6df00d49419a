#include "app/output/hgrm_text.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace chargemill::app {
namespace {

using namespace std::chrono_literals;

/// The figure behind `name = ` in the footer.
double footer(const std::string& text, const std::string& name) {
  const auto at = text.find('=', text.find(name));
  return std::stod(text.substr(at + 1));
}

TEST(HgrmText, EndsAtOneAndAtTheLargestValue) {
  runtime::LatencyHistogram h;
  for (int i = 1; i <= 1'000; ++i) h.record(i * 1ms);
  const std::string text = hgrm_text(h);
  EXPECT_NE(text.find("  1000.000000 1.000000000000       1000\n#["), std::string::npos) << text;
}

TEST(HgrmText, ShowsNothingAboveTheLargestValue) {
  runtime::LatencyHistogram h;
  h.record(300ms, 7);  // the middle of its bucket, and the bucket's end, are larger
  const std::string text = hgrm_text(h);
  EXPECT_DOUBLE_EQ(footer(text, "Max"), 300.0);
  EXPECT_LE(footer(text, "Mean"), 300.0);
  std::istringstream lines(text);
  std::string line;
  std::getline(lines, line);
  std::getline(lines, line);
  std::getline(lines, line);
  EXPECT_DOUBLE_EQ(std::stod(line), 300.0);
}

TEST(HgrmText, HasTheFooterOfHdrHistogram) {
  runtime::LatencyHistogram h;
  h.record(1ms, 500);
  h.record(3ms, 500);
  const std::string text = hgrm_text(h);
  EXPECT_NEAR(footer(text, "Mean"), 2.0, 0.02);
  EXPECT_NEAR(footer(text, "StdDeviation"), 1.0, 0.02);
  EXPECT_DOUBLE_EQ(footer(text, "Total count"), 1'000.0);
  EXPECT_NE(text.find("#[Buckets = "), std::string::npos);
  EXPECT_DOUBLE_EQ(footer(text, "SubBuckets"), 128.0);
}

TEST(HgrmText, KeepsNeighbouringBucketsApart) {
  runtime::LatencyHistogram h;
  h.record(300ns);
  h.record(310ns);
  const std::string text = hgrm_text(h);
  EXPECT_NE(text.find("0.000301 "), std::string::npos) << text;
  EXPECT_NE(text.find("0.000310 "), std::string::npos) << text;
}

TEST(HgrmText, OfNothingIsAFooter) { EXPECT_DOUBLE_EQ(footer(hgrm_text({}), "Total count"), 0.0); }

}  // namespace
}  // namespace chargemill::app
