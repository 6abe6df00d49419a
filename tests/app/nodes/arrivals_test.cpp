// What is said when a node joins: each word comes through unchanged, and cut anywhere it is none.
#include "app/nodes/arrivals.hpp"

#include <gtest/gtest.h>

namespace chargemill::app {
namespace {

using runtime::agreement::Owner;
using runtime::agreement::Revision;

Arrival an_arrival() {
  return {21,
          3,
          Owner{"delta", Revision{40}},
          {"tcp://10.0.0.4:1", "tcp://10.0.0.4:2", "a key"},
          {false, true, true}};
}
TakeOver an_order() {
  TakeOver order{Whereabouts::at_first({0, 1, 2, 0})};
  order.token = 21;
  order.epoch = 22;
  order.lost = 0b010;
  order.go_on_at(1, 2, Half::both);
  return order;
}

template <class Read>
auto read_whole(const std::string& bytes, Read read) {
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(read(std::string_view{bytes}.substr(0, size)).has_value()) << size;
  EXPECT_FALSE(read(bytes + 'x').has_value());
  auto result = read(bytes);
  EXPECT_TRUE(result.has_value());
  return result;
}

TEST(Arrivals, AreReadAsTheyWereSaidAndNothingElseIs) {
  const auto arrival = read_whole(to_bytes(an_arrival()),
                                  [](std::string_view bytes) { return arrival_from(bytes, 32); });
  ASSERT_TRUE(arrival.has_value());
  EXPECT_EQ(to_bytes(*arrival), to_bytes(an_arrival()));
  EXPECT_EQ(arrival->who, an_arrival().who);
  EXPECT_EQ(arrival->where.key, "a key");
  EXPECT_EQ(arrival->roles, an_arrival().roles);

  Invitation invitation;
  invitation.token = 21;
  invitation.beginning.is_continued = true;
  invitation.beginning.from.run = 6;
  invitation.roles = {{true, false, false}, {false, true, true}, {}};
  invitation.where = an_order();
  const auto invited = read_whole(
      to_bytes(invitation), [](std::string_view bytes) { return invitation_from(bytes, 32, 4); });
  ASSERT_TRUE(invited.has_value());
  EXPECT_EQ(invited->beginning.from.run, 6U);
  EXPECT_EQ(invited->roles, invitation.roles);
  EXPECT_EQ(invited->where.node_of(1), 2U);

  const Entry entry{SimTime{std::chrono::minutes{5}}, an_order()};
  const auto entered =
      read_whole(to_bytes(entry), [](std::string_view bytes) { return entry_from(bytes, 32, 4); });
  ASSERT_TRUE(entered.has_value());
  EXPECT_EQ(entered->now, SimTime{std::chrono::minutes{5}});
  EXPECT_EQ(entered->where.lost, 0b010U);
  EXPECT_EQ(entered->where.losses, (std::vector<std::uint32_t>{0, 1, 0, 0}));
}

TEST(Arrivals, WhatNobodyCouldBeIsRefused) {
  const auto is_read = [](const Arrival& arrival) {
    return arrival_from(to_bytes(arrival), 32).has_value();
  };
  auto wrong = an_arrival();
  wrong.node = 32;
  EXPECT_FALSE(is_read(wrong)) << "there are not so many places";
  wrong = an_arrival();
  wrong.who.name = "no name";
  EXPECT_FALSE(is_read(wrong));
  wrong = an_arrival();
  wrong.where = {};
  EXPECT_FALSE(is_read(wrong)) << "it is reached nowhere";
  Invitation invitation;
  invitation.where = an_order();
  invitation.roles = {{true, false, false}, {true, true, false}};
  EXPECT_FALSE(invitation_from(to_bytes(invitation), 32, 4).has_value()) << "nobody has drivers";
  EXPECT_FALSE(entry_from(to_bytes(Entry{{}, an_order()}), 2, 4).has_value()) << "no such node";
  EXPECT_FALSE(entry_from(to_bytes(Entry{{}, an_order()}), 32, 5).has_value()) << "nor shard";
}

}  // namespace
}  // namespace chargemill::app
