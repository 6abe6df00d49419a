#include "runtime/base/roles.hpp"

#include <gtest/gtest.h>

namespace chargemill {
namespace {

TEST(Roles, AnyMixComesBackFromItsText) {
  for (unsigned mix = 1; mix < 8; ++mix) {
    const Roles roles{(mix & 1U) != 0, (mix & 2U) != 0, (mix & 4U) != 0};
    EXPECT_EQ(roles_from(to_text(roles)), roles) << to_text(roles);
    EXPECT_EQ(roles_from(names_of(roles)), roles) << to_text(roles);
    EXPECT_EQ(roles.are_all(), mix == 7U);
  }
  EXPECT_EQ(to_text(Roles{}), "central,shards,drivers");
}
TEST(Roles, NoTextIsReadHalf) {
  for (const char* text : {"", ",", "central,", "central,,shards", "Central", "central, shards"})
    EXPECT_FALSE(roles_from(std::string_view{text}).has_value()) << text;
}
TEST(Roles, TheFirstThatNobodyHasIsMissing) {
  const Roles leads{true, false, false};
  const Roles bears{false, true, false};
  const Roles drives{false, false, true};
  EXPECT_EQ(missing_role({leads, bears, drives}), std::nullopt);
  EXPECT_EQ(missing_role({Roles{}}), std::nullopt);
  EXPECT_EQ(missing_role({bears}), Role::central);
  EXPECT_EQ(missing_role({leads, drives}), Role::shards);
  EXPECT_EQ(missing_role({leads, bears}), Role::drivers);
}

}  // namespace
}  // namespace chargemill
