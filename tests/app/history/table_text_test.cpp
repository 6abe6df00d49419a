// Rows as text, one after the other.
#include "app/history/table_text.hpp"

#include <gtest/gtest.h>

namespace chargemill::app {
namespace {

/// Two points, one of them without a driver.
Table two_points() {
  return {{"id", "cp_id", "driver_id"}, {{7, "CP-1", "Ana, \"A\""}, {12, "CP-2", nullptr}}};
}

TEST(TableText, IsAsEachFormatHasIt) {
  EXPECT_EQ(table_text(two_points(), "table"),
            "id  cp_id  driver_id\n"
            "7   CP-1   Ana, \"A\"\n"
            "12  CP-2   -\n");
  EXPECT_EQ(table_text(two_points(), "csv"),
            "id,cp_id,driver_id\n"
            "7,CP-1,\"Ana, \"\"A\"\"\"\n"
            "12,CP-2,\n");
  EXPECT_EQ(
      table_text(two_points(), "json"),
      "[\n"
      "  {\n    \"id\": 7,\n    \"cp_id\": \"CP-1\",\n    \"driver_id\": \"Ana, \\\"A\\\"\"\n  },\n"
      "  {\n    \"id\": 12,\n    \"cp_id\": \"CP-2\",\n    \"driver_id\": null\n  }\n"
      "]\n");
}

TEST(TableText, NoTextMovesTheCursorOfOneWhoReadsIt) {  // D-201
  const Table table{{"cp_id", "x"},
                    {{"A\x1b[2J\n\x7f\xc2\x9b"
                      "2J\xc2\xa0\xe2\x82\x9b",
                      1}}};
  EXPECT_EQ(table_text(table, "table"),
            "cp_id          x\n"
            "A [2J    2J\xc2\xa0\xe2\x82\x9b  1\n");
}

TEST(TableText, NoTextHidesOrTurnsWhatItSaysNorSpeaksInBareBytes) {
  const Table table{{"cp_id", "x"},
                    {{"A\x9b"
                      "2J\xe2\x80\xae"
                      "B\xe2\x80\x8b\xc3\xa9\xc3",
                      1}}};
  EXPECT_EQ(table_text(table, "table"),
            "cp_id          x\n"
            "A 2J   B   \xc3\xa9   1\n");
}

/// A name with ESC, DEL, a line's end, C1 as a character, a turn of direction, and an umlaut.
Table of_a_bold_name() {
  return {{"cp_id"},
          {{"A\x1b[2J\x7f\n\xc2\x9b"
            "B\xe2\x80\xae\xc3\xa4"}}};
}

TEST(TableText, NoNameIsObeyedByATerminalInWhateverFormat) {  // D-201
  EXPECT_EQ(table_text(of_a_bold_name(), "csv", Audience::terminal),
            "cp_id\nA [2J    B   \xc3\xa4\n");
  EXPECT_EQ(table_text(of_a_bold_name(), "json", Audience::terminal),
            "[\n  {\n    \"cp_id\": \"A\\u001b[2J\\u007f\\n\\u009bB\\u202e\xc3\xa4\"\n  }\n]\n");
  const auto read =
      nlohmann::ordered_json::parse(table_text(of_a_bold_name(), "json", Audience::terminal));
  EXPECT_EQ(read[0]["cp_id"], of_a_bold_name().rows[0][0]) << "and it means the same";
  for (const char* format : {"table", "csv", "json"}) {
    for (int byte = 0; byte < 0x100; ++byte) {
      const Table one{{"cp_id"}, {{"A" + std::string(1, static_cast<char>(byte)) + "B"}}};
      for (const char c : table_text(one, format, Audience::terminal))
        EXPECT_TRUE(c == '\n' || (c >= ' ' && c < '\x7f') || (c & 0x80) != 0) << format << byte;
    }
  }
}

// A soft hyphen, tags (of no room, and beyond four digits), an annotation.
TEST(TableText, NoNameHidesBetweenItsLetters) {
  const std::string name = "A\u00ADB\U000E0001C\U000E007FD\uFFF9E";
  const Table table{{"cp_id"}, {{name}}};
  EXPECT_EQ(table_text(table, "table"), "cp_id\nA  B    C    D   E\n");
  EXPECT_EQ(table_text(table, "csv", Audience::terminal), "cp_id\nA  B    C    D   E\n");
  const std::string json = table_text(table, "json", Audience::terminal);
  EXPECT_NE(json.find("\"A\\u00adB\\udb40\\udc01C\\udb40\\udc7fD\\ufff9E\""), std::string::npos)
      << json;
  EXPECT_EQ(nlohmann::ordered_json::parse(json)[0]["cp_id"], name) << "and it means the same";
  EXPECT_EQ(table_text(table, "csv"), "cp_id\n" + name + "\n") << "programs get it as it is";
}

TEST(TableText, ProgramsGetNamesAsTheyAre) {
  EXPECT_EQ(table_text(of_a_bold_name(), "csv"),
            "cp_id\n\"A\x1b[2J\x7f\n\xc2\x9b"
            "B\xe2\x80\xae\xc3\xa4\"\n");
  const auto read = nlohmann::ordered_json::parse(table_text(of_a_bold_name(), "json"));
  EXPECT_EQ(read[0]["cp_id"], of_a_bold_name().rows[0][0]);
}

TEST(TableText, OfNoRowsAreTheColumnsOrAnEmptyList) {  // D-165
  const Table none{{"id", "cp_id"}, {}};
  EXPECT_EQ(table_text(none, "table"), "id  cp_id\n");
  EXPECT_EQ(table_text(none, "csv"), "id,cp_id\n");
  EXPECT_EQ(table_text(none, "json"), "[]\n");
}

TEST(TableText, OfOneRowByItselfIsAnObject) {  // D-175
  const Table counts{{"fault_count"}, {{2}}, true};
  EXPECT_EQ(table_text(counts, "json"), "{\n  \"fault_count\": 2\n}\n");
  EXPECT_EQ(table_text(counts, "csv"), "fault_count\n2\n");
}

TEST(TableText, KeepsAFieldThatIsEmptyAtTheBeginning) {
  EXPECT_EQ(table_text({{"driver_id", "cp_id"}, {{nullptr, "CP-1"}}}, "csv"),
            "driver_id,cp_id\n,CP-1\n");
}

// Whoever joins chooses a name, and whoever is called opens the file in a spreadsheet.
TEST(TableText, OfANameThatIsAFormulaIsATextInCsvAndItselfElsewhere) {
  for (const char* const formula :
       {"=", "+", "-", "@", "\t", "\uFF1D", "\uFF0B", "\uFF0D", "\uFF20"}) {
    SCOPED_TRACE(formula);
    const std::string begin{formula};
    const Cells cells{begin + "1+1", -1.5};
    const Table named{{"cp_id", "kwh"}, {cells}};
    EXPECT_EQ(table_text(named, "csv"), "cp_id,kwh\n'" + begin + "1+1,-1.5\n");
    const std::string written = (begin == "\t" ? "\\t" : begin) + "1+1";
    EXPECT_NE(table_text(named, "json").find('"' + written + '"'), std::string::npos);
  }
  EXPECT_EQ(table_text({{"a", "b", "c"}, {{"=1,\"2\"", "\r\n=1", "\n"}}}, "csv"),
            "a,b,c\n\"'=1,\"\"2\"\"\",\"'\r\n=1\",\"'\n\"\n");
  EXPECT_EQ(table_text({{"a", "b", "c"}, {{"CP-1", "a=b", "1-2"}}}, "csv"),
            "a,b,c\nCP-1,a=b,1-2\n");
}

// Of ten million rows there is one at a time, and none when a pipe's reader has seen enough.
TEST(PrintRows, MakesARowWhenTheOneBeforeItIsPrintedAndStopsWhenNobodyReadsOn) {
  for (const char* const format : {"table", "csv", "json"}) {
    SCOPED_TRACE(format);
    const bool is_measured = std::string_view{format} == "table";  // once over, for its widths
    constexpr std::size_t kCount = 1'000;
    std::size_t made = 0;
    std::size_t pieces = 0;
    const RowSource rows{{"id"}, kCount, [&made](std::size_t i) {
                           ++made;
                           return Cells{i};
                         }};
    print_rows(rows, format, [&](std::string_view piece) {
      EXPECT_FALSE(piece.empty());
      // The first piece is above all rows.
      EXPECT_EQ(made, pieces + (is_measured ? kCount : 0));
      return ++pieces < 5;
    });
    EXPECT_EQ(pieces, 5U);
    EXPECT_EQ(made, 4U + (is_measured ? kCount : 0));
  }
}

}  // namespace
}  // namespace chargemill::app
