// What a driver answers when it is asked by hand (D-128), and how its list goes on.
#include <gtest/gtest.h>

#include "actors/driver/driver.hpp"

namespace chargemill::driver {
namespace {

using namespace std::chrono_literals;

constexpr DriverId kDriver{5};
constexpr PointId kPoint{1};
constexpr std::uint64_t kErrand = 77;

SimTime at(int s) { return SimTime{s * 1s}; }

AskByHand asked(PointId point = kPoint) {
  Trip trip{};
  trip.point = point;
  return {trip, kErrand};
}
template <class T>
const T* find(const Effects& said) {
  for (const auto& effect : said) {
    if (const auto* one = std::get_if<T>(&effect)) return one;
  }
  return nullptr;
}
HandVerdict verdict(const Effects& said) {
  const auto* answer = find<HandAnswer>(said);
  EXPECT_NE(answer, nullptr);
  EXPECT_TRUE(answer == nullptr || answer->errand == kErrand);
  return answer == nullptr ? HandVerdict::halted : answer->verdict;
}
DriverUpdate update(const State& state, UpdateStatus status) {
  DriverUpdate u{};
  u.driver = kDriver;
  u.request = current_request(state);
  u.point = kPoint;
  u.session = SessionId{1};
  u.status = status;
  return u;
}

struct Story {
  explicit Story(std::vector<PointId> lines = {}, Mode mode = Mode::list) {
    plan.lines = std::move(lines);
    state = make_state(kDriver, mode, plan);
    (void)step(state, PowerOn{}, at(0));
  }
  Plan plan;
  State state;
};

TEST(ByHand, ADriverWithoutAListAsksWhenItIsAskedTo) {  // D-128
  Story s;
  EXPECT_EQ(s.state.stage, Stage::finished);
  const auto said = step(s.state, asked(), at(1));
  EXPECT_EQ(verdict(said), HandVerdict::taken);
  ASSERT_NE(find<ChargeRequest>(said), nullptr);
  EXPECT_EQ(find<ChargeRequest>(said)->request, find<HandAnswer>(said)->request);
  EXPECT_TRUE(s.state.by_hand);
  EXPECT_EQ(verdict(step(s.state, asked(), at(2))), HandVerdict::busy);
  (void)step(s.state, update(s.state, UpdateStatus::accepted), at(2));
  const auto over = step(s.state, update(s.state, UpdateStatus::completed), at(9));
  EXPECT_EQ(find<Finished>(over), nullptr) << "it has no list to be through with";
  EXPECT_EQ(s.state.stage, Stage::finished);
  EXPECT_EQ(due(s.state), kNever);
  EXPECT_EQ(verdict(step(s.state, asked(), at(10))), HandVerdict::taken) << "and again";
}
TEST(ByHand, AListIsInterruptedOnlyInItsPauses) {  // D-123
  Story s{{kPoint, kPoint}};
  EXPECT_EQ(verdict(step(s.state, asked(), at(0))), HandVerdict::busy);
  (void)step(s.state, update(s.state, UpdateStatus::denied), at(1));
  EXPECT_EQ(s.state.stage, Stage::pausing);
  EXPECT_EQ(verdict(step(s.state, asked(), at(2))), HandVerdict::taken);
  (void)step(s.state, update(s.state, UpdateStatus::denied), at(3));
  EXPECT_EQ(s.state.stage, Stage::pausing);
  (void)step(s.state, Tick{}, at(7));
  EXPECT_EQ(s.state.stage, Stage::waiting) << "its second line";
  EXPECT_FALSE(s.state.by_hand);
}
TEST(ByHand, GivingUpTellsCentralAndWaitsForWhatItSays) {  // D-125
  Story s;
  EXPECT_EQ(verdict(step(s.state, CancelByHand{RequestId::none, kErrand}, at(0))),
            HandVerdict::not_open);
  (void)step(s.state, asked(), at(1));
  const RequestId request = current_request(s.state);
  EXPECT_EQ(verdict(step(s.state, CancelByHand{RequestId{99}, kErrand}, at(1))),
            HandVerdict::not_open);
  const auto said = step(s.state, CancelByHand{request, kErrand}, at(2));
  EXPECT_EQ(verdict(said), HandVerdict::taken);
  ASSERT_NE(find<CancelRequest>(said), nullptr);
  EXPECT_EQ(find<CancelRequest>(said)->point, kPoint);
  EXPECT_EQ(s.state.stage, Stage::waiting);
  (void)step(s.state, update(s.state, UpdateStatus::completed), at(3));
  EXPECT_EQ(s.state.totals.accepted, 1U);
  EXPECT_EQ(s.state.totals.timed_out, 0U);
  (void)step(s.state, asked(), at(4));
  (void)step(s.state, LinkDown{}, at(5));
  EXPECT_EQ(verdict(step(s.state, CancelByHand{RequestId::none, kErrand}, at(5))),
            HandVerdict::no_central);
}
TEST(ByHand, AnyPointOfAZoneIsGivenUpOnceItIsKnownWhich) {
  Story s;
  AskByHand anywhere = asked(kUnknownPoint);
  anywhere.trip.any_in_zone = true;
  EXPECT_NE(find<ZoneRequest>(step(s.state, anywhere, at(1))), nullptr);
  const CancelByHand all{RequestId::none, kErrand};
  EXPECT_EQ(verdict(step(s.state, all, at(1))), HandVerdict::undecided);
  (void)step(s.state, update(s.state, UpdateStatus::accepted), at(2));
  EXPECT_EQ(verdict(step(s.state, all, at(2))), HandVerdict::taken);
}
TEST(ByHand, WhoCannotSaysWhy) {
  Story fleet{{}, Mode::fleet};
  EXPECT_EQ(verdict(step(fleet.state, asked(), at(1))), HandVerdict::not_free);
  Story guest{{}, Mode::guest};
  EXPECT_EQ(verdict(step(guest.state, asked(), at(1))), HandVerdict::not_free);
  Story away;
  (void)step(away.state, Leave{}, at(1));
  EXPECT_EQ(verdict(step(away.state, asked(), at(1))), HandVerdict::away);
  Story halted;
  (void)step(halted.state, Halt{}, at(1));
  EXPECT_EQ(verdict(step(halted.state, asked(), at(1))), HandVerdict::halted);
}

}  // namespace
}  // namespace chargemill::driver
