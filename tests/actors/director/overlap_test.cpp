// However many harms overlap, each ends what it began, and nobody outside fills the memory with
// them.
#include <gtest/gtest.h>

#include "actors/director/director.hpp"

namespace chargemill::director {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

SimTime at(int s) { return SimTime{seconds{s}}; }

/// What one charge point has been told.
struct Told {
  int cuts = 0, heals = 0, presses = 0, releases = 0;

  void hear(const Effects& effects) {
    for (const Effect& effect : effects) {
      const auto* const to = std::get_if<ToPoint>(&effect);
      if (to == nullptr) continue;
      cuts += std::holds_alternative<LinkDown>(to->message) ? 1 : 0;
      heals += std::holds_alternative<LinkUp>(to->message) ? 1 : 0;
      presses += std::holds_alternative<KoKey>(to->message) ? 1 : 0;
      releases += std::holds_alternative<OkKey>(to->message) ? 1 : 0;
    }
  }
};

void run(State& state, Told& told, SimTime end) {
  while (due(state) != kNever && due(state) <= end) told.hear(step(state, Tick{}, due(state)));
}
State one_point(Told& told) {
  State state = make_state({}, {{PointId{7}, ZoneId{0}}}, {}, {});
  told.hear(step(state, PowerOn{}, SimTime{}));
  run(state, told, at(1));
  return state;
}

TEST(Overlap, MoreCutsThanSixteenBitsCountHealWithTheLast) {
  Told told;
  State state = one_point(told);
  constexpr int kMany = 70'000;
  for (int i = 0; i < kMany; ++i) told.hear(step(state, CentralDown{}, at(2)));
  for (int i = 1; i < kMany; ++i) told.hear(step(state, CentralUp{}, at(3)));
  run(state, told, at(3));
  EXPECT_EQ(told.cuts, 1);
  EXPECT_EQ(told.heals, 0) << "one is left";
  told.hear(step(state, CentralUp{}, at(4)));
  run(state, told, at(4));
  EXPECT_EQ(told.heals, 1);
  EXPECT_EQ(state.points.front().cut, 0U);
}
TEST(Overlap, OfFaultsFromOutsideSoManyRunAtOnceAndNoMore) {
  Told told;
  State state = one_point(told);
  constexpr std::size_t kTooMany = 100;
  const Inject fault{FaultKind::engine_ko, PointId{7}, hours{1}};
  for (std::size_t i = 0; i < kEndingsMax + kTooMany; ++i) told.hear(step(state, fault, at(2)));
  EXPECT_EQ(state.endings.size(), kEndingsMax);
  EXPECT_EQ(state.totals.injected, kEndingsMax);
  EXPECT_EQ(state.totals.skipped, kTooMany);
  run(state, told, at(2) + hours{1});
  EXPECT_EQ(told.presses, 1);
  EXPECT_EQ(told.releases, 1);
  told.hear(step(state, fault, at(4'000)));
  EXPECT_EQ(told.presses, 2) << "there is room again";
}

}  // namespace
}  // namespace chargemill::director
