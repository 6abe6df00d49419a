#include "app/commands/compare_command.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "app/output/digest_log.hpp"

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

using network::EntityDigest;
using network::EntityKind;

/// Two charge points, a driver and a shard; `odd` is the one whose digest is another.
std::vector<EntityDigest> entities_with(int odd) {
  std::vector<EntityDigest> all{{EntityKind::point, 0, {1, 1}},
                                {EntityKind::point, 1, {2, 1}},
                                {EntityKind::driver, 0, {3, 1}},
                                {EntityKind::shard, 0, {4, 1}}};
  if (odd >= 0) all[static_cast<std::size_t>(odd)].digest.low += 100;
  return all;
}

/// Runs that were looked at every ten seconds, as `--digest-every 10s` does.
class CompareDigests : public CompareCommand {
 public:
  CompareDigests() {
    scenario_.network.charge_points = 2;
    scenario_.drivers.named.push_back({});
    scenario_.drivers.named[0].id = "driver-ana";
    scenario_.run.digest_every = std::chrono::seconds{10};
  }

 protected:
  /// Of the looks `odd` says which entity is another then, or -1.
  void looked_at(const std::string& run, const char* digest, const std::vector<int>& odd) {
    write(run, summary(digest).dump());
    const DigestLog log{folder() / run, scenario_};
    SimTime time{};
    for (const int entity : odd) log(time += std::chrono::seconds{10}, entities_with(entity));
  }

 private:
  network::Scenario scenario_;
};

TEST_F(CompareDigests, NamesTheFirstTimeAndEntityThatDiffer) {
  looked_at("a", "aa", {-1, -1, -1, -1});
  looked_at("b", "bb", {-1, 2, 0, 0});
  ASSERT_EQ(compare("a", "b", "text"), 99);
  EXPECT_NE(said().find("parted    at 20.000 s of model time, first driver-ana\n"),
            std::string::npos)
      << said();
  ASSERT_EQ(compare("a", "b"), 99);
  const json expected{{"sim_ns", 20'000'000'000}, {"entity", "driver-ana"}};
  EXPECT_EQ(json::parse(said())["parted"], expected);
  EXPECT_TRUE(json::parse(said())["parted_unknown"].is_null());
  looked_at("c", "cc", {-1, -1, -1, 1});
  ASSERT_EQ(compare("a", "c", "text"), 99);
  EXPECT_NE(said().find("at 40.000 s of model time, first CP-000002"), std::string::npos) << said();
}

TEST_F(CompareDigests, PartNowhereIfTheyAreEqual) {
  looked_at("a", "aa", {-1, -1});
  looked_at("b", "aa", {-1, -1});
  ASSERT_EQ(compare("a", "b", "text"), 0);
  EXPECT_EQ(said().find("parted"), std::string::npos) << said();
  ASSERT_EQ(compare("a", "b"), 0);
  EXPECT_TRUE(json::parse(said())["parted"].is_null());
  EXPECT_TRUE(json::parse(said())["parted_unknown"].is_null());
}

TEST_F(CompareDigests, PartAtATimeIfEntitiesAreNotKept) {
  looked_at("a", "aa", {-1});
  looked_at("b", "bb", {0});
  fs::remove(folder() / "a" / "entities.txt");
  ASSERT_EQ(compare("a", "b", "text"), 99);
  EXPECT_NE(said().find("parted    at 10.000 s of model time, first an entity whose digest was"),
            std::string::npos)
      << said();
  ASSERT_EQ(compare("a", "b"), 99);
  EXPECT_TRUE(json::parse(said())["parted"]["entity"].is_null());
}

TEST_F(CompareDigests, SayThatAFileEndsTooEarly) {  // a disk was full
  looked_at("a", "aa", {-1, -1});
  looked_at("b", "bb", {-1, 0});
  fs::resize_file(folder() / "b" / "digests.bin", 4 * sizeof(std::uint64_t) + 3);
  ASSERT_EQ(compare("a", "b"), 99);
  const auto text = json::parse(said())["parted_unknown"].get<std::string>();
  EXPECT_NE(text.find("at 20.000 s of model time; of whom, "), std::string::npos) << text;
  EXPECT_NE(text.find("b/digests.bin does not say: it ends before that look"), std::string::npos)
      << text;
}

TEST_F(CompareDigests, SayWhyTheyCannotTellWhereTheyPart) {
  looked_at("long", "aa", {-1, -1, -1});
  looked_at("short", "bb", {-1, -1});
  ASSERT_EQ(compare("long", "short", "text"), 99);
  EXPECT_NE(said().find("as long as both were looked at: one run 3 times, the other 2"),
            std::string::npos)
      << said();
  write("unseen", summary("cc").dump());
  for (const auto& [other, why] : {std::pair<const char*, const char*>{"short", "looked at"},
                                   {"unseen", "unseen has no digests: run it with"}}) {
    ASSERT_EQ(compare("long", other), 99);
    EXPECT_TRUE(json::parse(said())["parted"].is_null());
    const auto text = json::parse(said())["parted_unknown"].get<std::string>();
    EXPECT_NE(text.find(why), std::string::npos) << text;
  }
}

TEST_F(CompareDigests, AreKeptOneByOneOnlyWhileTheyFit) {
  write("large", summary("aa").dump());
  network::Scenario scenario;
  scenario.network.charge_points = 1;
  scenario.run.digest_every = Millis{1};
  scenario.run.duration = std::chrono::hours{24};
  const DigestLog log{folder() / "large", scenario};
  log(SimTime{}, std::vector<EntityDigest>(4));  // 2 GiB are three for each of 86,400,001 looks
  EXPECT_TRUE(fs::exists(folder() / "large" / "digests.csv"));
  EXPECT_FALSE(fs::exists(folder() / "large" / "digests.bin"));
  EXPECT_FALSE(fs::exists(folder() / "large" / "entities.txt"));
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
