// The worked example of FORMAT.md against the bytes of a real segment.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "tests/runtime/journal/batch.hpp"
#include "tests/runtime/journal/story.hpp"

namespace chargemill::runtime::journal {
namespace {

std::string hex_of(const MDB_val& value) {
  constexpr const char* kDigits = "0123456789abcdef";
  std::string result;
  for (std::size_t i = 0; i < value.mv_size; ++i) {
    const auto byte = static_cast<const unsigned char*>(value.mv_data)[i];
    result += {kDigits[byte >> 4U], kDigits[byte & 15U]};
  }
  return result;
}
/// Every entry of a table as "KEY=VALUE" in hexadecimal.
std::vector<std::string> entries_of(const Transaction& transaction, MDB_dbi table) {
  std::vector<std::string> result;
  const Cursor cursor = open_cursor(transaction, table);
  MDB_val key{};
  MDB_val value{};
  while (mdb_cursor_get(cursor.get(), &key, &value, MDB_NEXT) == 0)
    result.push_back(hex_of(key) + "=" + hex_of(value));
  return result;
}
/// The document without what stands between hexadecimal digits: blanks, and lines of legend.
std::string bytes_of_document() {
  std::ifstream file{CHARGEMILL_SOURCE_DIR "/runtime/journal/FORMAT.md"};
  std::string result;
  for (std::string line; std::getline(file, line);) {
    const auto at = line.find_first_not_of(' ');
    const bool is_entry = line.find(" = ") != std::string::npos;
    const bool goes_on = at != std::string::npos && at > 4 &&
                         line.find_first_not_of(" 0123456789abcdef") == std::string::npos;
    if (!is_entry && !goes_on) continue;
    line.erase(std::remove(line.begin(), line.end(), ' '), line.end());
    result += (goes_on ? "" : "\n") + line;
  }
  return result;
}

TEST(Format, ShowsTheBytesThatAreWritten) {
  const test::Folder folder;
  Record record;
  record.kind = RecordKind{3};
  record.time = Micros{1'000'000};
  record.keys = {PostingKey{0x0100000000000007U}};
  record.payload = "FAULT";
  test::Batch batch;
  batch.add(record);
  auto segment = SegmentWriter::create(folder.path(), {1, 0}, test::kSmallSegment);
  ASSERT_TRUE(segment && segment->write(batch.records) && segment->seal());
  const std::string document = bytes_of_document();

  const auto environment = Environment::open(segment->path(), Environment::Access::read);
  const auto transaction = Transaction::begin(**environment, MDB_RDONLY);
  const auto main = entries_of(*transaction, (*environment)->main());
  ASSERT_EQ(main.size(), 5U);
  EXPECT_NE(document.find("main" + main[0]), std::string::npos) << "head: " << main[0];
  EXPECT_NE(document.find("main" + main[3]), std::string::npos) << "seal: " << main[3];
  EXPECT_NE(document.find("main" + main[4]), std::string::npos) << "sofar: " << main[4];
  const auto records = entries_of(*transaction, (*environment)->records());
  ASSERT_EQ(records.size(), 1U);
  EXPECT_NE(document.find("records" + records[0]), std::string::npos) << records[0];
  const auto postings = entries_of(*transaction, (*environment)->postings());
  ASSERT_EQ(postings.size(), 1U);
  EXPECT_NE(document.find("postings" + postings[0]), std::string::npos) << postings[0];
}

}  // namespace
}  // namespace chargemill::runtime::journal
