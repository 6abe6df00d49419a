#include "app/sessions/session_csv.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <numeric>

#include "app/sessions/civil_time.hpp"
#include "app/sessions/csv_row.hpp"
#include "app/sessions/generate_sessions.hpp"

namespace chargemill::app {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::int64_t kMonday = 1'767'571'200;  // 2026-01-05T00:00:00Z

std::filesystem::path shared_dir() {
  if (const char* from_outside = std::getenv("CHARGEMILL_SHARED")) return from_outside;  // NOLINT
  return std::filesystem::path(CHARGEMILL_SOURCE_DIR) / ".." / "shared";
}

std::int64_t total_mj(const std::vector<network::ReplaySession>& sessions) {
  return std::accumulate(sessions.begin(), sessions.end(), std::int64_t{0},
                         [](std::int64_t sum, const auto& s) { return sum + s.energy.mj; });
}

TEST(SessionCsv, SurvivesWhatRealFilesContain) {
  const std::string text =
      "\xEF\xBB\xBF\"sessionId\",\"kwhTotal\",\"created\",\"ended\",\"stationId\",\"distance\"\r\n"
      "2,1.5,0014-11-18 16:00:00,0014-11-18 17:00:00,B,NA\r\n"
      "\r\n"
      "1,0.01,0014-11-18 15:00:00,0014-11-18 15:30:00,A\r\n"
      "3,0,2014-11-18T15:30,2014-11-18T15:45:00Z,\"A\",1.5";
  const auto table = parse_sessions(text, {}, "f.csv");
  ASSERT_TRUE(table.has_value()) << table.error().text;
  ASSERT_EQ(table->sessions.size(), 3U);
  EXPECT_EQ(format_stamp(table->first_unix_s), "2014-11-18 15:00:00") << "year 0014 is 2014";
  EXPECT_EQ(table->sessions[0].start, SimTime{});
  EXPECT_EQ(table->sessions[0].energy, Energy{36'000'000});
  EXPECT_EQ(table->sessions[0].stay, minutes{30});
  EXPECT_EQ(table->sessions[1].start, SimTime{minutes{30}});
  EXPECT_EQ(table->sessions[1].station, "A");
  EXPECT_EQ(table->sessions[2].start, SimTime{hours{1}}) << "sorted by start";
  EXPECT_EQ(table->delayed, 0U);
  EXPECT_EQ(table->stations, 2U);
  EXPECT_EQ(table->note, "");
}

TEST(SessionCsv, MapsColumnsByName) {
  ColumnMap columns;
  columns.start = "plugged in";
  columns.end = "out";
  columns.energy = "kWh";
  columns.station = "evse";
  const auto table = parse_sessions(
      "kWh,evse,plugged in,out\n2,\"x,y\",2024-02-29 00:00:00,2024-03-01 00:00:00\n", columns, "f");
  ASSERT_TRUE(table.has_value()) << table.error().text;
  EXPECT_EQ(table->sessions[0].station, "x,y");
  EXPECT_EQ(table->sessions[0].stay, hours{24});
}

TEST(SessionCsv, NamesEveryBadRowAtOnceAndDropsNone) {
  const auto table = parse_sessions(
      "created,ended,kwhTotal,stationId\n"
      "2024-01-01 00:00:00,2024-01-01 01:00:00,1,A\n"
      "yesterday,2024-01-01 01:00:00,1,A\n"
      "2024-01-01 00:00:00,2024-01-01 01:00:00,much,A\n"
      "2024-01-01 00:00:00,2024-01-01 01:00:00,1,NA\n"
      "2024-01-01 02:00:00,2024-01-01 01:00:00,1,A\n"
      "2024-02-30 02:00:00,2024-03-01 01:00:00,-1\n",
      {}, "bad.csv");
  ASSERT_FALSE(table.has_value());
  EXPECT_EQ(table.error().kind, ErrorKind::invalid_input);
  EXPECT_EQ(table.error().text,
            "bad.csv:3:1: 'yesterday' is no time for 'created' (YYYY-MM-DD HH:MM:SS)\n"
            "bad.csv:4:41: 'much' is no energy in kWh for 'kwhTotal'\n"
            "bad.csv:5:43: no value for 'stationId'\n"
            "bad.csv:6:21: the session ends before it starts\n"
            "bad.csv:7:1: '2024-02-30 02:00:00' is no time for 'created' (YYYY-MM-DD HH:MM:SS)\n"
            "bad.csv:7:43: no value for 'stationId'\n"
            "bad.csv:7:41: '-1' is no energy in kWh for 'kwhTotal'");
}

TEST(SessionCsv, CountsColumnsInCharactersAsAnEditorDoes) {
  const auto table = parse_sessions(
      "\xEF\xBB\xBFstationId,created,ended,kwhTotal\r\n"
      "\"S\xC3\xBC\x64, 1\", 2024-01-01 00:00:00,2024-01-01 01:00:00,\"much\"\r\n",
      {}, "f");
  ASSERT_FALSE(table.has_value());
  ASSERT_EQ(table.error().mistakes.size(), 1U);
  const auto& mistake = table.error().mistakes[0];
  EXPECT_EQ(mistake.line, 2U);
  EXPECT_EQ(mistake.column, 51U);
  EXPECT_EQ(mistake.width, 6U) << "with its quotes";
  EXPECT_EQ(mistake.row.back(), '"') << "without the end of the line";
}

TEST(SessionCsv, NamesAMissingColumnAndThoseThatAreThere) {
  const auto table = parse_sessions("created,ended,kWh,stationId\n", {}, "f.csv");
  ASSERT_FALSE(table.has_value());
  EXPECT_EQ(table.error().text,
            "f.csv:1:1: no column 'kwhTotal'; there are: created, ended, kWh, stationId");
  EXPECT_EQ(table.error().mistakes.at(0).sought, "kwhTotal");
  EXPECT_EQ(parse_sessions("", {}, "f.csv").error().text, "f.csv:1:1: the file is empty");
  EXPECT_EQ(parse_sessions("created,ended,kwhTotal,stationId\n", {}, "f.csv").error().text,
            "f.csv:1:1: no session");
  EXPECT_FALSE(read_sessions("/nonexistent/f.csv", {}).has_value());
}

TEST(SessionCsv, LimitsTheErrorsItNames) {  // law 6
  std::string text = "created,ended,kwhTotal,stationId\n";
  for (int i = 0; i < 1'000; ++i) text += "x,y,z,A\n";
  const auto table = parse_sessions(text, {}, "f");
  ASSERT_FALSE(table.has_value());
  EXPECT_LT(table.error().text.size(), 4'000U);
  EXPECT_EQ(table.error().mistakes.size(), kErrorsNamed);
  EXPECT_EQ(table.error().unnamed, 3'000U - kErrorsNamed);
  EXPECT_NE(table.error().text.find("\n... and 2980 more"), std::string::npos);
}

TEST(SessionCsv, DelaysWhoComesBeforeTheOneBeforeHasLeftAndSaysSo) {
  const auto table = parse_sessions(
      "created,ended,kwhTotal,stationId\n"
      "2024-01-01 00:00:00,2024-01-01 02:00:00,1,A\n"
      "2024-01-01 01:00:00,2024-01-01 02:30:00,2,A\n"
      "2024-01-01 01:30:00,2024-01-01 01:45:00,3,A\n"
      "2024-01-01 01:30:00,2024-01-01 01:45:00,4,B\n",
      {}, "f.csv");
  ASSERT_TRUE(table.has_value());
  EXPECT_EQ(table->delayed, 2U);
  EXPECT_NE(table->note.find("2 of 4"), std::string::npos);
  ASSERT_EQ(table->sessions.size(), 4U);
  EXPECT_EQ(table->sessions[1].station, "B");
  EXPECT_EQ(table->sessions[2].start, SimTime{hours{2}});
  EXPECT_EQ(table->sessions[2].stay, minutes{90}) << "the stay is kept";
  EXPECT_EQ(table->sessions[3].start, SimTime{hours{3} + minutes{30}});
}

TEST(SessionCsv, ReadsTheWorkplaceSessionsToTheMillijoule) {
  const auto path = shared_dir() / "data" / "station_data_dataverse.csv";
  if (!std::filesystem::exists(path))
    GTEST_SKIP() << path << " is not here (set CHARGEMILL_SHARED)";
  const auto table = read_session_table(path, {});
  ASSERT_TRUE(table.has_value()) << table.error().text;
  EXPECT_EQ(table->sessions.size(), 3'395U);
  EXPECT_EQ(total_mj(table->sessions), 71'005'284'000'000);
  EXPECT_EQ(table->stations, 105U);
  EXPECT_EQ(format_stamp(table->first_unix_s).substr(0, 10), "2014-11-18");
  EXPECT_GE(table->delayed, 19U) << "those, and whom their delay pushes";
  EXPECT_LE(table->delayed, 30U);
}

TEST(CivilTime, GoesThereAndBack) {
  EXPECT_EQ(parse_stamp("2026-01-05 00:00:00"), kMonday);
  EXPECT_EQ(parse_stamp("1970-01-01 00:00"), 0);
  for (std::int64_t t = -5'000'000'000; t < 9'000'000'000; t += 86'399'999) {
    const std::string text = format_stamp(t);
    EXPECT_EQ(parse_stamp(text), t) << text;
  }
  for (const char* bad :
       {"", "2024", "2024-01-01", "2024-13-01 00:00", "2024-00-10 00:00", "2023-02-29 00:00",
        "2024-01-01 24:00", "2024-01-01 00:00:61", "2024-01-01 00:00:00x", "01/02/2024 00:00"}) {
    EXPECT_FALSE(parse_stamp(bad).has_value()) << bad;
  }
}

TEST(CsvRow, SplitsQuotesAndBlanks) {
  const auto texts = [](std::string_view line) {
    std::vector<std::string> texts_of_row;
    for (const auto& field : split_csv_row(line)) texts_of_row.push_back(field.text);
    return texts_of_row;
  };
  using Fields = std::vector<std::string>;
  EXPECT_EQ(texts("a, b ,\"c,d\",\"say \"\"hi\"\"\","),
            (Fields{"a", "b", "c,d", "say \"hi\"", ""}));
  EXPECT_EQ(texts(""), Fields{""});
}

TEST(CsvRow, SaysWhereEachFieldStandsWithItsQuotesAndWithoutBlanks) {
  const std::string_view line = "a, b ,\"c,d\" ,, \t,e";
  std::vector<std::string> cut;
  for (const auto& field : split_csv_row(line))
    cut.push_back(std::to_string(field.begin) + ' ' +
                  std::string{line.substr(field.begin, field.end - field.begin)});
  EXPECT_EQ(cut, (std::vector<std::string>{"0 a", "3 b", "6 \"c,d\"", "13 ", "14 ", "17 e"}));
}

TEST(GenerateSessions, MakesSessionsThatTheReaderTakesAsTheyAre) {
  const auto& profile = fleet::builtin_profile(fleet::ProfileName::public_);
  GenerateOptions options;
  const std::string csv = generate_sessions(profile, options);
  EXPECT_EQ(csv, generate_sessions(profile, options)) << "same seed, same text";
  options.seed = 43;
  EXPECT_NE(csv, generate_sessions(profile, options));
  const auto table = parse_sessions(csv, {}, "made.csv");
  ASSERT_TRUE(table.has_value()) << table.error().text;
  EXPECT_EQ(table->sessions.size(), 200U);
  EXPECT_EQ(table->stations, 10U);
  EXPECT_EQ(table->delayed, 0U);
}

TEST(GenerateSessions, TheShippedSampleIsWhatTheCommandMakes) {
  const auto path =
      std::filesystem::path(CHARGEMILL_SOURCE_DIR) / "config/scenarios/sessions-sample.csv";
  const auto shipped = read_session_table(path, {});
  ASSERT_TRUE(shipped.has_value()) << shipped.error().text;
  const auto made = parse_sessions(
      generate_sessions(fleet::builtin_profile(fleet::ProfileName::public_), {}), {}, "made.csv");
  ASSERT_TRUE(made.has_value());
  EXPECT_EQ(shipped->sessions.size(), made->sessions.size());
  EXPECT_EQ(total_mj(shipped->sessions), total_mj(made->sessions));
}

}  // namespace
}  // namespace chargemill::app
