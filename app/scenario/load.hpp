// From a scenario file, the environment and flags to one checked scenario.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "actors/network/scenario.hpp"
#include "app/scenario/cluster_settings.hpp"
#include "app/scenario/diagnostics.hpp"
#include "app/scenario/door_settings.hpp"
#include "app/scenario/elsewhere_settings.hpp"

namespace chargemill::app {

/// One key set on the command line: `--seed 7`, `--set run.seed=7`.
struct Override {
  std::string key;    ///< run.seed
  std::string value;  ///< as written
  std::string flag;   ///< --seed; for messages and origins
};

struct LoadInput {
  std::optional<std::filesystem::path> file;  ///< none: the defaults
  std::map<std::string, std::string> env;     ///< those that begin with CHARGEMILL_
  std::vector<Override> overrides;            ///< the later one wins
};

enum class Source { fallback, file, environment, flag };

/// Where a value came from.
struct Origin {
  Source source = Source::fallback;
  Place place;
};
/// By key (run.seed, fault[0].rate). Keys at their default are not in it.
using Origins = std::map<std::string, Origin>;

/// What a run writes and shows: section [output], and run.repeat.
struct OutputSettings {
  std::string dir;  ///< empty: runs/<utc>-<scenario>-<id>; off: none
  std::string progress = "auto";
  std::string color = "auto";
  std::string console = "auto";  ///< lines of drivers' and monitors' consoles: auto, on, off
  bool quiet = false;
  std::uint32_t repeat = 1;
  std::string data;  ///< of the journal; empty: in the run directory; off: none
};

/// Names of files that a scenario refers to, as written, and how to read them.
struct FileNames {
  std::string profile;
  std::string replay;
  std::vector<std::string> requests;  ///< one more driver each, named by the stem
  std::string column_start, column_end, column_energy, column_station;  ///< empty: the default
};

struct Loaded {
  network::Scenario scenario;
  OutputSettings output;
  FileNames files;
  DoorsSettings doors;
  ClusterSettings cluster;
  ElsewhereSettings elsewhere;
  Origins origins;
  std::vector<Diagnostic> warnings;           ///< it runs, but perhaps not as meant
  std::vector<std::filesystem::path> inputs;  ///< every file that was read
};

/// Default < file < environment < flag; then the cross checks. All mistakes in one pass.
[[nodiscard]] tl::expected<Loaded, std::vector<Diagnostic>> load_scenario(const LoadInput& input);

/// The same, of a text. Relative paths in it are relative to `folder`; `name` is for messages.
[[nodiscard]] tl::expected<Loaded, std::vector<Diagnostic>> load_scenario_text(
    const std::string& text, const std::string& name, const std::filesystem::path& folder,
    const LoadInput& input = {});

/// The variables of this process that begin with CHARGEMILL_.
[[nodiscard]] std::map<std::string, std::string> chargemill_environment();

/// CHARGEMILL_CENTRAL_BREAKER_FAILURES for central.breaker.failures.
[[nodiscard]] std::string environment_name(std::string_view key);

}  // namespace chargemill::app
