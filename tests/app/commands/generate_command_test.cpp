#include "app/commands/generate_command.hpp"

#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <sstream>

#include "app/sessions/session_csv.hpp"

namespace chargemill::app {
namespace {

SessionRequest parse(std::vector<std::string> args) {
  CLI::App app;
  SessionRequest request;
  add_session_options(app, request);
  std::reverse(args.begin(), args.end());  // as CLI11 takes a vector
  app.parse(args);
  return request;
}
std::string text_of(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

TEST(GenerateCommand, MakesTheShippedSampleWithoutAnyOption) {
  const auto made = std::filesystem::path{testing::TempDir()} / "made-sessions.csv";
  ASSERT_EQ(generate_sessions_command(parse({"--out", made.string()})), 0);
  EXPECT_EQ(text_of(made), text_of(std::filesystem::path{CHARGEMILL_SOURCE_DIR} /
                                   "config/scenarios/sessions-sample.csv"));
  std::filesystem::remove(made);
}
TEST(GenerateCommand, FitsTheCountIntoAboutTheDays) {
  for (const auto& [count, days] : {std::pair{"1000", "7"}, {"50", "50"}, {"3000", "1"}}) {
    const auto options = generate_options(parse({"--count", count, "--days", days}));
    EXPECT_EQ(options.count, std::stoul(count));
    EXPECT_LE(options.sessions_per_cp_per_day, 2.0);
    EXPECT_NEAR(options.sessions_per_cp_per_day * options.points * std::stod(days),
                std::stod(count), 1e-6);
    const auto csv =
        generate_sessions(fleet::builtin_profile(fleet::ProfileName::public_), options);
    const auto table = parse_sessions(csv, {}, "made.csv");
    ASSERT_TRUE(table) << table.error().text;
    ASSERT_EQ(table->sessions.size(), options.count);
    const double took = std::chrono::duration<double, std::ratio<86'400>>(
                            table->sessions.back().start.time_since_epoch())
                            .count();
    EXPECT_LT(took, 1.5 * std::stod(days) + 1.0) << count << " in " << days;
  }
}
TEST(GenerateCommand, RefusesWhatMakesNoSense) {
  EXPECT_THROW((void)parse({"--profile", "airport"}), CLI::ValidationError);
  EXPECT_THROW((void)parse({"--count", "0"}), CLI::ValidationError);
  EXPECT_THROW((void)parse({"--days", "0"}), CLI::ValidationError);
}
TEST(GenerateCommand, SaysWhenItCannotWrite) {
  EXPECT_EQ(generate_sessions_command(parse({"--out", "/proc/at/all.csv"})), 4);
}
TEST(GenerateCommand, WritesOverNothingThatSomebodyEditedUnlessForced) {
  const auto folder = std::filesystem::path{testing::TempDir()} / "made-files";
  std::filesystem::remove_all(folder);
  const std::vector<observability::GeneratedFile> files{{"a.txt", "a"}, {"below/b.txt", "b"}};
  const auto generate = [&](bool force) {
    testing::internal::CaptureStderr();
    const int code = generate_files_command(files, {folder, force});
    return std::pair{code, testing::internal::GetCapturedStderr()};
  };
  const auto wrote = "wrote " + (folder / "a.txt").string() + "\nwrote " +
                     (folder / "below/b.txt").string() + "\n";
  EXPECT_EQ(generate(false), (std::pair{0, wrote}));
  EXPECT_EQ(generate(false), (std::pair{0, wrote})) << "the same text is nobody's loss";
  std::filesystem::remove(folder / "a.txt");
  std::ofstream(folder / "below/b.txt") << "mine";
  const auto [code, said] = generate(false);
  EXPECT_EQ(code, 4);
  EXPECT_NE(said.find("below/b.txt is there and differs; --force"), std::string::npos) << said;
  EXPECT_EQ(text_of(folder / "below/b.txt"), "mine");
  EXPECT_FALSE(std::filesystem::exists(folder / "a.txt")) << "nothing is half done";
  EXPECT_EQ(generate(true), (std::pair{0, wrote}));
  EXPECT_EQ(text_of(folder / "below/b.txt"), "b");
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace chargemill::app
