// Whom a central elsewhere lets in.
#include "app/elsewhere/admissions.hpp"

#include <gtest/gtest.h>

namespace chargemill::app {
namespace {

constexpr const char* kNoPlace = "NACK: no place is left";
constexpr const char* kNoToken = "NACK: a token is needed";

elsewhere::Said beat(std::uint32_t point) { return Heartbeat{PointId{point}}; }
elsewhere::Said registration(std::uint32_t point) {
  Register asked{};
  asked.point = PointId{point};
  return asked;
}
elsewhere::Said wish(std::uint32_t driver) {
  ChargeRequest request{};
  request.driver = DriverId{driver};
  return request;
}

TEST(Admissions, WhoHasHeardNothingIsOut) {
  const Admissions admissions{3, 3};
  EXPECT_EQ(admissions.kept_points().out, 3U);
  EXPECT_EQ(admissions.kept_points().of, 3U);
  EXPECT_EQ(admissions.kept_points().reason, "");
  EXPECT_EQ(admissions.kept_drivers().of, 0U) << "none has asked for anything";
}
TEST(Admissions, WhoWasTakenOnceIsInForGood) {
  Admissions admissions{2, 0};
  admissions.note(beat(0), false, kNoPlace);
  admissions.note(beat(0), true, "ACK: ok");
  admissions.note(beat(0), false, kNoToken);
  EXPECT_EQ(admissions.kept_points().out, 1U);
  EXPECT_EQ(admissions.kept_points().reason, "") << "the other one has heard nothing";
}
TEST(Admissions, OfEachKindTheCommonestReasonIsTold) {
  Admissions admissions{4, 4};
  admissions.note(beat(0), false, kNoToken);
  for (const std::uint32_t point : {0U, 1U, 2U}) {
    admissions.note(registration(point), false, kNoPlace);
    admissions.note(beat(point), false, kNoToken);  // as a stranger's
  }
  admissions.note(beat(3), false, kNoToken);
  admissions.note(wish(1), false, kNoToken);
  admissions.note(wish(2), true, "ACK: ok");
  EXPECT_EQ(admissions.kept_points().out, 4U);
  EXPECT_EQ(admissions.kept_points().reason, kNoPlace);
  EXPECT_EQ(admissions.kept_drivers().out, 1U);
  EXPECT_EQ(admissions.kept_drivers().of, 2U);
  EXPECT_EQ(admissions.kept_drivers().reason, kNoToken);
}
TEST(Admissions, ReasonsWithoutEndAreCountedAndNotKept) {
  Admissions admissions{1'000, 0};
  for (std::uint32_t point = 0; point < 1'000; ++point)
    admissions.note(beat(point), false, "NACK: " + std::to_string(point));
  EXPECT_EQ(admissions.kept_points().out, 1'000U);
  EXPECT_EQ(admissions.kept_points().reason,
            "NACK: " + std::to_string(Admissions::kReasonsMax - 1));
  admissions.note(beat(5'000), false, kNoPlace);  // nobody's
  EXPECT_EQ(admissions.kept_points().of, 1'000U);
}

}  // namespace
}  // namespace chargemill::app
