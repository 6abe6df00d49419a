#include "runtime/engine/window_calendar.hpp"

#include <gtest/gtest.h>

#include <map>

#include "runtime/base/random_stream.hpp"

namespace chargemill::runtime {
namespace {

using Window = WindowCalendar::Window;

Arrival numbered(Entity n) { return Arrival{0, n, 0, {}}; }

TEST(WindowCalendar, IsEmptyAtFirst) {
  WindowCalendar calendar;
  EXPECT_EQ(calendar.first(), WindowCalendar::kNone);
  std::vector<Arrival> taken;
  calendar.take(7, taken);
  EXPECT_TRUE(taken.empty());
  EXPECT_EQ(calendar.size(), 0U);
}

TEST(WindowCalendar, FindsTheFirstWindowNearFarAndBeyond) {
  for (const Window window : {Window{0}, Window{1}, Window{4'095}, Window{4'096}, Window{9'999},
                              Window{1} << 24, (Window{1} << 24) + 5, Window{1} << 40}) {
    WindowCalendar calendar;
    calendar.file(numbered(1), window);
    calendar.file(numbered(2), window + 1);
    EXPECT_EQ(calendar.first(), window);
    std::vector<Arrival> taken;
    calendar.take(window, taken);
    ASSERT_EQ(taken.size(), 1U) << window;
    EXPECT_EQ(taken[0].to, 1U);
    EXPECT_EQ(calendar.first(), window + 1);
  }
}

// A worker whose own next window is far learns of a nearer one from the others.
TEST(WindowCalendar, TakesNearerWindowsAfterFarOnesWereFound) {
  WindowCalendar calendar;
  calendar.file(numbered(1), Window{1} << 30);
  EXPECT_EQ(calendar.first(), Window{1} << 30);
  std::vector<Arrival> taken;
  calendar.take(5, taken);
  EXPECT_TRUE(taken.empty());
  calendar.file(numbered(2), 6);
  EXPECT_EQ(calendar.first(), 6);
}

// Against a plain map: the same content in the same order, whatever the distances.
TEST(WindowCalendar, AgreesWithAMapOfLists) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomStream random{seed, 0, Purpose::choice};
    WindowCalendar calendar;
    std::map<Window, std::vector<Entity>> model;
    Window now = 0;
    Entity next = 0;
    for (int step = 0; step < 3'000; ++step) {
      for (std::uint64_t i = random.below(4); i > 0; --i) {
        const auto reach = std::uint64_t{1} << random.below(31);
        const Window window = now + static_cast<Window>(random.below(reach));
        calendar.file(numbered(++next), window);
        model[window].push_back(next);
      }
      const Window first = model.empty() ? WindowCalendar::kNone : model.begin()->first;
      ASSERT_EQ(calendar.first(), first);
      if (first == WindowCalendar::kNone || random.below(3) == 0) continue;
      now = first;
      std::vector<Arrival> taken;
      calendar.take(now, taken);
      std::vector<Entity> got;
      got.reserve(taken.size());
      for (const Arrival& a : taken) got.push_back(a.to);
      ASSERT_EQ(got, model.begin()->second);
      model.erase(model.begin());
    }
    std::size_t left = 0;
    for (const auto& [window, list] : model) left += list.size();
    EXPECT_EQ(calendar.size(), left);
    std::size_t drained = 0;
    calendar.drain([&](const Arrival&) { ++drained; });
    EXPECT_EQ(drained, left);
    EXPECT_EQ(calendar.first(), WindowCalendar::kNone);
  }
}

}  // namespace
}  // namespace chargemill::runtime
