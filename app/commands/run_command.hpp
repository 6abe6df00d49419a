// `chargemill run [SCENARIO.toml] [options]`
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "app/cli/run_options.hpp"
#include "app/commands/run_succession.hpp"
#include "app/nodes/membership.hpp"
#include "app/simulation/stop_request.hpp"

namespace chargemill::app {

/// Loads, simulates, shows, writes, judges. The exit code is the contract's.
[[nodiscard]] int run_command(const RunOptions& options, const std::vector<std::string>& argv);

/// What is to be run, checked, and with room in this machine's memory; else what was wrong has been
/// said, and this is the exit code. Requires that options name a scenario.
[[nodiscard]] tl::expected<Loaded, int> load_for_run(const RunOptions& options);

/// Where `scenario` cannot be read, the hint says which file was probably meant.
void name_the_file(const std::optional<std::filesystem::path>& scenario,
                   std::vector<Diagnostic>& why);
/// The exit code for what cannot be run: whoever mistyped a flag looks at the command line, and not
/// into the scenario.
[[nodiscard]] int refusal_code(const std::vector<Diagnostic>& why);

/// All runs of --repeat; the worst exit code. `membership`: the nodes that this one, the first of
/// them, leads; null: it starts those of --nodes itself. `promotion`: it leads since another one
/// was lost, and this is what runs; null: it begins. `stop`: what hears signals already; null:
/// nothing does.
[[nodiscard]] int run_loaded(const Loaded& loaded, const std::vector<std::string>& argv,
                             const Membership* membership = nullptr, Promotion* promotion = nullptr,
                             const StopRequest* stop = nullptr);

}  // namespace chargemill::app
