// chargemill node: one node of a cluster, and the keys that nodes know each other by.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/cli/run_options.hpp"

namespace CLI {  // NOLINT(readability-identifier-naming): theirs
class App;
}

namespace chargemill::app {

struct NodeOptions {
  RunOptions run;                      ///< --config and the keys of the scenario
  std::string name;                    ///< a [[node]] of it; with etcd, any
  std::optional<unsigned> expect;      ///< so many nodes there must be
  unsigned wait_s = 300;               ///< for the others to come
  std::string keys_folder;             ///< generate keys there instead
  std::vector<std::string> key_names;  ///< for these nodes
};

/// `options` outlives the parsing of `app`.
void add_node_options(CLI::App& app, NodeOptions& options);

/// The first node of the list, or whom etcd has elected, runs the whole and shows it as `run` does;
/// the others follow. The exit code; 5: nodes are missing or were lost.
[[nodiscard]] int node_command(const NodeOptions& options, const std::vector<std::string>& argv);

}  // namespace chargemill::app
