// Names that drivers outside give to their requests.
#include "actors/network/given_names.hpp"

#include <gtest/gtest.h>

#include <set>

#include "actors/archive/request_name.hpp"
#include "actors/driver/request_run.hpp"

namespace chargemill::network {
namespace {

constexpr DriverId kAna{1};
constexpr DriverId kBen{2};
constexpr std::uint32_t kThirdRun = 2U << driver::kRequestBits;

TEST(GivenNames, GiveEachRequestANumberOfItsOwnThatSaysItHasAName) {
  GivenNames names{kThirdRun};
  std::set<RequestId> all;
  for (int i = 0; i < 100; ++i) {
    for (const DriverId who : {kAna, kBen}) {
      const RequestId request = names.give(who, "r");
      EXPECT_TRUE(archive::is_named(request));
      EXPECT_EQ(driver::run_of(request), 2U);
      EXPECT_TRUE(all.insert(request).second);
    }
  }
}

TEST(GivenNames, KeepTheLatestOfEachDriverAndForgetWhatWasNotLetIn) {  // law 6
  GivenNames names{kThirdRun};
  const RequestId first = names.give(kAna, "first");
  const RequestId of_ben = names.give(kBen, "first");
  EXPECT_EQ(names.name_of(first), "first");
  for (int i = 0; i < 100; ++i) names.forget(names.give(kAna, "denied"));
  EXPECT_EQ(names.name_of(first), "first");
  for (std::size_t i = 0; i < archive::kNamedRemembered; ++i)
    (void)names.give(kAna, std::to_string(i));
  EXPECT_EQ(names.name_of(first), "");
  EXPECT_EQ(names.name_of(of_ben), "first");
}

TEST(GivenNames, MeanTheLatestRequestThatIsCalledSo) {  // a program that counts from 1 again
  GivenNames names{kThirdRun};
  const RequestId first = names.give(kAna, "r1");
  const RequestId second = names.give(kAna, "r1");
  EXPECT_EQ(names.name_of(first), "");
  EXPECT_EQ(names.name_of(second), "r1");
}

TEST(GivenNames, ComeBackFromAJournalForThoseWhoHaveTheirSeatsStill) {  // D-054, D-084
  auto image = archive::make_image(2, 1);
  const auto told = [&](std::uint64_t request, DriverId who, const char* name,
                        SessionStatus status) {
    archive::RequestNamed named{};
    named.asked = SimTime{std::chrono::seconds{request}};
    named.request = RequestId{request};
    named.driver = who;
    named.point = PointId{1};
    named.status = status;
    archive::fold(image, named, {name, ""});
  };
  told(1, kAna, "over", SessionStatus::completed);
  told(2, kAna, "open", SessionStatus::active);
  told(3, kAna, "begun by nobody", SessionStatus::active);
  told(4, kBen, "of a newcomer", SessionStatus::completed);
  told(0, kAna, "over", SessionStatus::failed);  // before the other that was called so
  image.points[1].request = RequestId{2};
  GivenNames names{kThirdRun};
  names.take_back(image, 2);
  const auto left = names.left_to(kAna);
  ASSERT_EQ(left.size(), 2U);
  EXPECT_EQ(left[0].name, "over");
  EXPECT_TRUE(left[0].is_over);
  EXPECT_EQ(left[1].name, "open");
  EXPECT_FALSE(left[1].is_over);
  EXPECT_EQ(left[1].point, PointId{1});
  EXPECT_TRUE(names.left_to(kBen).empty());
}

}  // namespace
}  // namespace chargemill::network
