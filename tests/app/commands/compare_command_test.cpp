#include "app/commands/compare_command.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>

namespace chargemill::app {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

class CompareCommand : public testing::Test {
 public:
  CompareCommand()
      : folder_(fs::temp_directory_path() / ("cm-compare-c-" + std::to_string(getpid()))) {}
  CompareCommand(const CompareCommand&) = delete;
  CompareCommand& operator=(const CompareCommand&) = delete;
  ~CompareCommand() override { fs::remove_all(folder_); }

 protected:
  static json summary(const json& digest) {
    return {{"run",
             {{"scenario", "x"},
              {"partial", false},
              {"invalid", false},
              {"sim_s", 60.0},
              {"digest", digest}}},
            {"messages", {{"per_s", 1'000.0}}}};
  }
  void write(const std::string& run, const std::string& text) const {
    fs::create_directories(folder_ / run);
    std::ofstream(folder_ / run / "summary.json") << text;
  }
  int compare(const std::string& a, const std::string& b, const std::string& format = "json") {
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const int code = compare_command(folder_ / a, folder_ / b, format);
    said_ = testing::internal::GetCapturedStdout();
    complained_ = testing::internal::GetCapturedStderr();
    return code;
  }
  [[nodiscard]] const fs::path& folder() const { return folder_; }
  [[nodiscard]] const std::string& said() const { return said_; }
  [[nodiscard]] const std::string& complained() const { return complained_; }

 private:
  fs::path folder_;
  std::string said_;
  std::string complained_;
};

TEST_F(CompareCommand, ComparesDigestsOnlyWhereBothHaveOne) {
  write("wall", summary(nullptr).dump());
  write("one", summary("aa").dump());
  write("other", summary("bb").dump());
  ASSERT_EQ(compare("wall", "wall"), 0);
  EXPECT_TRUE(json::parse(said())["digest_equal"].is_null());
  ASSERT_EQ(compare("one", "one"), 0);
  EXPECT_EQ(json::parse(said())["digest_equal"], true);
  ASSERT_EQ(compare("one", "other"), 99);
  EXPECT_EQ(json::parse(said())["digest_equal"], false);
  ASSERT_EQ(compare("one", "wall", "text"), 0);
  EXPECT_EQ(said().find("digest"), std::string::npos);
}

TEST_F(CompareCommand, FindsNoFaultInDigestsThatHadToDiffer) {
  const auto with = [](const char* digest, const char* key, const json& value) {
    auto s = summary(digest);
    s["run"][key] = value;
    return s.dump();
  };
  write("base", with("aa", "seed", 1));
  for (const auto& [key, value] : {std::pair<const char*, json>{"seed", 2},
                                   {"scenario", "y"},
                                   {"sim_s", 30.0},
                                   {"partial", true}}) {
    write("other", with("bb", key, value));
    EXPECT_EQ(compare("base", "other"), 0) << key;
    EXPECT_EQ(json::parse(said())["digest_equal"], false);
    EXPECT_EQ(json::parse(said())["same_work"], false);
    EXPECT_EQ(compare("base", "other", "text"), 0);
    EXPECT_NE(said().find("digest    different, as they must be"), std::string::npos) << said();
  }
  write("other", with("bb", "seed", 1));
  EXPECT_EQ(compare("base", "other"), 99);
}

TEST_F(CompareCommand, KnowsAScenarioByAllThatHasAnEffect) {
  const auto resolved = [&](const char* run, const std::string& text) {
    write(run, summary(std::string{run} == "base" ? "aa" : "bb").dump());
    std::ofstream(folder() / run / "scenario.resolved.toml") << text;
  };
  resolved("base", "[run]\nseed = 1\nworkers = 1\n\n[journal]\nkeep = \"1h\"\n");
  resolved("other", "[run]\nseed = 1\nworkers = 8\n\n[journal]\nkeep = \"2h\"\n");
  EXPECT_EQ(compare("base", "other"), 99) << "workers and journal have no effect on a digest";
  resolved("other", "[run]\nseed = 1\nworkers = 1\n\n[network]\ncharge_points = 9\n");
  EXPECT_EQ(compare("base", "other"), 0) << "another network of the same name";
}

TEST_F(CompareCommand, NamesAFileThatIsNoSummary) {
  write("good", summary(nullptr).dump());
  int i = 0;
  for (const char* text : {"", "{", "[]", "7", "{}", R"({"run": 1})", R"({"run": {"partial": 1}})",
                           R"({"run": {"partial": false, "invalid": false}})",
                           R"({"run": {"partial": false, "invalid": false, "sim_s": "x"}})"}) {
    const auto name = "bad" + std::to_string(i++);
    write(name, text);
    EXPECT_EQ(compare(name, "good"), 4) << text;
    EXPECT_NE(complained().find(name), std::string::npos) << text;
    EXPECT_EQ(compare("good", name), 4) << text;
    EXPECT_EQ(said(), "") << text;
  }
}

TEST_F(CompareCommand, DoesNotPassOverARunOfRepeatThatWasKilled) {
  write("good", summary(nullptr).dump());
  for (const char* run : {"many/r1", "many/r3", "many/r10"}) write(run, summary(nullptr).dump());
  ASSERT_EQ(compare("good", "many"), 0);
  EXPECT_EQ(json::parse(said())["new_runs"], 3);
  fs::create_directories(folder() / "many/r2");
  EXPECT_EQ(compare("good", "many"), 4);
  EXPECT_NE(complained().find("r2"), std::string::npos) << complained();
}

}  // namespace
}  // namespace chargemill::app
