#include "app/commands/find_max_command.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <fstream>

namespace chargemill::app {
namespace {

namespace fs = std::filesystem;

/// A scenario of its own, and what find-max says of it. In virtual time: no clock is waited for.
class FindMaxCommand : public testing::Test {
 public:
  FindMaxCommand()
      : folder_(fs::temp_directory_path() / ("cm-find-max-" + std::to_string(getpid()))) {
    fs::create_directories(folder_);
  }
  FindMaxCommand(const FindMaxCommand&) = delete;
  FindMaxCommand& operator=(const FindMaxCommand&) = delete;
  ~FindMaxCommand() override { fs::remove_all(folder_); }

 protected:
  void scenario(const std::string& more) const {
    std::ofstream(file()) << "[run]\nspeed = \"max\"\nworkers = 1\n"
                          << "[network]\ncharge_points = 10\n"
                          << "[drivers]\ncount = 10\n"
                          << more;
  }
  [[nodiscard]] fs::path file() const { return folder_ / "small.toml"; }
  [[nodiscard]] fs::path folder() const { return folder_; }

  static FindMaxOptions parse(std::vector<std::string> words, FindMaxOptions& options) {
    CLI::App app;
    add_find_max_options(app, options);
    std::reverse(words.begin(), words.end());  // as CLI11 takes a vector
    app.parse(words);
    return options;
  }
  int run(std::vector<std::string> words) {
    words.insert(words.begin(), file().string());
    FindMaxOptions options;
    parse(std::move(words), options);
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const int code = find_max_command(options);
    said_ = testing::internal::GetCapturedStdout();
    steps_ = testing::internal::GetCapturedStderr();
    return code;
  }
  [[nodiscard]] const std::string& said() const { return said_; }
  [[nodiscard]] const std::string& steps() const { return steps_; }

 private:
  fs::path folder_;
  std::string said_;
  std::string steps_;
};

constexpr const char* kAtMost23 = "[[thresholds]]\nexpr = \"charge_points.total <= 23\"\n";

TEST_F(FindMaxCommand, FindsTheLastWholeLoadThatPasses) {
  scenario(kAtMost23);
  EXPECT_EQ(run({"--precision", "0.001", "--duration", "2s"}), 0);
  EXPECT_EQ(said().substr(0, said().find('\n')), "charge points 23, 24 fails");
  EXPECT_NE(steps().find("network.charge_points"), std::string::npos) << steps();
}

TEST_F(FindMaxCommand, SaysHowToRunItAgainWithAllThatWasSet) {
  scenario(kAtMost23);
  EXPECT_EQ(run({"--seed", "7", "--charge-points", "5", "--set", "run.name=a b", "--max", "20"}),
            0);
  EXPECT_NE(said().find("again: chargemill run " + file().string() +
                        " --seed 7 --set 'run.name=a b' --duration 10s"
                        " --set network.charge_points=20 --set drivers.count=40"
                        " --no-journal --http off --tcp off\n"),
            std::string::npos)
      << said();
}

TEST_F(FindMaxCommand, KeepsEachStepAndNamesTheBestOnesScenario) {
  scenario(kAtMost23);
  const auto out = folder() / "steps";
  // 10, 20, 40, 30, 25, 23, 24
  EXPECT_EQ(run({"--precision", "0.001", "--duration", "2s", "--out", out.string()}), 0);
  EXPECT_NE(said().find("again: chargemill run " + (out / "s6/scenario.resolved.toml").string()),
            std::string::npos)
      << said();
  EXPECT_TRUE(fs::exists(out / "s7/summary.json"));
  EXPECT_FALSE(fs::exists(out / "s8"));
  EXPECT_EQ(run({"--duration", "2s", "--out", out.string()}), 4);  // they hold runs already
}

TEST_F(FindMaxCommand, IsExit99WhenNothingPassesAndSaysWhy) {
  scenario("[[thresholds]]\nexpr = \"charge_points.supplying > 100\"\n");
  EXPECT_EQ(run({"--duration", "2s", "--max", "10"}), 99);
  EXPECT_EQ(said(), "no load passes\n");
  EXPECT_NE(steps().find("charge_points.supplying > 100, but is 0"), std::string::npos) << steps();
}

TEST_F(FindMaxCommand, DoesNotHalveForEverWhatNoLoadCanMeet) {
  scenario("[[thresholds]]\nexpr = \"charge_points.supplying > 100\"\n");
  EXPECT_EQ(run({"--duration", "2s", "--from", "4096"}), 99);
  EXPECT_NE(steps().find("less does not help: charge_points.supplying > 100, but is 0 at every"),
            std::string::npos)
      << steps();
  EXPECT_EQ(steps().find(" 256 charge points"), std::string::npos) << steps();
}

constexpr const char* kLeastCount = "[[thresholds]]\nexpr = \"faults.raised > 100\"\n";

TEST_F(FindMaxCommand, LeavesOutWhatOnlyAWholeRunCanCount) {
  scenario(std::string{kAtMost23} + kLeastCount);
  EXPECT_EQ(run({"--precision", "0.001"}), 0);
  EXPECT_EQ(said().substr(0, said().find('\n')), "charge points 23, 24 fails");
  const std::string told = "left out, for a step is shorter than the scenario's run: faults.raised";
  EXPECT_NE(steps().find(told), std::string::npos) << steps();
  EXPECT_EQ(steps().find(told, steps().find(told) + 1), std::string::npos) << "once";
}

TEST_F(FindMaxCommand, HoldsAStepOfTheWholeRunToAllThresholds) {
  scenario(kLeastCount);
  EXPECT_EQ(run({"--duration", "60s", "--max", "10"}), 99);
  EXPECT_NE(steps().find("faults.raised > 100, but is 0"), std::string::npos) << steps();
}

TEST_F(FindMaxCommand, AStepIsTenSecondsAfterTheWarmUp) {
  scenario(kAtMost23);
  EXPECT_EQ(run({"--max", "20", "--set", "run.warmup=5s"}), 0);
  EXPECT_NE(steps().find("a step is 15s of model time"), std::string::npos) << steps();
  EXPECT_NE(said().find(" --duration 15s "), std::string::npos) << said();
}

TEST_F(FindMaxCommand, IsExit3ForALoadThatIsNotThere) {
  scenario("");
  EXPECT_EQ(run({"--what", "request_rate", "--duration", "2s"}), 3);
}

TEST_F(FindMaxCommand, FailsALoadThatWasNeverOffered) {
  scenario("sessions_per_cp_per_day = 10000\n");
  (void)run({"--what", "request_rate", "--from", "4", "--max", "4", "--set", "drivers.count=1",
             "--duration", "20s"});
  const auto first = steps().substr(steps().find("4 requests/s"));
  EXPECT_EQ(first.find("fails"), std::string{"4 requests/s  "}.size()) << steps();
  EXPECT_NE(first.find("trips were shed: no idle driver, raise drivers.count"), std::string::npos);
  EXPECT_EQ(said().rfind("requests/s 4", 0), std::string::npos) << said();
}

TEST_F(FindMaxCommand, PassesNoRateSoSmallThatNothingWasOffered) {
  scenario("sessions_per_cp_per_day = 1\n");
  EXPECT_EQ(run({"--what", "request_rate", "--max", "0.001"}), 99);
  EXPECT_EQ(said(), "no load passes\n");
  EXPECT_NE(steps().find("0 trips are too few to judge: a longer --duration"), std::string::npos);
}

TEST_F(FindMaxCommand, DrivesASteadyRateAndTellsTheMeasuredOne) {
  // At midnight the public profile has a small part of its mean rate: a step must not see that.
  scenario("sessions_per_cp_per_day = 10000\ninitial_supplying = 1.0\n");
  EXPECT_EQ(run({"--what", "request_rate", "--from", "40", "--max", "40", "--set",
                 "network.max_session=100ms", "--set", "drivers.count=400", "--duration", "20s"}),
            0);
  const auto at = said().find("requests/s 40 (measured: ");
  ASSERT_NE(at, std::string::npos) << said() << steps();
  EXPECT_NEAR(std::stod(said().substr(at + 25)), 40.0, 8.0) << "Poisson, some 680 of them";
  EXPECT_NE(said().find("with this in the scenario:\n[[stage]]\nafter = \"0s\"\n"
                        "target = \"request_rate\"\nvalue = 40\n"),
            std::string::npos)
      << said();
}

std::string stage(const std::string& after, const std::string& ramp, int value) {
  return "[[stage]]\nafter = \"" + after + "\"\nramp = \"" + ramp +
         "\"\ntarget = \"request_rate\"\nvalue = " + std::to_string(value) + "\n";
}

TEST_F(FindMaxCommand, TakesForTheLoadWhatItsStepReaches) {
  scenario("choose = \"any_in_zone\"\n" + stage("0s", "0s", 2) + stage("6m", "10s", 200));
  EXPECT_EQ(run({"--what", "request_rate", "--from", "8", "--max", "8", "--duration", "20s",
                 "--set", "drivers.count=400", "--set", "network.max_session=100ms"}),
            0);
  const auto at = said().find("requests/s 8 (measured: ");
  ASSERT_NE(at, std::string::npos) << said() << steps();
  EXPECT_NEAR(std::stod(said().substr(at + 24)), 8.0, 3.0) << "Poisson, some 160 of them";
  EXPECT_NE(steps().find("the stages reach 200 requests/s at 370s, and it ends at 20s: a "
                         "--duration above 370s"),
            std::string::npos)
      << steps();
}

TEST_F(FindMaxCommand, OfARampTheStepHasWhatIsReachedAtItsEnd) {
  scenario(stage("0s", "40s", 100));
  (void)run({"--what", "request_rate", "--duration", "10s"});
  EXPECT_NE(steps().find("          25 requests/s "), std::string::npos) << steps();
  EXPECT_NE(steps().find("the stages reach 100 requests/s at 40s"), std::string::npos) << steps();
}

TEST_F(FindMaxCommand, IsExit3ForAStepBeforeTheFirstStageAndNamesTheDuration) {
  scenario("sessions_per_cp_per_day = 1000\n" + stage("6m", "10s", 20));
  EXPECT_EQ(run({"--what", "request_rate", "--duration", "20s"}), 3);
  EXPECT_NE(steps().find("a --duration above 370s"), std::string::npos) << steps();
}

TEST_F(FindMaxCommand, SaysThatStagesNeedTheirScenarioKept) {
  scenario("[[stage]]\nafter = \"0s\"\ntarget = \"request_rate\"\nvalue = 1\n");
  EXPECT_EQ(run({"--what", "request_rate", "--duration", "1m", "--max", "2", "--set",
                 "network.max_session=1s", "--set", "drivers.count=99"}),
            0);
  EXPECT_NE(said().find("--out DIR"), std::string::npos) << said();
  EXPECT_NE(steps().find("the request rates of all stages"), std::string::npos) << steps();
  EXPECT_NE(steps().find("no thresholds"), std::string::npos) << steps();
}

}  // namespace
}  // namespace chargemill::app
