#include "app/report/html_report.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <regex>

#include "app/dashboard/page_files.hpp"
#include "app/report/figure_text.hpp"
#include "app/report/series.hpp"
#include "app/scenario/thresholds.hpp"
#include "runtime/base/base64.hpp"
#include "tests/support/sample_summary.hpp"

namespace chargemill::app {
namespace {

using tests::sample_summary;

constexpr std::size_t kTextMax = 16U << 20U;
constexpr const char* kSeries = "sim_s,wall_s,activated\n0,0,9\n1,1,10\n";

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}
/// What the page's script unpacks.
nlohmann::json embedded(const std::string& page) {
  const auto begin = page.find('>', page.find("id=\"data\"")) + 1;
  const auto bytes =
      runtime::from_base64(page.substr(begin, page.find("</script>", begin) - begin)).value();
  std::string text(kTextMax, ' ');
  uLongf length = text.size();
  EXPECT_EQ(uncompress(reinterpret_cast<Bytef*>(text.data()), &length,
                       reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()),
            Z_OK);
  text.resize(length);
  return nlohmann::json::parse(text);
}

TEST(HtmlReport, ShowsEveryFigureAndEveryThreshold) {
  const auto summary = sample_summary();
  const auto page = html_report(summary, kSeries);
  for (const auto& [name, section] : summary.items()) {
    if (!section.is_object()) continue;
    for (const auto& [key, value] : section.items())
      EXPECT_NE(page.find(name == "latency_ms" && key == "clock" ? "milliseconds of wall" : key),
                std::string::npos)
          << name << '.' << key;
  }
  EXPECT_NE(page.find("12 345"), std::string::npos);
  EXPECT_NE(page.find("requests.sent &gt; 100"), std::string::npos);
  EXPECT_EQ(count(page, "✗ crossed"), 1U);
  EXPECT_EQ(count(page, "✓ holds"), 1U);
  EXPECT_NE(page.find("1 of 2 thresholds crossed"), std::string::npos);
}
TEST(HtmlReport, ShowsNumbersUnderTheNamesOfThresholds) {
  const auto& names = threshold_names();
  const auto summary = sample_summary();
  for (const auto& [section, figures] : summary.items()) {
    if (!figures.is_object() || section == "latency_ms" || section == "journal") continue;
    for (const auto& [key, value] : figures.items()) {
      std::string name = section;
      name.append(1, '.').append(key);
      const bool is_name = std::count(names.begin(), names.end(), name) == 1;
      EXPECT_EQ(is_name, value.is_number() || key == "speed") << section << '.' << key;
    }
  }
}
TEST(HtmlReport, SaysOfEachFigureWhatItIs) {
  const auto page = html_report(sample_summary(), kSeries);
  // Who hears a table cell by cell is told its row and its column.
  const auto heads = count(page, "<thead><tr>");
  EXPECT_EQ(heads, 2U) << "thresholds and latencies";
  EXPECT_EQ(count(page, "<th scope=\"row\">"), count(page, "<tr>") + count(page, "<tr ") - heads);
  EXPECT_EQ(count(page, "<th>") + count(page, "<th class"), 0U);
}
TEST(HtmlReport, ShowsWarnings) {
  auto summary = sample_summary();
  summary["warnings"] = {"12 of 58 trips were shed <b>"};
  EXPECT_NE(html_report(summary, kSeries).find("<li>12 of 58 trips were shed &lt;b&gt;</li>"),
            std::string::npos);
}
TEST(HtmlReport, CannotBeBrokenByTheNameOfAScenario) {
  const std::string name = "a </script><b>x</b> \"'& {{figures}} <!--";
  auto summary = sample_summary(name);
  summary["latency_ms"]["clock"] = "</script><script>x()";
  summary["thresholds"][0]["expr"] = "<img src=x onerror=y>";
  summary["conservation"] = {{"ok", false}, {"broken", {"<i>1</i>"}}};
  const auto page = html_report(summary, "sim_s,</script><b>,wall_s\n0,1,2\n1,1,2\n");
  for (const char* markup : {"<b>", "<b ", "<img", "<i>", "<!--", "<script>x"})
    EXPECT_EQ(count(page, markup), 0U) << markup;
  EXPECT_EQ(count(page, "</script>"), 3U) << "the data, the modules and what starts them";
  EXPECT_NE(
      page.find("<h1>a &lt;/script&gt;&lt;b&gt;x&lt;/b&gt; &quot;&#39;&amp; {{figures}} &lt;!--"),
      std::string::npos)
      << "a name that looks like a part's is not replaced";
  const auto data = embedded(page);
  EXPECT_EQ(data["summary"]["run"]["scenario"], name) << "escaped, not changed";
  EXPECT_EQ(data["series"]["columns"]["</script><b>"].size(), 2U);
}
TEST(HtmlReport, AsksForNothingFromAnywhere) {
  const auto page = html_report(sample_summary(), kSeries);
  EXPECT_NE(page.find("content=\"default-src 'none';"), std::string::npos);
  EXPECT_FALSE(
      std::regex_search(page, std::regex("https?:|//[a-z]+\\.|@import|url\\(|fetch\\(| src=")));
}
TEST(HtmlReport, BearsTheModulesOfTheDashboardThatNeedNoServer) {
  const auto page = html_report(sample_summary(), kSeries);
  const auto begin = page.find('>', page.find("id=\"modules\"")) + 1;
  const auto modules =
      nlohmann::json::parse(page.substr(begin, page.find("</script>", begin) - begin));
  // Whatever a module imports is there too, beginning with the one that starts all.
  std::vector<std::string> wanted{"report.js"};
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    ASSERT_TRUE(modules.contains(wanted[i])) << wanted[i];
    const auto source = dashboard::plain_bytes(dashboard::page_file(wanted[i]));
    for (auto at = source.find(" from './"); at != std::string::npos;) {
      const auto name = at + 9;
      const auto end = source.find('\'', name);
      const auto other = source.substr(name, end - name);
      if (std::find(wanted.begin(), wanted.end(), other) == wanted.end()) wanted.push_back(other);
      at = source.find(" from './", end);
    }
  }
  EXPECT_EQ(modules.size(), wanted.size()) << "and no other";
}
TEST(HtmlReport, ShowsHowThingsStoodAtTheEndIfSomebodyKeptIt) {
  EXPECT_TRUE(embedded(html_report(sample_summary(), kSeries))["end"].is_null());
  const nlohmann::ordered_json end{{"start", "2026-01-05T00:00:00.000000+00:00"},
                                   {"states", "AA=="},
                                   {"past", {{"points", {{"CP-1", {{"faults", {{1, 2}}}}}}}}}};
  const auto data = embedded(html_report(sample_summary(), kSeries, end));
  EXPECT_EQ(data["end"], nlohmann::json(end));
}
TEST(Base64, IsThatOfTheStandard) {  // RFC 4648, section 10
  EXPECT_EQ(runtime::to_base64(""), "");
  EXPECT_EQ(runtime::to_base64("f"), "Zg==");
  EXPECT_EQ(runtime::to_base64("fo"), "Zm8=");
  EXPECT_EQ(runtime::to_base64("foo"), "Zm9v");
  EXPECT_EQ(runtime::to_base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(runtime::to_base64("\xFF\xFE"), "//4=");
}
TEST(HtmlReport, StaysAboutAMegabyteForADayOfSeconds) {
  std::string csv =
      "sim_s,wall_s,activated,supplying,stopped,fault,disconnected,requests_sent,requests_accepted,"
      "requests_denied,messages_delivered,decision_p99_ms\n";
  for (int second = 0; second < 86'400; ++second)
    csv += std::to_string(second) + ".123," + std::to_string(second) +
           ".456,900000,90000,100,100,9800,12345678,12345678,12345678,12345678901,123.456\n";
  const auto page = html_report(sample_summary(), csv);
  EXPECT_LT(page.size(), 1'000'000U);
  EXPECT_EQ(embedded(page)["series"]["columns"]["sim_s"].size(), kPointsMax);
}
TEST(HtmlReport, ManagesWithoutASeries) {
  const auto page = html_report(sample_summary(), "");
  EXPECT_TRUE(embedded(page)["series"]["columns"].empty());
  EXPECT_NE(page.find("charge_points"), std::string::npos);
}
TEST(HtmlReport, TellsBrokenSumsAndPartialRuns) {
  auto summary = sample_summary();
  summary["thresholds"] = nlohmann::ordered_json::array();
  EXPECT_NE(html_report(summary, "").find("verdict good"), std::string::npos);
  summary["run"]["partial"] = true;
  const auto partial = html_report(summary, "");
  EXPECT_NE(partial.find("verdict warn"), std::string::npos);
  EXPECT_NE(partial.find("before its end"), std::string::npos);
  summary["conservation"] = {{"ok", false}, {"broken", {"requests: 9 is not 10"}}};
  const auto broken = html_report(summary, "");
  EXPECT_NE(broken.find("verdict bad"), std::string::npos);
  EXPECT_NE(broken.find("<li>requests: 9 is not 10</li>"), std::string::npos);
}
TEST(HtmlReport, DoesNotShowALatencyThatWasNotMeasuredAsZero) {
  const auto page = html_report(sample_summary(), "");
  EXPECT_EQ(count(page, "fault_detection</code></th><td class=\"n\">none</td>"), 1U);
  EXPECT_EQ(count(page, "request_decision</code></th><td class=\"n\">none</td>"), 0U);
}
TEST(HtmlReport, RefusesASummaryOfAnotherVersion) {
  EXPECT_THROW((void)html_report(nlohmann::ordered_json::object(), ""), nlohmann::json::exception);
}
TEST(FigureText, HasTheUnitThatItsNameEndsWith) {
  EXPECT_EQ(figure_text("delivered_mj", 49'340'293), "49 340 293 mJ");
  EXPECT_EQ(figure_text("energy.delivered_kwh", 13'706.0), "13 706 kWh");
  EXPECT_EQ(figure_text("revenue_microeur", 5), "5 µEUR");
  EXPECT_EQ(figure_text("revenue_eur", 138.96), "139 EUR");
  EXPECT_EQ(figure_text("messages.per_s", 120), "120 /s");
  EXPECT_EQ(figure_text("sim_s", 0.5), "0.5 s");
  EXPECT_EQ(figure_text("rss_bytes", 1'024), "1 024 B");
  EXPECT_EQ(figure_text("bytes_per_charge_point", 812), "812 B");
  EXPECT_EQ(figure_text("commit_ms.p99", 3.5), "3.5 ms");
  EXPECT_EQ(figure_text("link.round_trip_ms:count", 12), "12");
  EXPECT_EQ(figure_text("requests.sent", 12'345), "12 345");
  EXPECT_EQ(figure_text("speed", "max"), "max");
  EXPECT_EQ(figure_text("sim_s", nullptr), "none");
}
TEST(FigureText, LeavesASeedAsItHasToBeCopied) {
  EXPECT_EQ(figure_text("seed", 1'234'567U), "1234567");
  EXPECT_EQ(figure_text("run.seed", 2'026.0), "2026");
}
TEST(FigureText, SaysInWhichUnitAThresholdWasReached) {
  const auto threshold = [](const char* expr, double value) {
    return nlohmann::ordered_json{{"expr", expr}, {"value", value}, {"ok", true}};
  };
  EXPECT_EQ(threshold_text(threshold(" request_decision:p99<400ms", 394.31)), "394.3 ms");
  EXPECT_EQ(threshold_text(threshold("faults.raised > 100", 163.0)), "163");
  EXPECT_EQ(threshold_text(threshold("run.wall_s < 10", 2.0)), "2 s");
}
TEST(FigureText, GroupsWholeNumbersAndRoundsOthers) {
  EXPECT_EQ(figure_text(1'234'567), "1 234 567");
  EXPECT_EQ(figure_text(-123'456), "-123 456");
  EXPECT_EQ(figure_text(999), "999");
  EXPECT_EQ(figure_text(0.123456), "0.1235");
  EXPECT_EQ(figure_text(36'778.5), "36 778");
  EXPECT_EQ(figure_text(nullptr), "none");
  EXPECT_EQ(figure_text(""), "none");
  EXPECT_EQ(figure_text(true), "true");
  EXPECT_EQ(figure_text({"a", "b"}), "a; b");
}

}  // namespace
}  // namespace chargemill::app
