// The command line: which command, with what, and which exit code.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <iostream>

#include "app/commands/compare_command.hpp"
#include "app/commands/config_command.hpp"
#include "app/commands/doctor_command.hpp"
#include "app/commands/find_max_command.hpp"
#include "app/commands/generate_command.hpp"
#include "app/commands/report_command.hpp"
#include "app/commands/run_command.hpp"
#include "app/commands/validate_command.hpp"
#include "app/commands/version_command.hpp"

namespace chargemill::app {
namespace {

constexpr int kExitInternal = 1;
constexpr int kExitUsage = 2;

int dispatch(int argc, char** argv) {
  CLI::App cli{
      "chargemill simulates electric-vehicle charging networks and loads a central with them"};
  cli.require_subcommand(1);
  int code = 0;

  auto* run = cli.add_subcommand("run", "simulate a scenario (without one: the demo)");
  RunOptions run_options;
  add_run_options(*run, run_options);
  const std::vector<std::string> words(argv, argv + argc);
  run->callback([&] { code = run_command(run_options, words); });

  auto* validate = cli.add_subcommand("validate", "check scenario files and print the plan");
  std::vector<std::filesystem::path> files;
  validate->add_option("FILE", files, "scenario files")->required();
  validate->callback([&] { code = validate_command(files, false); });

  auto* config = cli.add_subcommand("config", "the keys of a scenario");
  config->require_subcommand(1);
  auto* show = config->add_subcommand("show", "every key with its value");
  RunOptions show_options;
  bool origin = false;
  show->add_flag("--origin", origin, "also where each value came from");
  add_key_options(*show, show_options);
  show->callback([&] { code = config_show_command(load_input(show_options), origin, false); });
  config->add_subcommand("schema", "the JSON Schema of scenario files")->callback([&] {
    code = config_schema_command();
  });

  auto* report =
      cli.add_subcommand("report", "a finished run again: as text, Markdown, JSON or a page");
  std::filesystem::path run_directory;
  std::string format = "text";
  report->add_option("RUN_DIR", run_directory, "a run directory")->required();
  report->add_option("--format", format, "text, md, json or html")
      ->check(CLI::IsMember({"text", "md", "json", "html"}));
  report->callback([&] { code = report_command(run_directory, format); });

  auto* comparing = cli.add_subcommand(
      "compare", "two run directories, or two that hold several (--repeat): what differs?");
  std::filesystem::path base;
  std::filesystem::path fresh;
  std::string comparison_format = "text";
  comparing->add_option("BASE", base, "the runs before")->required();
  comparing->add_option("NEW", fresh, "the runs after")->required();
  comparing->add_option("--format", comparison_format, "text or json")
      ->check(CLI::IsMember({"text", "json"}));
  comparing->callback([&] { code = compare_command(base, fresh, comparison_format); });

  auto* finding = cli.add_subcommand("find-max", "the largest load that meets the thresholds");
  FindMaxOptions find_options;
  add_find_max_options(*finding, find_options);
  finding->callback([&] { code = find_max_command(find_options); });

  auto* generate = cli.add_subcommand("generate", "files to start from");
  generate->require_subcommand(1);
  auto* sessions = generate->add_subcommand("sessions", "made-up recorded sessions, as CSV");
  SessionRequest session_request;
  add_session_options(*sessions, session_request);
  sessions->callback([&] { code = generate_sessions_command(session_request); });

  cli.add_subcommand("doctor", "what on this machine would hurt a large run")->callback([&] {
    code = doctor_command();
  });
  auto* version = cli.add_subcommand("version", "what was built, from what");
  bool json = false;
  version->add_flag("--json", json, "as JSON");
  version->callback([&] { code = version_command(json); });

  try {
    cli.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    // CLI11's own codes begin at 100 and would be taken for ours.
    return cli.exit(e, std::cout, std::cerr) == 0 ? 0 : kExitUsage;
  }
  return code;
}

}  // namespace
}  // namespace chargemill::app

int main(int argc, char** argv) {
  try {
    return chargemill::app::dispatch(argc, argv);
  } catch (const std::exception& e) {
    (void)std::fprintf(stderr, "chargemill: internal error: %s\n", e.what());
    return chargemill::app::kExitInternal;
  }
}
