#include "tests/support/strand.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace chargemill::test {
namespace {

TEST(Strand, TakesTurnsWithWhoeverDrivesIt) {
  std::string said;
  std::unique_ptr<Strand> strand;
  strand = std::make_unique<Strand>([&] {
    said += 'a';
    strand->wait();
    said += 'b';
  });
  EXPECT_EQ(said, "");
  strand->go_on();
  EXPECT_EQ(said, "a");
  said += '-';
  strand->go_on();
  EXPECT_EQ(said, "a-b");
  EXPECT_TRUE(strand->is_over());
  strand->go_on();
  EXPECT_EQ(said, "a-b");
}

TEST(Strand, GivesBackWhatItHasWhenItIsEnded) {
  const auto thing = std::make_shared<int>(1);
  bool has_come_to_its_end = false;
  std::unique_ptr<Strand> strand;
  strand = std::make_unique<Strand>([&] {
    const auto mine = thing;
    strand->wait();
    has_come_to_its_end = true;
  });
  strand->go_on();
  EXPECT_EQ(thing.use_count(), 2);
  strand->end();
  EXPECT_TRUE(strand->is_over());
  EXPECT_EQ(thing.use_count(), 1);
  EXPECT_FALSE(has_come_to_its_end);
}

TEST(Strand, DoesNothingIfNobodyLetsIt) {
  bool has_run = false;
  {
    const Strand strand{[&] { has_run = true; }};
  }
  EXPECT_FALSE(has_run);
}

}  // namespace
}  // namespace chargemill::test
