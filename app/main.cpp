// The command line: which command, with what, and which exit code.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <exception>
#include <iostream>
#include <memory>

#include "app/cli/completion.hpp"
#include "app/cli/help_text.hpp"
#include "app/cli/manual.hpp"
#include "app/cli/usage_text.hpp"
#include "app/cli/values.hpp"
#include "app/commands/compare_command.hpp"
#include "app/commands/config_command.hpp"
#include "app/commands/ctl_command.hpp"
#include "app/commands/doctor_command.hpp"
#include "app/commands/exit_code.hpp"
#include "app/commands/find_max_command.hpp"
#include "app/commands/generate_command.hpp"
#include "app/commands/history_command.hpp"
#include "app/commands/node_command.hpp"
#include "app/commands/report_command.hpp"
#include "app/commands/run_command.hpp"
#include "app/commands/validate_command.hpp"
#include "app/commands/version_command.hpp"
#include "app/ctl/ctl_replies.hpp"
#include "app/ctl/ctl_words.hpp"
#include "app/deployment/deployment_files.hpp"
#include "app/output/terminal.hpp"
#include "app/scenario/diagnostics.hpp"
#include "app/scenario/key_table.hpp"
#include "app/version.hpp"

namespace chargemill::app {
namespace {

/// What the command line says, for as long as it is parsed.
struct CommandLine {
  std::vector<std::string> words;
  int code = 0;
  RunOptions run;
  std::vector<std::filesystem::path> files;
  RunOptions show;
  bool origin = false;
  std::filesystem::path run_directory;
  std::string report_format = "text";
  std::filesystem::path base;
  std::filesystem::path fresh;
  std::string comparison_format = "text";
  FindMaxOptions find;
  SessionRequest sessions;
  FilesRequest generated;
  TextRequest text;
  HistoryOptions history;
  CtlOptions ctl;
  NodeOptions node;
  bool json = false;
};

void add_scenario_commands(CLI::App& cli, CommandLine& line) {
  auto* run = cli.add_subcommand("run", "simulate a scenario (without one: the demo)");
  add_run_options(*run, line.run);
  run->footer(
      "Exit codes: 0 all well; 1 a defect of chargemill; 2 bad usage; 3 bad scenario; 4 this\n"
      "machine (ports, memory, files); 5 other nodes missing or lost; 98 the run is invalid or\n"
      "its sums do not agree; 99 a threshold crossed; 130, 143 stopped.\n"
      "Progress and consoles go to stderr, the summary to stdout.");
  run->callback([&line] { line.code = run_command(line.run, line.words); });

  auto* node = cli.add_subcommand("node", "one node of a network that several machines share");
  add_node_options(*node, line.node);
  node->callback([&line] { line.code = node_command(line.node, line.words); });

  auto* validate = cli.add_subcommand("validate", "check scenario files and print the plan");
  validate->add_option("FILE", line.files, "scenario files")
      ->required()
      ->type_name("SCENARIO.toml");
  validate->callback(
      [&line] { line.code = validate_command(line.files, use_color(stderr, "auto")); });

  auto* config = cli.add_subcommand("config", "the keys of a scenario");
  config->require_subcommand(1);
  auto* show = config->add_subcommand(
      "show", "every key with its value (without a scenario the defaults, not the demo)");
  show->add_flag("--origin", line.origin, "also where each value came from");
  add_run_options(*show, line.show);
  show->callback([&line] {
    line.code =
        config_show_command(load_input(line.show), line.origin, use_color(stderr, line.show.color));
  });
  config->add_subcommand("schema", "the JSON Schema of scenario files")->callback([&line] {
    line.code = config_schema_command();
  });

  auto* finding = cli.add_subcommand("find-max", "the largest load that meets the thresholds");
  add_find_max_options(*finding, line.find);
  finding->callback([&line] { line.code = find_max_command(line.find); });
}

void add_result_commands(CLI::App& cli, CommandLine& line) {
  auto* report =
      cli.add_subcommand("report", "a finished run again: as text, Markdown, JSON or a page");
  report->add_option("RUN_DIR", line.run_directory, "a run directory")->required();
  report->add_option("--format", line.report_format, "text, md, json or html [text]")
      ->check(one_of({"text", "md", "json", "html"}));
  report->callback([&line] { line.code = report_command(line.run_directory, line.report_format); });

  auto* comparing = cli.add_subcommand(
      "compare", "two run directories, or two that hold several (--repeat): what differs?");
  comparing->add_option("BASE", line.base, "the runs before")->required();
  comparing->add_option("NEW", line.fresh, "the runs after")->required();
  comparing->add_option("--format", line.comparison_format, "text or json [text]")
      ->check(one_of({"text", "json"}));
  comparing->footer(
      "Exit codes: 0; 99 two runs of the same scenario and seed in virtual time with different\n"
      "digests; 4 no runs there.");
  comparing->callback(
      [&line] { line.code = compare_command(line.base, line.fresh, line.comparison_format); });
}

void add_history_command(CLI::App& cli, CommandLine& line) {
  auto* history = cli.add_subcommand("history", "what a run's journal has kept, newest first");
  add_history_options(*history, line.history);
  history->callback([&line] { line.code = history_command(line.history); });
}

void add_ctl_command(CLI::App& cli, CommandLine& line) {
  auto* ctl = cli.add_subcommand("ctl", "tell or ask a running network something");
  add_ctl_options(*ctl, line.ctl);
  ctl->callback([&line] { line.code = ctl_command(line.ctl); });
}

/// What CLI11 does not know of the values.
KnownWords known_words() {
  KnownWords known{{"ctl/1", ctl_verbs()}};
  for (const char* const command : {"run", "config show", "find-max"})
    known[std::string{command} + "/--set"] = key_names();
  return known;
}

/// Both from all that is defined here, as it stands when they are asked for.
void add_texts_about(CLI::App& cli, CLI::App& generate, CommandLine& line) {
  auto* completion = generate.add_subcommand("completion", "what completes commands in bash");
  add_text_options(*completion, line.text);
  completion->callback([&cli, &line] {
    line.code = generate_text_command(bash_completion(cli, known_words()), line.text);
  });
  auto* man = generate.add_subcommand("man", "the manual page, for man -l");
  add_text_options(*man, line.text);
  man->callback(
      [&cli, &line] { line.code = generate_text_command(manual_page(cli, kVersion), line.text); });
}

void add_other_commands(CLI::App& cli, CommandLine& line) {
  auto* generate = cli.add_subcommand("generate", "files to start from");
  generate->require_subcommand(1);
  auto* sessions = generate->add_subcommand("sessions", "made-up recorded sessions, as CSV");
  add_session_options(*sessions, line.sessions);
  sessions->callback([&line] { line.code = generate_sessions_command(line.sessions); });
  auto* alerts = generate->add_subcommand("alerts", "Prometheus: whom to scrape, alert rules");
  add_files_options(*alerts, line.generated);
  alerts->callback([&line] {
    line.code = generate_files_command(observability::alert_files(), line.generated);
  });
  auto* grafana = generate->add_subcommand("grafana", "dashboards and how Grafana finds them");
  add_files_options(*grafana, line.generated);
  grafana->callback([&line] {
    line.code = generate_files_command(observability::grafana_files(), line.generated);
  });
  const auto add_files = [&](const char* name, const char* help, const auto& files) {
    auto* const command = generate->add_subcommand(name, help);
    add_files_options(*command, line.generated);
    command->callback(
        [&line, files] { line.code = generate_files_command(files(), line.generated); });
  };
  add_files("systemd", "units: a run, a node", deployment::systemd_files);
  add_files("slurm", "a batch script: a node a task", deployment::slurm_files);
  add_files("kubernetes", "stateful sets: nodes, etcd", deployment::kubernetes_files);
  add_files("deploy", "all three, each in its folder", deployment::deploy_files);
  add_texts_about(cli, *generate, line);

  cli.add_subcommand("doctor", "what on this machine would hurt a large run")->callback([&line] {
    line.code = doctor_command();
  });
  auto* version = cli.add_subcommand("version", "what was built, from what");
  version->add_flag("--json", line.json, "as JSON");
  version->callback([&line] { line.code = version_command(line.json); });
}

/// A command that is none, where one was expected: says so, and what was probably meant.
bool complain_of_command(const CLI::App& parent, const std::string& word) {
  std::vector<std::string> names;
  for (const auto* sub : parent.get_subcommands({})) names.push_back(sub->get_name());
  if (word.empty() || word.front() == '-' || std::count(names.begin(), names.end(), word) > 0)
    return false;
  std::string hint = did_you_mean(word, names);
  const std::string of = parent.get_parent() == nullptr ? "" : " " + parent.get_name();
  if (hint.empty()) hint = "chargemill" + of + " --help lists all";
  std::fprintf(stderr, "chargemill: unknown command '%s'; %s\n", word.c_str(), hint.c_str());
  return true;
}

/// The same for every command that has commands of its own: config, generate.
bool complain_of_commands(const CLI::App& cli, const std::vector<std::string>& words) {
  const CLI::App* parent = &cli;
  for (std::size_t at = 1; at < words.size() && !parent->get_subcommands({}).empty(); ++at) {
    if (complain_of_command(*parent, words[at])) return true;
    const auto all = parent->get_subcommands({});
    const auto named = std::find_if(all.begin(), all.end(),
                                    [&](const auto* sub) { return sub->get_name() == words[at]; });
    if (named == all.end()) return false;  // an option: CLI11 knows what may follow it
    parent = *named;
  }
  return false;
}

/// CLI11's own codes begin at 100 and would be taken for ours. Help and version are no mistakes.
int complain(const CLI::App& cli, const CLI::ParseError& error,
             const std::vector<std::string>& words) {
  if (error.get_exit_code() == 0) return cli.exit(error, std::cout, std::cerr);
  const auto mistake = mistake_of(cli, error);
  const bool json = cli.got_subcommand("ctl") && asks_for_json(words);
  const auto text =
      json ? refusal_text(kExitUsage, mistake.what, mistake.hint, json) : usage_text(mistake);
  (void)std::fputs(text.c_str(), stderr);
  return kExitUsage;
}

/// What was printed may still be on its way: that a disk is full shows only now.
int printed(int code) {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
  if (errno == EPIPE || code != 0) return code;  // a reader that has seen enough is no error
  (void)std::fputs("chargemill: cannot write to the standard output\n", stderr);
  return kExitEnvironment;
}

/// `help run` as `run --help`.
std::vector<std::string> words_of(int argc, char** argv) {
  std::vector<std::string> words(argv, argv + argc);
  if (words.size() < 2 || words[1] != "help") return words;
  words.erase(words.begin() + 1);
  words.emplace_back("--help");
  return words;
}

int dispatch(int argc, char** argv) {
  CLI::App cli{
      "chargemill simulates electric-vehicle charging networks and loads a central with them"};
  cli.name("chargemill");  // not the path by which it was called
  cli.formatter(std::make_shared<HelpText>());
  cli.footer("chargemill help COMMAND, or chargemill COMMAND --help, says more of one.");
  cli.require_subcommand(1);
  cli.set_version_flag("--version", std::string{"chargemill "} + kVersion);
  CommandLine line;
  line.words = words_of(argc, argv);
  add_scenario_commands(cli, line);
  add_result_commands(cli, line);
  add_history_command(cli, line);
  add_ctl_command(cli, line);
  add_other_commands(cli, line);

  if (complain_of_commands(cli, line.words)) return kExitUsage;
  std::vector<const char*> words;
  for (const auto& word : line.words) words.push_back(word.c_str());
  try {
    cli.parse(static_cast<int>(words.size()), words.data());
  } catch (const CLI::ParseError& e) {
    return complain(cli, e, line.words);
  }
  return printed(line.code);
}

}  // namespace
}  // namespace chargemill::app

int main(int argc, char** argv) {
  // `chargemill ... | head`: a reader that has seen enough is no error.
  (void)std::signal(SIGPIPE, SIG_IGN);
  try {
    return chargemill::app::dispatch(argc, argv);
  } catch (const std::bad_alloc&) {
    (void)std::fputs("chargemill: out of memory; try fewer --charge-points and --drivers\n",
                     stderr);
    return chargemill::app::kExitEnvironment;
  } catch (const std::exception& e) {
    (void)std::fprintf(stderr, "chargemill: internal error: %s\n", e.what());
    return chargemill::app::kExitInternal;
  }
}
