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

}  // namespace
}  // namespace chargemill::app
