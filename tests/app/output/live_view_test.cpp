#include "app/output/live_view.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <memory>

namespace chargemill::app {
namespace {

using namespace std::chrono_literals;

/// A view on a file, which has no columns.
class LiveViewTest : public testing::Test {
 protected:
  [[nodiscard]] network::Snapshot at(Nanos wall) const {
    network::Snapshot snapshot;
    snapshot.wall = wall;
    snapshot.sim = SimTime{wall * 10};
    return snapshot;
  }
  [[nodiscard]] std::string shown() const {
    std::fflush(file_.get());
    std::rewind(file_.get());
    std::string text;
    for (int c = std::fgetc(file_.get()); c != EOF; c = std::fgetc(file_.get()))
      text += static_cast<char>(c);
    return text;
  }
  [[nodiscard]] std::ptrdiff_t count(const std::string& part) const {
    const std::string text = shown();
    std::ptrdiff_t found = 0;
    for (auto i = text.find(part); i != std::string::npos; i = text.find(part, i + 1)) ++found;
    return found;
  }
  [[nodiscard]] std::FILE* file() const { return file_.get(); }
  LiveView view(ViewMode mode, Nanos duration = 100s) {
    return {mode, file_.get(), "demo", duration};
  }

 private:
  struct Close {
    void operator()(std::FILE* file) const noexcept { (void)std::fclose(file); }
  };
  std::unique_ptr<std::FILE, Close> file_{std::tmpfile()};
};

TEST_F(LiveViewTest, RedrawsTenTimesASecondAtMost) {
  auto block = view(ViewMode::block);
  for (int ms = 0; ms < 2'000; ++ms) block.show(at(ms * 1ms));
  EXPECT_LE(count("demo  ["), 22);
  EXPECT_GE(count("demo  ["), 18);
}
TEST_F(LiveViewTest, EndsWithTheLastState) {
  auto block = view(ViewMode::block);
  block.show(at(1s));
  block.end(at(10s));
  EXPECT_EQ(count("100 %"), 1) << shown();
}
TEST_F(LiveViewTest, SaysInTheBlockThatItIsStopping) {
  auto block = view(ViewMode::block);
  block.show(at(1s));
  EXPECT_EQ(count("Ctrl-C again"), 0);
  block.show(at(2s), SIGINT);
  EXPECT_EQ(count("  stopping (Ctrl-C again to abort)"), 1);
}
TEST_F(LiveViewTest, SpeaksOfNoKeyWhenNoneWasPressed) {
  auto block = view(ViewMode::block);
  block.end(at(1s), SIGTERM);
  EXPECT_EQ(count("  stopping on SIGTERM (a second signal aborts)"), 1) << shown();
  EXPECT_EQ(count("Ctrl-C"), 0);
}
TEST_F(LiveViewTest, SaysThatWorkersAreBusyAllTheTime) {
  auto block = view(ViewMode::block);
  auto snapshot = at(1s);
  snapshot.worker_busy = {0.99, 0.3};
  block.show(snapshot);
  EXPECT_EQ(count("  ! 1 of 2 workers are busy all the time"), 1) << shown();
  LiveView as_fast_as_it_goes{ViewMode::block, file(), "demo", 100s, true};
  as_fast_as_it_goes.show(snapshot);
  EXPECT_EQ(count("busy all the time"), 1) << shown();
}
TEST_F(LiveViewTest, TellsSpeedAndTheTimeThatIsLeft) {
  auto block = view(ViewMode::block);
  block.show(at(1s));
  block.show(at(2s));
  EXPECT_EQ(count("speed 10x  ETA 00:00:08"), 1) << shown();
}
TEST_F(LiveViewTest, TellsAGreatSpeedInDigits) {
  auto block = view(ViewMode::block, 10'000'000s);
  block.show(at(1s));
  auto later = at(2s);
  later.sim = at(1s).sim + 1'234'567s;
  block.show(later);
  EXPECT_EQ(count("speed 1234567x"), 1) << shown();
}
TEST_F(LiveViewTest, WritesALineASecondWithoutControlCodes) {
  auto lines = view(ViewMode::lines);
  for (int ms = 0; ms < 5'000; ms += 10) lines.show(at(ms * 1ms));
  EXPECT_EQ(count("\nsim=") + 1, 5);
  EXPECT_EQ(count("\x1b"), 0);
}
TEST_F(LiveViewTest, PrintsALineThatIsAskedForInAnyMode) {
  auto off = view(ViewMode::off);
  off.show(at(1s));
  off.print("Driver alice");
  EXPECT_EQ(shown(), "Driver alice\n");
}
TEST_F(LiveViewTest, AnswersWhoAsksForTheStatusInAnyMode) {
  auto off = view(ViewMode::off);
  off.show(at(1s));
  EXPECT_EQ(shown(), "");
  off.status(at(1s));
  EXPECT_EQ(count("sim=10.0s"), 1);
}

}  // namespace
}  // namespace chargemill::app
