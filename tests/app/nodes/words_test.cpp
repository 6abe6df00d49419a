// What those who run the nodes say to each other: words and their bytes.
#include "app/nodes/words.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>

namespace chargemill::app {
namespace {

TEST(Words, AreReadAsTheyWereSaid) {
  const std::string message = message_of(Word::copy, 7, "rest");
  const auto said = said_in(message);
  ASSERT_TRUE(said.has_value());
  EXPECT_EQ(said->word, Word::copy);
  EXPECT_EQ(said->number, 7U);
  EXPECT_EQ(said->rest, "rest");
  EXPECT_FALSE(said_in(std::string_view{message}.substr(0, 4)).has_value());
}

// Links end a process that says more than they carry.
TEST(Words, GoWithoutWhatNoMessageCarries) {
  constexpr std::size_t kBytes = kRestMax + 1;
  // Nobody reads it, so it takes no memory.
  void* const room = ::mmap(nullptr, kBytes, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(room, MAP_FAILED);
  const std::string message = message_of(Word::copy, 7, {static_cast<const char*>(room), kBytes});
  ::munmap(room, kBytes);
  const auto said = said_in(message);
  ASSERT_TRUE(said.has_value());
  EXPECT_EQ(said->number, 7U);
  EXPECT_TRUE(said->rest.empty());
}

TEST(PlainWords, AreReadAsTheyWereSaidAndAFlagIsOneOrNone) {
  const std::string bytes = bytes_of(Written{7, true});
  const auto back = plain_from<Written>(bytes);
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->appended, 7U);
  EXPECT_TRUE(back->is_on_disk);
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(plain_from<Written>(std::string_view{bytes}.substr(0, size)).has_value()) << size;
  EXPECT_FALSE(plain_from<Written>(bytes + '\0').has_value());
  std::string neither = bytes;
  neither.back() = '\x02';
  EXPECT_FALSE(plain_from<Written>(neither).has_value());
  // Of a run's beginning as it is said, and as it is noted.
  const Beginning how{{1'767'225'600, 4}, true, false};
  EXPECT_EQ(plain_from<Beginning>(bytes_of(how))->from.run, 4U);
  EXPECT_FALSE(plain_from<Begun>(bytes_of(how)).has_value());
  EXPECT_EQ(plain_from<Begun>(bytes_of(Begun{how, 9}))->records, 9U);
}

TEST(JournalAnswer, ThatIsCutSaysNothing) {
  const std::string bytes = to_bytes(JournalAnswer{LeftBehind{}, {}});
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(journal_answer_from(std::string_view{bytes}.substr(0, size)).has_value()) << size;
  EXPECT_TRUE(journal_answer_from(bytes).has_value());
}

}  // namespace
}  // namespace chargemill::app
