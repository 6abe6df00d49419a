#include "runtime/cluster/meeting_log.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/support/folder.hpp"

namespace chargemill::runtime {
namespace {

constexpr MeetingLogHead kHead{7, Incarnation{99}, 2, 4};

std::vector<std::byte> bytes_from(std::string_view text) {
  const ByteView view = bytes_of(text);
  return {view.data, view.data + view.size};
}

LoggedMeeting meeting(std::uint64_t round) {
  const auto number = static_cast<std::int64_t>(round);
  return {round, 10 + number, 1'000 + round, {20 + number, 30 + number, 40 + round, true, false}};
}

class MeetingLogs : public testing::Test {
 protected:
  /// A log of `meetings`, a word before each.
  void write(std::uint64_t meetings) {
    auto log = MeetingLog::begin(path(), kHead);
    ASSERT_TRUE(log.has_value()) << log.error().text;
    for (std::uint64_t round = 1; round <= meetings; ++round) {
      ASSERT_TRUE((*log)->write("word " + std::to_string(round)).has_value());
      const MeetingLog::Mail mail{bytes_from("from 0"), {}, {}, bytes_from("from three")};
      ASSERT_TRUE((*log)->write(meeting(round), mail).has_value());
    }
  }
  [[nodiscard]] std::string path() const { return folder_.path() + "/deep/node-2.log"; }
  [[nodiscard]] std::string content() const {
    std::ifstream file(path(), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  /// How many entries can be read of `bytes`.
  static std::size_t entries_of(std::string_view bytes) {
    MeetingLogReader reader{bytes_of(bytes)};
    std::size_t entries = 0;
    while (reader.next()) ++entries;
    return entries;
  }

 private:
  test::Folder folder_;
};

TEST_F(MeetingLogs, ShowWhatWasWrittenInItsOrder) {
  write(3);
  const MappedLog file{path()};
  MeetingLogReader reader{file.bytes()};
  ASSERT_TRUE(reader.head().has_value());
  EXPECT_EQ(reader.head()->plan, 7U);
  EXPECT_EQ(reader.head()->run, Incarnation{99});
  EXPECT_EQ(reader.head()->node, 2U);
  EXPECT_EQ(reader.head()->nodes, 4U);
  for (std::uint64_t round = 1; round <= 3; ++round) {
    const auto word = reader.next();
    ASSERT_TRUE(word.has_value());
    EXPECT_FALSE(word->meeting.has_value());
    EXPECT_EQ(word->rest.text(), "word " + std::to_string(round));
    auto entry = reader.next();
    ASSERT_TRUE(entry.has_value() && entry->meeting.has_value());
    const LoggedMeeting expected = meeting(round);
    EXPECT_EQ(entry->meeting->round, round);
    EXPECT_EQ(entry->meeting->proposed, expected.proposed);
    EXPECT_EQ(entry->meeting->mail_sum, expected.mail_sum);
    EXPECT_EQ(entry->meeting->grant.earliest, expected.grant.earliest);
    EXPECT_EQ(entry->meeting->grant.limit_ns, expected.grant.limit_ns);
    EXPECT_EQ(entry->meeting->grant.orders, expected.grant.orders);
    EXPECT_TRUE(entry->meeting->grant.timers);
    EXPECT_FALSE(entry->meeting->grant.stop);
    const auto first = MeetingLogReader::take_mail(entry->rest);
    const auto second = MeetingLogReader::take_mail(entry->rest);
    ASSERT_TRUE(first && second);
    EXPECT_EQ(first->node, 0U);
    EXPECT_EQ(first->parcels.text(), "from 0");
    EXPECT_EQ(second->node, 3U);
    EXPECT_EQ(second->parcels.text(), "from three");
    EXPECT_FALSE(MeetingLogReader::take_mail(entry->rest).has_value());
  }
  EXPECT_FALSE(reader.next().has_value());
  EXPECT_EQ(reader.offset(), content().size());
}

TEST_F(MeetingLogs, EndBeforeARecordThatIsNotWhole) {
  write(3);
  const std::string whole = content();
  std::size_t last = 0;
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const std::size_t entries = entries_of(std::string_view{whole}.substr(0, size));
    EXPECT_GE(entries, last) << size;
    last = entries;
  }
  EXPECT_EQ(last, 6U);
  EXPECT_EQ(entries_of(std::string_view{whole}.substr(0, whole.size() - 1)), 5U);
}

TEST_F(MeetingLogs, ShowNothingThatIsDamagedNorWhatFollowsIt) {
  write(2);
  const std::string whole = content();
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 4);
    EXPECT_LT(entries_of(damaged), 4U) << at;
  }
}

TEST_F(MeetingLogs, GoOnBehindWhatIsSound) {
  write(2);
  const auto sound = content().size();
  std::ofstream(path(), std::ios::binary | std::ios::app) << "torn";
  {
    auto log = MeetingLog::go_on(path(), sound);
    ASSERT_TRUE(log.has_value());
    ASSERT_TRUE((*log)->write("later").has_value());
  }
  EXPECT_EQ(entries_of(content()), 5U);
}

TEST_F(MeetingLogs, AreGoneWhenNobodyNeedsThem) {
  write(1);
  auto log = MeetingLog::go_on(path(), content().size());
  ASSERT_TRUE(log.has_value());
  (*log)->remove();
  EXPECT_FALSE(std::filesystem::exists(path()));
}

// The bytes of FORMAT.md.
TEST_F(MeetingLogs, AreWrittenAsFormatMdSays) {
  {
    auto log = MeetingLog::begin(path(), kHead);
    ASSERT_TRUE(log.has_value());
    ASSERT_TRUE((*log)->write("hi").has_value());
  }
  const std::string bytes = content();
  ASSERT_EQ(bytes.size(), 28U + 11U);
  EXPECT_EQ(bytes.substr(0, 24),
            std::string("CMLG\x01\0\x02\0\x04\0\0\0\x07\0\0\0\0\0\0\0\x63\0\0\0", 24));
  EXPECT_EQ(bytes.substr(28, 4), std::string("\x03\0\0\0", 4));
  EXPECT_EQ(bytes.substr(36), "\x02hi");
}

}  // namespace
}  // namespace chargemill::runtime
