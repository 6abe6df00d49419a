#include "runtime/cluster/held_mail.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace chargemill::runtime {
namespace {

struct Number {
  std::uint64_t value;
};
using Numbers = std::vector<std::pair<std::uint32_t, std::uint64_t>>;

/// A bag for another node with one number for each of `to`.
MailBag bag_for(const std::vector<std::uint32_t>& to, std::uint64_t first) {
  MailBag bag;
  for (const std::uint32_t entity : to) {
    const Number number{first++};
    // NOLINTNEXTLINE(performance-no-int-to-ptr): for another node it is no pointer
    auto* const receiver = reinterpret_cast<LeanActor*>(std::uintptr_t{entity});
    EXPECT_TRUE(bag.try_add(receiver, Packet<Number>::kKind, &number));
  }
  return bag;
}
/// Offers all in the bag; how often it was said that the limit is reached.
unsigned offer(HeldMail& held, const MailBag& bag) {
  unsigned said = 0;
  for (const MailBag::Item& item : bag) {
    if (held.holds(item.entity()) && held.keep(item)) ++said;
  }
  return said;
}
Numbers released(HeldMail& held, bool& was_full) {
  Numbers result;
  was_full = held.release([&](const MailBag::Item& item) {
    result.emplace_back(item.entity(), static_cast<const Number*>(item.letter.content())->value);
  });
  return result;
}

TEST(HeldMail, KeepsWhatIsForThoseOnTheirWayInTheOrderOfSending) {
  HeldMail held{1 << 20};
  EXPECT_FALSE(held.is_holding());
  held.hold({3, 5});
  ASSERT_TRUE(held.is_holding());
  EXPECT_FALSE(held.holds(4));
  EXPECT_FALSE(held.holds(1'000'000));
  EXPECT_EQ(offer(held, bag_for({3, 4, 5, 3}, 10)), 0U);
  EXPECT_EQ(offer(held, bag_for({5, 3}, 20)), 0U);
  EXPECT_EQ(held.bytes(), 5 * MailBag::bytes_of(sizeof(Number)));
  bool was_full = true;
  EXPECT_EQ(released(held, was_full), (Numbers{{3, 10}, {5, 12}, {3, 13}, {5, 20}, {3, 21}}));
  EXPECT_FALSE(was_full);
  EXPECT_FALSE(held.is_holding());
  EXPECT_EQ(held.bytes(), 0U);
  held.hold({4});
  EXPECT_FALSE(held.holds(3)) << "what was released is held no more";
}

TEST(HeldMail, SaysOnceThatItsLimitIsReachedAndLosesNothing) {
  constexpr std::size_t kLimit = 10'000;
  HeldMail held{kLimit};
  held.hold({1});
  unsigned said = 0;
  for (std::uint64_t i = 0; i < 1'000; ++i) {
    const unsigned now = offer(held, bag_for({1}, i));
    if (now > 0) {
      EXPECT_GE(held.bytes(), kLimit);
    }
    said += now;
  }
  EXPECT_EQ(said, 1U);
  bool was_full = false;
  const Numbers all = released(held, was_full);
  EXPECT_TRUE(was_full);
  ASSERT_EQ(all.size(), 1'000U);
  for (std::uint64_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i].second, i);
  held.hold({1});
  EXPECT_EQ(offer(held, bag_for({1}, 0)), 0U) << "there is room again";
}

}  // namespace
}  // namespace chargemill::runtime
