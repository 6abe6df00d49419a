// What nodes say below their runners is read as it was said, and nothing beyond it.
#include "runtime/cluster/exchange_words.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "runtime/cluster/record_layout.hpp"

namespace chargemill::runtime {
namespace {

/// At its own place, so that a sanitizer sees a read beyond its end.
std::vector<std::byte> copied(std::string_view bytes) {
  const auto* const data = reinterpret_cast<const std::byte*>(bytes.data());
  return {data, data + bytes.size()};
}

std::string a_record(std::uint8_t kind, std::string_view content) {
  using At = RecordLayout;
  std::string text(At::kHeaderBytes, '\0');
  auto* const at = reinterpret_cast<std::byte*>(text.data());
  store_at(at + At::kKindAt, kind);
  store_at(at + At::kLengthAt, static_cast<std::uint8_t>(content.size()));
  store_at(at + At::kToAt, Entity{3});
  store_at(at + At::kFromAt, Entity{9});
  store_at(at + At::kTimeAt, std::int64_t{-5});
  return text.append(content);
}

std::string a_parcel(std::uint64_t stamp, std::string_view records) {
  using At = ParcelLayout;
  std::string text(At::kHeaderBytes, '\0');
  auto* const at = reinterpret_cast<std::byte*>(text.data());
  store_at(at + At::kStampAt, stamp);
  store_at(at + At::kBytesAt, static_cast<std::uint32_t>(records.size()));
  return text.append(records);
}

TEST(ExchangeWords, ParcelsAreTakenOneByOneAndCutAnywhereAreNone) {
  const std::string first = a_parcel(4, "abc");
  const std::string both = first + a_parcel(5, "");
  for (std::size_t size = 0; size <= both.size(); ++size) {
    const auto bytes = copied(std::string_view{both}.substr(0, size));
    ByteView rest{bytes.data(), bytes.size()};
    const auto one = take_parcel(rest);
    ASSERT_EQ(one.has_value(), size >= first.size()) << size;
    if (!one) {
      EXPECT_EQ(rest.size, size) << "nothing is taken";
      continue;
    }
    EXPECT_EQ(one->stamp, 4U);
    EXPECT_EQ(one->records.text(), "abc");
    EXPECT_EQ(one->whole.text(), first);
    EXPECT_EQ(take_parcel(rest).has_value(), size == both.size()) << size;
  }
}

TEST(ExchangeWords, RecordsAreTakenOneByOneAndCutAnywhereAreNone) {
  const std::string first = a_record(RecordLayout::kIsNext | 2U, "xy");
  for (std::size_t size = 0; size <= first.size(); ++size) {
    const auto bytes = copied(std::string_view{first}.substr(0, size));
    ByteView rest{bytes.data(), bytes.size()};
    const auto one = take_record(rest);
    ASSERT_EQ(one.has_value(), size == first.size()) << size;
    if (!one) continue;
    EXPECT_EQ(one->type, 2U);
    EXPECT_TRUE(one->is_next);
    EXPECT_EQ(one->to, 3U);
    EXPECT_EQ(one->from, 9U);
    EXPECT_EQ(one->time_ns, -5);
    EXPECT_EQ(one->content.text(), "xy");
    EXPECT_EQ(rest.size, 0U);
  }
}

TEST(ExchangeWords, MeetingsAndGreetingsAreReadAsTheyWereSaidAndNothingElseIs) {
  WindowProposal proposal{40, INT64_MAX};
  proposal.orders = 3;
  proposal.timers = false;
  proposal.stop = true;
  std::string meeting = meeting_text({12, proposal});
  const auto word = meeting_from(meeting);
  ASSERT_TRUE(word.has_value());
  EXPECT_EQ(word->round, 12U);
  EXPECT_EQ(word->proposal.earliest, 40);
  EXPECT_EQ(word->proposal.limit_ns, INT64_MAX);
  EXPECT_EQ(word->proposal.orders, 3U);
  EXPECT_FALSE(word->proposal.timers);
  EXPECT_TRUE(word->proposal.stop);
  EXPECT_FALSE(meeting_from(meeting + '\0').has_value());
  EXPECT_FALSE(meeting_from(std::string_view{meeting}.substr(1)).has_value());
  meeting.back() = 4;
  EXPECT_FALSE(meeting_from(meeting).has_value()) << "no flag of this version";
  const std::string text = greeting_text({Incarnation{99}, 7});
  const auto greeting = greeting_from(text);
  ASSERT_TRUE(greeting.has_value());
  EXPECT_EQ(greeting->run, Incarnation{99});
  EXPECT_EQ(greeting->need, 7U);
  EXPECT_FALSE(greeting_from(meeting).has_value());
  EXPECT_FALSE(greeting_from("").has_value());
  EXPECT_FALSE(greeting_from(text + 'x').has_value());
}

}  // namespace
}  // namespace chargemill::runtime
