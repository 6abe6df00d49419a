#include "app/cli/run_options.hpp"

#include <CLI/CLI.hpp>
#include <functional>
#include <string_view>
#include <system_error>

#include "app/cli/values.hpp"
#include "app/scenario/value.hpp"

namespace chargemill::app {
namespace {

/// A flag that is short for a key.
struct Short {
  const char* flag;
  const char* key;
  const char* type;
  const char* help;
};
constexpr Short kModelFlags[] = {
    {"--charge-points", "network.charge_points", "N", "generated charge points"},
    {"--drivers", "drivers.count", "N", "generated drivers"},
    {"--duration", "run.duration", "D", "model time: 250ms, 10s, 5m, 24h [the scenario's]"},
    {"--speed", "run.speed", "X|max",
     "model seconds per wall second [the scenario's, or 1]; max: virtual time"},
    {"--seed", "run.seed", "N", "of all random numbers [the scenario's, or 42]"},
    {"--workers", "run.workers", "N",
     "threads of each node [0: one per core that nodes do not share]"},
    {"--stop-timeout", "run.stop_timeout", "D", "wall time for open requests after a stop [10s]"}};
constexpr Short kRunFlags[] = {
    {"--repeat", "run.repeat", "N", "so many runs, one after the other [1]"},
    {"--digest-every", "run.digest_every", "D", "digests of all entities; virtual time only"},
    {"--nodes", "cluster.nodes", "N", "processes of this machine that share the network [1]"},
    {"--recover", "cluster.recover", "D",
     "a node that is killed is started again, and awaited so long; virtual time only [off]"},
    {"--central", "central.address", "URL",
     "tcp://HOST:PORT or tls://HOST:PORT: load another central through its framed door "
     "[off: central is here]"}};
/// Of every process that runs a network.
constexpr Short kProcessFlags[] = {
    {"--http", "http.listen", "HOST:PORT",
     "JSON API, metrics [127.0.0.1:8000, or a free port]; off: none"},
    {"--tcp", "tcp.listen", "HOST:PORT",
     "framed door (chargemill ctl) [127.0.0.1:9999, or a free port]; off: none"},
    {"--data", "journal.dir", "DIR",
     "of the journal, continued if it is there [in the run directory]; off: none"}};
/// What a run leaves and shows.
constexpr Short kOutputFlags[] = {
    {"--out", "output.dir", "DIR", "run directory [runs/<utc>-<scenario>-<id>]; off: none"},
    {"--progress", "output.progress", "auto|tty|plain|off", "on stderr [auto]"}};

template <std::size_t N>
void add_shorts(CLI::App& app, RunOptions& options, const Short (&flags)[N]) {
  for (const auto& flag : flags) {
    auto* const option = app.add_option_function<std::string>(
        flag.flag,
        [&options, flag](const std::string& value) {
          options.overrides.push_back({flag.key, value, flag.flag});
        },
        flag.help);
    option->type_name(flag.type);
    // An empty key means the usual place: without a run directory none, of a node the user's own.
    if (std::string_view{flag.type} == "DIR") option->check(not_empty());
  }
}

void add_set(CLI::App& app, RunOptions& options) {
  app.add_option_function<std::vector<std::string>>(
         "--set",
         [&options](const std::vector<std::string>& all) {
           for (const auto& text : all) {
             const auto equals = text.find('=');
             if (equals == 0 || equals == std::string::npos)
               throw CLI::ValidationError("--set", "'" + text + "' is not section.key=value");
             const auto key = text.substr(0, equals);
             options.overrides.push_back({key, text.substr(equals + 1), "--set " + key});
           }
         },
         "any key of the scenario")
      ->type_name("section.key=value")
      ->allow_extra_args(false);
}

void add_output_flags(CLI::App& app, RunOptions& options) {
  app.add_option_function<std::string>(
         "--color",
         [&options](const std::string& when) {
           options.color = when;
           options.overrides.push_back({"output.color", when, "--color"});
         },
         "of terminals [auto]")
      ->type_name("auto|always|never");
  const auto flag = [&](const char* name, const char* key, const char* value, const char* help) {
    const Override given{key, value, name};
    app.add_flag_callback(
        name, [&options, given] { options.overrides.push_back(given); }, help);
  };
  flag("--no-out", "output.dir", "off", "no run directory");
  flag("--no-journal", "journal.dir", "off", "nothing is kept");
  flag("--quiet", "output.quiet", "true", "no progress, no summary");
}

/// What an installed program needs may have been put anywhere (`cmake --install --prefix`): beside
/// it is looked first.
std::vector<std::filesystem::path> roots_of_shared_files() {
  std::vector<std::filesystem::path> roots;
  std::error_code error;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
  if (!error) roots.push_back(program.parent_path().parent_path() / "share" / "chargemill");
  roots.emplace_back(CHARGEMILL_SOURCE_DIR);
  roots.emplace_back(CHARGEMILL_SHARE_DIR);
  return roots;
}

}  // namespace

void add_key_options(CLI::App& app, RunOptions& options) {
  add_shorts(app, options, kModelFlags);
  add_set(app, options);
}

void add_process_options(CLI::App& app, RunOptions& options) {
  add_shorts(app, options, kProcessFlags);
}

void add_run_options(CLI::App& app, RunOptions& options) {
  app.add_option_function<std::string>(
         "scenario", [&options](const std::string& path) { options.scenario = path; },
         "a scenario file (run without one: the demo)")
      ->type_name("SCENARIO.toml");
  add_key_options(app, options);
  add_shorts(app, options, kRunFlags);
  add_process_options(app, options);
  add_shorts(app, options, kOutputFlags);
  app.add_option_function<std::vector<std::string>>(
         "--requests",
         [&options](const std::vector<std::string>& files) {
           std::string list;  // in TOML: a list is one value, and may be told apart from a name
           for (const auto& file : files) list += (list.empty() ? "" : ", ") + toml_text(file);
           options.overrides.push_back({"drivers.requests", "[" + list + "]", "--requests"});
         },
         "a driver's request file, one charge point id a line; repeatable")
      ->type_name("FILE")
      ->allow_extra_args(false);
  app.add_option_function<std::string>(
         "--replay",
         [&options](const std::string& path) {
           options.overrides.push_back({"drivers.replay", path, "--replay"});
         },
         "recorded sessions to be driven again")
      ->type_name("SESSIONS.csv");
  add_output_flags(app, options);
}

void add_output_options(CLI::App& app, RunOptions& options) {
  add_key_options(app, options);
  add_shorts(app, options, kOutputFlags);
  add_output_flags(app, options);
}

LoadInput load_input(const RunOptions& options) {
  return {options.scenario, chargemill_environment(), options.overrides};
}

std::optional<std::filesystem::path> shipped_scenario(const std::string& name) {
  std::error_code ignored;
  for (const auto& root : roots_of_shared_files()) {
    const auto path = root / "config" / "scenarios" / (name + ".toml");
    if (!std::filesystem::exists(path, ignored)) continue;
    const auto near = std::filesystem::proximate(path, ignored);
    return ignored || near.string().rfind("..", 0) == 0 ? path : near;
  }
  return std::nullopt;
}

std::string hint_of_missing(const std::filesystem::path& scenario) {
  std::error_code ignored;
  if (std::filesystem::exists(scenario, ignored)) return {};
  const auto shipped = shipped_scenario(scenario.stem().string());
  if (!shipped) return "a scenario is a file, like config/scenarios/demo.toml";
  const bool is_demo = scenario.stem() == "demo";
  return "a scenario is a file: " + shipped->string() +
         (is_demo ? "; run without one is the demo" : "");
}

}  // namespace chargemill::app
