#include "app/compare/compare.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "app/compare/digests.hpp"
#include "app/compare/first_difference.hpp"
#include "app/compare/run_set.hpp"

namespace chargemill::app {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// A run whose decisions took `ms` at the 99th percentile, at `rate` messages a second.
json run_with(double ms, double rate = 1'000) {
  json s;
  s["run"] = {{"scenario", "x"},   {"speed", 60.0},        {"workers", 2},     {"sim_s", 60.0},
              {"seed", 1},         {"wall_s", 1.0},        {"partial", false}, {"invalid", false},
              {"digest", nullptr}, {"invalid_reason", ""}, {"version", "1.0"}};
  s["latency_ms"]["request_decision"] = {
      {"count", 100}, {"p50", ms / 2}, {"p99", ms}, {"p999", ms * 2}};
  s["latency_ms"]["session_start"] = {{"count", 0}, {"p99", 0.0}};
  s["messages"] = {{"per_s", rate}};
  return s;
}
std::vector<json> runs(std::size_t count, double ms, double rate = 1'000) {
  std::vector<json> result;
  for (std::size_t i = 0; i < count; ++i) {
    const double wobble = 1.0 + 0.001 * static_cast<double>(i);
    result.push_back(run_with(ms * wobble, rate * wobble));
  }
  return result;
}
const FigureComparison& figure(const Comparison& c, const std::string& name) {
  for (const auto& f : c.figures) {
    if (f.name == name) return f;
  }
  throw std::runtime_error("no figure " + name);
}

TEST(Compare, CallsAShiftOfNineRunsFasterOrSlower) {
  const auto better = compare(runs(9, 10), runs(9, 5));
  EXPECT_EQ(verdict_text(figure(better, "request_decision:p99")), "faster");
  EXPECT_EQ(verdict_text(figure(better, "messages.per_s")), "no difference");
  const auto worse = compare(runs(9, 5, 2'000), runs(9, 10, 1'000));
  EXPECT_EQ(verdict_text(figure(worse, "request_decision:p99")), "slower");
  EXPECT_EQ(verdict_text(figure(worse, "messages.per_s")), "slower");  // fewer a second
}

TEST(Compare, CallsNothingADifferenceWithFewerRuns) {
  const auto c = compare(runs(8, 10), runs(9, 5));
  EXPECT_EQ(verdict_text(figure(compare(runs(9, 10), runs(8, 5)), "request_decision:p99")),
            "too few runs to tell");
  EXPECT_EQ(verdict_text(figure(c, "request_decision:p99")), "too few runs to tell");
  EXPECT_NE(comparison_text(c).find("--repeat 9"), std::string::npos);
}

TEST(Compare, LeavesOutWhatNobodyMeasured) {
  const auto c = compare(runs(1, 10), runs(1, 5));
  for (const auto& f : c.figures) EXPECT_NE(f.name, "session_start:p99");
}

TEST(Compare, LeavesOutLatenciesOfTwoClocks) {
  auto base = runs(9, 10);
  auto fresh = runs(9, 5);
  for (auto& run : base) run["latency_ms"]["clock"] = "wall";
  for (auto& run : fresh) run["latency_ms"]["clock"] = "model";
  const auto c = compare(base, fresh);
  EXPECT_EQ(c.warnings.back(), "latencies are left out: they are in wall time and in model time");
  for (const auto& f : c.figures) EXPECT_EQ(f.unit == "ms", false) << f.name;
  EXPECT_EQ(verdict_text(figure(c, "messages.per_s")), "no difference");
  for (auto& run : fresh) run["latency_ms"]["clock"] = "wall";
  EXPECT_TRUE(compare(base, fresh).warnings.empty());
  fresh[3]["latency_ms"]["clock"] = "model";
  EXPECT_EQ(compare(base, fresh).warnings.back(),
            "latencies are left out: they are in wall time and in model and wall time");
  EXPECT_EQ(compare(fresh, fresh).warnings.size(), 1U) << "a mixture is no sample";
}

TEST(Compare, WarnsWhenTheRunsAreNotOfOneKind) {
  auto fresh = runs(1, 10);
  fresh[0]["run"]["workers"] = 1;
  fresh[0]["run"]["partial"] = true;
  fresh[0]["run"]["version"] = "9.9";
  const auto c = compare(runs(1, 10), fresh);
  ASSERT_EQ(c.warnings.size(), 3U);
  EXPECT_EQ(c.warnings[0], "version differs: \"1.0\" and \"9.9\"");
  EXPECT_EQ(c.warnings[1], "workers differs: 2 and 1");
  EXPECT_EQ(c.warnings[2], "1 of 1 new runs stopped before the end");
}

TEST(Compare, WarnsOnceASideHoweverManyRunsAreInvalid) {
  auto base = runs(9, 10);
  for (auto& s : base) {
    s["run"]["invalid"] = true;
    s["run"]["invalid_reason"] = "late";
  }
  const auto c = compare(base, runs(9, 10));
  ASSERT_EQ(c.warnings.size(), 1U);
  EXPECT_EQ(c.warnings[0], "9 of 9 base runs invalid: late");
}

// What is faster one way round is slower the other way, and as likely.
TEST(Compare, TurnsAroundWhenTheSidesAreSwapped) {
  const auto turned = [](const std::string& verdict) {
    return verdict == "faster" ? "slower" : verdict == "slower" ? "faster" : verdict;
  };
  const auto a = runs(9, 10, 1'000);
  const auto b = runs(10, 5, 900);
  const auto there = compare(a, b);
  const auto back = compare(b, a);
  ASSERT_EQ(there.figures.size(), back.figures.size());
  EXPECT_EQ(verdict_text(figure(there, "messages.per_s")), "slower");
  for (std::size_t i = 0; i < there.figures.size(); ++i) {
    EXPECT_EQ(turned(verdict_text(there.figures[i])), verdict_text(back.figures[i]));
    EXPECT_NEAR(there.figures[i].p, back.figures[i].p, 1e-12);
    EXPECT_DOUBLE_EQ(there.figures[i].base, back.figures[i].fresh);
  }
}

TEST(Compare, SaysTheSameInJson) {
  const auto j = comparison_json(compare(runs(9, 10), runs(9, 5)));
  EXPECT_EQ(j["figures"][1]["name"], "request_decision:p99");
  EXPECT_EQ(j["figures"][1]["verdict"], "faster");
  EXPECT_NEAR(j["figures"][1]["ratio"].get<double>(), 0.5, 1e-9);
}

/// A directory of its own, gone at the end.
class Scratch {
 public:
  Scratch() : path(fs::temp_directory_path() / ("cm-compare-" + std::to_string(getpid()))) {
    fs::create_directories(path);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() { fs::remove_all(path); }
  void write(const fs::path& name, const std::string& content) const {
    fs::create_directories((path / name).parent_path());
    std::ofstream(path / name, std::ios::binary) << content;
  }
  const fs::path path;
};

TEST(RunSet, ReadsOneRunOrThoseOfRepeatInOrder) {
  const Scratch scratch;
  scratch.write("one/summary.json", run_with(1).dump());
  for (int i = 1; i <= 11; ++i)
    scratch.write("many/r" + std::to_string(i) + "/summary.json", run_with(i).dump());
  EXPECT_EQ(summaries_in(scratch.path / "one")->size(), 1U);
  const auto many = summaries_in(scratch.path / "many");
  ASSERT_EQ(many->size(), 11U);
  EXPECT_DOUBLE_EQ((*many)[10]["latency_ms"]["request_decision"]["p99"].get<double>(), 11.0);
}

TEST(RunSet, NamesWhatItCannotRead) {
  const Scratch scratch;
  scratch.write("broken/summary.json", "{\"run\":");
  scratch.write("empty/notes.txt", "");
  for (const char* name : {"broken", "empty", "missing"}) {
    const auto result = summaries_in(scratch.path / name);
    ASSERT_FALSE(result) << name;
    EXPECT_NE(result.error().text.find(name), std::string::npos);
  }
}

FinishedRun with_digest(const char* name, const json& digest, int seed = 1) {
  json s = run_with(1);
  s["run"]["digest"] = digest;
  s["run"]["seed"] = seed;
  return {name, s};
}

TEST(Digests, EveryRunIsHeldAgainstTheFirst) {  // law 4
  const std::vector<FinishedRun> runs{with_digest("r1", "aa"), with_digest("r2", "aa"),
                                      with_digest("r3", "bb"), with_digest("r4", "aa")};
  const auto verdict = judge_digests(runs);
  EXPECT_EQ(verdict.equal, std::optional{false});
  EXPECT_TRUE(verdict.same_work);
  EXPECT_EQ(verdict.a->directory, "r1");
  EXPECT_EQ(verdict.b->directory, "r3");
}

TEST(Digests, ADifferenceThatHadToBeDoesNotHideOneThatShouldNot) {  // law 4
  const std::vector<FinishedRun> runs{with_digest("r1", "aa"), with_digest("other seed", "cc", 2),
                                      with_digest("r3", "bb")};
  const auto verdict = judge_digests(runs);
  EXPECT_EQ(verdict.equal, std::optional{false});
  EXPECT_TRUE(verdict.same_work);
  EXPECT_EQ(verdict.b->directory, "r3");
  const auto expected = judge_digests({runs[0], runs[1]});
  EXPECT_EQ(expected.equal, std::optional{false});
  EXPECT_FALSE(expected.same_work);
}

TEST(Digests, RunsOnTheWallHaveNone) {
  EXPECT_FALSE(judge_digests({with_digest("a", nullptr), with_digest("b", nullptr)}).equal);
  EXPECT_FALSE(judge_digests({with_digest("a", nullptr), with_digest("b", "aa")}).equal);
  EXPECT_EQ(
      judge_digests({with_digest("a", "aa"), with_digest("b", nullptr), with_digest("c", "aa")})
          .equal,
      std::optional{true});
}

std::string row_of(const std::vector<std::uint64_t>& words) {
  return {reinterpret_cast<const char*>(words.data()), words.size() * sizeof(std::uint64_t)};
}

TEST(FirstDifference, NamesTheLookAndTheEntity) {
  const Scratch scratch;
  const std::string names = "CP-000001\nCP-000002\nshard 0\n";
  for (const char* side : {"a", "b"}) scratch.write(fs::path{side} / "entities.txt", names);
  scratch.write("a/digests.csv", "sim_ns,digest\n100,aa\n200,bb\n300,cc\n");
  scratch.write("b/digests.csv", "sim_ns,digest\n100,aa\n200,xx\n300,yy\n");
  scratch.write("a/digests.bin", row_of({1, 2, 3}) + row_of({4, 5, 6}) + row_of({7, 8, 9}));
  scratch.write("b/digests.bin", row_of({1, 2, 3}) + row_of({4, 9, 6}) + row_of({0, 0, 0}));
  const auto found = first_difference(scratch.path / "a", scratch.path / "b");
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->sim_ns, 200);
  EXPECT_EQ((*found)->entity, "CP-000002");
  EXPECT_FALSE(*first_difference(scratch.path / "a", scratch.path / "a"));
}

TEST(FirstDifference, SaysWhyItCannotTell) {
  const Scratch scratch;
  scratch.write("a/digests.csv", "sim_ns,digest\n100,aa\n");
  scratch.write("b/digests.csv", "sim_ns,digest\n150,bb\n");
  EXPECT_NE(first_difference(scratch.path / "a", scratch.path / "b").error().text.find("times"),
            std::string::npos);
  EXPECT_NE(first_difference(scratch.path / "a", scratch.path / "c").error().text.find("--digest"),
            std::string::npos);
}

}  // namespace
}  // namespace chargemill::app
