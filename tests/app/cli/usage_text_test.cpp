// A command line that is none is answered in words of our own.
#include "app/cli/usage_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "app/cli/run_options.hpp"
#include "app/cli/values.hpp"
#include "app/commands/ctl_command.hpp"
#include "app/commands/find_max_command.hpp"
#include "app/commands/history_command.hpp"

namespace chargemill::app {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// What is said of these words; empty: they are taken.
std::string said_of(std::vector<std::string> words) {
  CLI::App cli;
  cli.require_subcommand(1);
  cli.set_version_flag("--version", "1");
  RunOptions run;
  RunOptions show;
  FindMaxOptions find;
  HistoryOptions history;
  CtlOptions ctl;
  add_run_options(*cli.add_subcommand("run", ""), run);
  auto* config = cli.add_subcommand("config", "");
  config->require_subcommand(1);
  add_run_options(*config->add_subcommand("show", ""), show);
  config->add_subcommand("schema", "");
  add_find_max_options(*cli.add_subcommand("find-max", ""), find);
  add_history_options(*cli.add_subcommand("history", ""), history);
  add_ctl_options(*cli.add_subcommand("ctl", ""), ctl);
  std::reverse(words.begin(), words.end());  // as CLI11 takes a vector
  try {
    cli.parse(words);
  } catch (const CLI::ParseError& error) {
    const auto text = usage_text(mistake_of(cli, error));
    EXPECT_LT(text.size(), 300U) << text;
    return text;
  }
  return {};
}

TEST(UsageText, AFlagThatIsGivenTwiceIsNamed) {
  EXPECT_EQ(said_of({"run", "--seed", "1", "--seed", "2"}),
            "chargemill: --seed is given more than once, and takes one value\n"
            "chargemill run --help says more\n");
  EXPECT_EQ(said_of({"run", "--requests", "a", "--requests", "b"}), "") << "this one repeats";
}
TEST(UsageText, AFlagWithoutItsValueIsNamed) {
  EXPECT_THAT(said_of({"run", "--seed"}), StartsWith("chargemill: --seed needs a value\n"));
  EXPECT_THAT(said_of({"ctl"}), StartsWith("chargemill: COMMAND is missing\n"));
  EXPECT_THAT(said_of({"find-max"}), StartsWith("chargemill: SCENARIO is missing\n"));
}
TEST(UsageText, WhatNobodyExpectedIsNamedWithWhatThereIs) {
  EXPECT_EQ(said_of({"run", "a.toml", "b.toml"}),
            "chargemill: 'b.toml' is too much: chargemill run [OPTIONS] [SCENARIO.toml]\n"
            "chargemill run --help says more\n");
  EXPECT_THAT(said_of({"run", "--sed", "3"}),
              StartsWith("chargemill: unknown option '--sed'; did you mean '--seed'?\n"));
  EXPECT_THAT(said_of({"run", "--sed=3"}), HasSubstr("did you mean '--seed'?"));
  EXPECT_THAT(said_of({"history", "faults", "more"}),
              HasSubstr("'more' is too much: chargemill history [OPTIONS] WHAT\n"));
}
TEST(UsageText, ADirectoryInAWrongPlaceNamesItsFlag) {
  EXPECT_EQ(said_of({"history", "sessions", "runs/x"}),
            "chargemill: 'runs/x' is too much: what is to be read is named with --data runs/x\n"
            "chargemill history --help says more\n");
  EXPECT_THAT(said_of({"history", "/"}), HasSubstr("WHAT: must be one of"));
  EXPECT_THAT(said_of({"run", "a.toml", "/"}), HasSubstr("'/' is too much"))
      << "its --data is written to";
}
TEST(UsageText, AMissingCommandNamesThoseThereAre) {
  EXPECT_THAT(said_of({}), StartsWith("chargemill: a command is missing, one of run, config, "));
  EXPECT_EQ(said_of({"config"}),
            "chargemill: a command is missing, one of show, schema\n"
            "chargemill config --help says more\n");
}
TEST(UsageText, AnUnknownOptionComesBeforeAMissingCommand) {
  EXPECT_EQ(said_of({"--versoin"}),
            "chargemill: unknown option '--versoin'; did you mean '--version'?\n"
            "chargemill --help says more\n");
  EXPECT_THAT(said_of({"-v"}),
              StartsWith("chargemill: unknown option '-v'; did you mean '--version'?\n"));
  EXPECT_THAT(said_of({"--sped"}), StartsWith("chargemill: unknown option '--sped'\n"));
  EXPECT_THAT(said_of({"--versoin", "run"}), HasSubstr("did you mean '--version'?"));
  EXPECT_THAT(said_of({"run", "-s", "3"}), StartsWith("chargemill: unknown option '-s'\n"))
      << "several begin so";
}
TEST(UsageText, AValueThatIsNoneNamesWhatItMayBe) {
  EXPECT_THAT(said_of({"find-max", "a.toml", "--max", "-1"}),
              StartsWith("chargemill: --max: must be a number above 0, at most 1e+09, not '-1'\n"));
  for (const char* wrong : {"0", "nan", "inf", "x", "", "1e300"})
    EXPECT_THAT(said_of({"find-max", "a.toml", "--from", wrong}), HasSubstr("--from: must be"));
  EXPECT_THAT(said_of({"find-max", "a.toml", "--precision", "7"}),
              HasSubstr("--precision: must be a number from 0.001 to 1, not '7'\n"));
  EXPECT_EQ(said_of({"find-max", "a.toml", "--max", "4e5", "--precision", "0.1"}), "");
  EXPECT_THAT(said_of({"history", "falts"}),
              HasSubstr("WHAT: must be one of faults, health, sessions, tickets, stats, not "
                        "'falts'; did you mean 'faults'?\n"));
  EXPECT_THAT(said_of({"history", "faults", "--limit", "-1"}),
              HasSubstr("--limit: must be a whole number from 0 to 1000000000000, not '-1'\n"));
  EXPECT_THAT(said_of({"ctl", "ping", "--timeout", "soon"}), HasSubstr("--timeout: must be"));
}
TEST(UsageText, AnEmptyDirectoryIsNotTheUsualOne) {
  EXPECT_EQ(said_of({"history", "sessions", "--data", ""}),
            "chargemill: --data: must not be empty\nchargemill history --help says more\n");
  EXPECT_THAT(said_of({"history", "sessions", "--data", "a", ""}),
              HasSubstr("--data: must not be"));
  EXPECT_THAT(said_of({"run", "--data", ""}), HasSubstr("--data: must not be empty\n"));
  EXPECT_THAT(said_of({"run", "--out", ""}), HasSubstr("--out: must not be empty\n"));
  EXPECT_EQ(said_of({"run", "--data", "a", "--out", "b"}), "");
  EXPECT_EQ(said_of({"history", "sessions", "--cp", ""}), "") << "of filters it means all (D-166)";
}
TEST(UsageText, AFlagThatNeedsAnotherSaysWhich) {
  EXPECT_THAT(said_of({"ctl", "ping", "--ca-file", "x"}),
              StartsWith("chargemill: --ca-file goes with --tls\n"));
}
TEST(UsageText, NoLibraryOrLanguageShowsThrough) {
  for (const auto& words : std::vector<std::vector<std::string>>{
           {"run", "--seed", "1", "--seed", "2"}, {"run", "a", "b"}, {"config"}, {"ctl"}, {}})
    for (const char* word : {"subcommand", "required", "received", "following argument"})
      EXPECT_THAT(said_of(words), Not(HasSubstr(word)));
}

}  // namespace
}  // namespace chargemill::app
