// The completion script and the manual page follow the definition of a command line, whatever it
// is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>

#include "app/cli/completion.hpp"
#include "app/cli/manual.hpp"
#include "app/cli/option_values.hpp"
#include "app/cli/values.hpp"

namespace chargemill::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// A command line with one option of each kind.
struct Example {
  CLI::App cli{"does this and that"};
  std::string text;
  std::vector<std::string> texts;
  bool flag = false;

  Example() {
    auto* make = cli.add_subcommand("make", "makes something");
    make->add_option("--color", text, "of it")->type_name("auto|always|never");
    make->add_option("--speed", text, "how fast")->type_name("X|max");
    make->add_option("--format", text, "which")->check(one_of({"table", "json"}));
    make->add_option("--to", text, "where")->type_name("DIR");
    make->add_option("--set", text, "any key")->type_name("section.key=value");
    make->add_option("--listen", text, "at")->type_name("HOST:PORT");
    make->add_flag("-q,--quiet", flag, "say nothing");
    make->add_option("FILE", texts, "what from")->required();
    make->footer("Exit codes: 0; .5 never\n'quoted' \\ back");
    cli.footer("for all");
    auto* more = cli.add_subcommand("more", "more of it");
    more->add_subcommand("deep", "below");
  }
  [[nodiscard]] const CLI::Option& option(const std::string& name) const {
    return *cli.get_subcommand("make")->get_option(name);
  }
};

TEST(OptionValues, AreTheWordsThatTheDefinitionNames) {
  const Example e;
  EXPECT_THAT(words_of(e.option("--color")), ElementsAre("auto", "always", "never"));
  EXPECT_THAT(words_of(e.option("--speed")), ElementsAre("max")) << "X stands for a number";
  EXPECT_THAT(words_of(e.option("--format")), ElementsAre("table", "json"));
  for (const char* const any : {"--to", "--set", "--listen", "--quiet", "FILE"})
    EXPECT_THAT(words_of(e.option(any)), IsEmpty()) << any;
}

TEST(OptionValues, HaveANameUnlessTheOptionIsAFlag) {
  const Example e;
  EXPECT_EQ(value_name(e.option("--color")), "auto|always|never");
  EXPECT_EQ(value_name(e.option("--format")), "table|json");
  EXPECT_EQ(value_name(e.option("--listen")), "HOST:PORT");
  EXPECT_EQ(value_name(e.option("--quiet")), "");
  EXPECT_EQ(name_of(e.option("--quiet")), "--quiet");
  EXPECT_EQ(name_of(e.option("FILE")), "FILE");
}

TEST(Completion, KnowsEveryCommandOptionAndValue) {
  const Example e;
  const auto script = bash_completion(e.cli, {{"make/--set", {"run.seed", "run.speed"}}});
  for (const char* const line :
       {"'') words='make more help' ;;", "'more') words='deep' ;;",
        "'make/--color') kind='words' words='auto always never' ;;",
        "'make/--speed') kind='words' words='max' ;;",
        "'make/--format') kind='words' words='table json' ;;", "'make/--to') kind='directory' ;;",
        "'make/--set') kind='keys' words='run.seed run.speed' ;;", "'make/--listen') kind='any' ;;",
        "'make/--quiet') kind='flag' ;;", "'make/'[0-9]*) kind='file' ;;"})
    EXPECT_THAT(script, HasSubstr(line));
}

TEST(Manual, HasEveryCommandOptionAndFooter) {
  const Example e;
  const auto page = manual_page(e.cli, "1.2.3");
  EXPECT_THAT(page, HasSubstr(".TH CHARGEMILL 1 \"\" \"chargemill 1.2.3\"\n"));
  EXPECT_THAT(page, HasSubstr(".SS \"make\"\nmakes something."));
  EXPECT_THAT(page, HasSubstr(".SS \"more deep\"\n"));
  EXPECT_THAT(page, HasSubstr("\\fB\\-\\-color\\fR \\fIauto|always|never\\fR\nof it\n"));
  EXPECT_THAT(page, HasSubstr("\\fB\\-q\\fR, \\fB\\-\\-quiet\\fR\nsay nothing\n"));
  EXPECT_THAT(page, HasSubstr("\\fBchargemill make\\fR [\\fIOPTIONS\\fR] \\fIFILE\\fR...\n"));
}

TEST(Manual, SaysOnceWhatHoldsForAllCommands) {
  const Example e;
  const auto page = manual_page(e.cli, "1");
  const auto first = page.find("for all");
  ASSERT_NE(first, std::string::npos);
  EXPECT_EQ(page.find("for all", first + 1), std::string::npos) << "CLI11 hands it down";
}

TEST(Manual, LetsNoTextOfOursBeARequestOfRoff) {
  const Example e;
  const auto page = manual_page(e.cli, "1");
  EXPECT_THAT(page, HasSubstr("\n\\&\\(aqquoted\\(aq \\e back\n"));
  EXPECT_THAT(page, Not(HasSubstr("\n'")));
}

}  // namespace
}  // namespace chargemill::app
