// Request files of drivers, and other files that a scenario names.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "app/scenario/key_table.hpp"
#include "app/scenario/load.hpp"

namespace chargemill::app {
namespace {

using namespace std::chrono_literals;

/// A folder of its own for each test, gone afterwards.
class RequestFiles : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/chargemill_load_XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path write(const std::string& name, const std::string& text) {
    std::ofstream{folder_ / name} << text;
    return folder_ / name;
  }
  tl::expected<Loaded, std::vector<Diagnostic>> load_here(const std::string& text,
                                                          const LoadInput& input = {}) {
    return load_scenario_text(text, "test.toml", folder_, input);
  }

  std::filesystem::path folder_;
};

TEST_F(RequestFiles, HaveOneIdALineTrimmedWithoutBlanksAndComments) {  // D-122
  write("a.txt", "\xEF\xBB\xBF# services\r\n  CP-001 \r\n\n\t#CP-009\nCP-002\nCP-001");
  const auto loaded = load_here("[[driver]]\nid = \"a\"\nrequests = \"a.txt\"\npause = \"5s\"\n");
  ASSERT_TRUE(loaded) << render(loaded.error());
  const auto& driver = loaded->scenario.drivers.named.at(0);
  EXPECT_EQ(driver.requests, (std::vector<std::string>{"CP-001", "CP-002", "CP-001"}));
  EXPECT_EQ(driver.pause, std::optional<Nanos>{5s});
}

TEST_F(RequestFiles, WithoutOneTheDefaultListIsWorkedThrough) {  // D-122
  const auto loaded = load_here("[[driver]]\nid = \"a\"\n");
  EXPECT_EQ(loaded->scenario.drivers.named.at(0).requests,
            (std::vector<std::string>{"CP-001", "CP-002", "CP-001"}));
}

TEST_F(RequestFiles, ThatHoldNoIdsAreErrors) {  // D-122
  write("empty.txt", "# nothing\n\n");
  const auto loaded = load_here("[[driver]]\nid = \"a\"\nrequests = \"empty.txt\"\n");
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error()[0].code, Code::requests);
  EXPECT_EQ(loaded.error()[0].place.line, 3U);
}

TEST_F(RequestFiles, FromTheCommandLineMakeADriverEach) {
  LoadInput input;
  const auto list = "['" + write("alice.txt", "CP-001\n").string() + "', '" +
                    write("bob.txt", "CP-002\n").string() + "', '" +
                    write("alice.text", "CP-003\n").string() + "']";
  input.overrides = {{"drivers.requests", list, "--requests"}};
  const auto loaded = load_here("[[driver]]\nid = \"bob\"\n", input);
  ASSERT_TRUE(loaded);
  std::vector<std::string> ids;
  for (const auto& driver : loaded->scenario.drivers.named) ids.push_back(driver.id);
  EXPECT_EQ(ids, (std::vector<std::string>{"bob", "alice", "bob-2", "alice-2"}));
}

TEST_F(RequestFiles, AreAKeyAndAVariableLikeAnyOther) {
  write("a.txt", "CP-001\n");
  EXPECT_EQ(load_here("[drivers]\nrequests = [\"a.txt\"]\n")->scenario.drivers.named.size(), 1U);
  EXPECT_EQ(load_here("[drivers]\nrequests = \"a.txt\"\n")->scenario.drivers.named.size(), 1U);
  LoadInput input;
  input.env["CHARGEMILL_DRIVERS_REQUESTS"] = write("b.txt", "CP-002\n").string();
  const auto loaded = load_here("[drivers]\nrequests = \"a.txt\"\n", input);
  ASSERT_TRUE(loaded) << render(loaded.error());
  ASSERT_EQ(loaded->scenario.drivers.named.size(), 1U);
  EXPECT_EQ(loaded->scenario.drivers.named[0].id, "b");
  EXPECT_EQ(loaded->inputs.size(), 1U) << "only what was read";
}

TEST_F(RequestFiles, ThatNameAStrangerAreWarnedOf) {
  const auto loaded = load_here(
      "[[charge_point]]\nid = \"CP-001\"\n[[driver]]\nid = \"a\"\nrequests = [\"CP-01\"]\n");
  ASSERT_TRUE(loaded);
  ASSERT_EQ(loaded->warnings.size(), 1U);
  EXPECT_EQ(loaded->warnings[0].text, "driver 'a' asks for 'CP-01' that is not there: denied");
}

TEST_F(RequestFiles, AProfileOfOnesOwnIsRead) {
  const auto loaded =
      load_here("[drivers]\nprofile = \"file\"\nprofile_file = \"" CHARGEMILL_SOURCE_DIR
                "/config/profiles/home.toml\"\n");
  ASSERT_TRUE(loaded) << render(loaded.error());
  ASSERT_TRUE(loaded->scenario.drivers.custom_profile);
  EXPECT_EQ(loaded->scenario.drivers.custom_profile->weekday_share,
            fleet::builtin_profile(fleet::ProfileName::home).weekday_share);
}

}  // namespace
}  // namespace chargemill::app
