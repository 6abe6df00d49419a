#include "app/commands/node_command.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <thread>

#include "actors/network/division.hpp"
#include "app/commands/exit_code.hpp"
#include "app/commands/run_command.hpp"
#include "app/commands/run_journal.hpp"
#include "app/commands/run_nodes.hpp"
#include "app/nodes/etcd_meeting.hpp"
#include "app/nodes/membership.hpp"
#include "app/nodes/neighbours.hpp"
#include "app/output/terminal.hpp"
#include "app/scenario/check_nodes.hpp"
#include "app/scenario/load.hpp"
#include "app/simulation/host.hpp"
#include "runtime/agreement/names.hpp"
#include "runtime/cluster/keys.hpp"

namespace chargemill::app {
namespace {

int fail(int code, const std::string& text) {
  (void)std::fputs(("chargemill: " + text + "\n").c_str(), stderr);
  return code;
}

/// Only its owner may read it; one that is there already is kept.
bool write_secret(const std::filesystem::path& path, const std::string& secret) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file < 0) return false;
  const std::string line = secret + "\n";
  const bool is_written =
      ::write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size());
  return ::close(file) == 0 && is_written;
}

std::string no_name_text(const std::string& name) {
  return fmt::format(
      "'{}' is no name of a node: letters, digits, dots, dashes and underlines, 63 at most", name);
}

int generate_keys(const NodeOptions& options) {
  for (const auto& name : options.key_names) {
    if (!runtime::agreement::is_node_name(name)) return fail(kExitUsage, no_name_text(name));
  }
  const std::filesystem::path folder{options.keys_folder};
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  for (const auto& name : options.key_names) {
    const auto pair = runtime::make_key_pair();
    const auto path = folder / (name + ".secret");
    if (!write_secret(path, pair.secret_key))
      return fail(kExitEnvironment, fmt::format("{}: {}", path.string(),
                                                std::strerror(errno)));  // NOLINT: one thread
    fmt::print("[[node]]\nname = \"{}\"\nkey = \"{}\"\n\n", name, pair.public_key);
  }
  (void)std::fprintf(stderr, "secret keys are in %s; each node needs its own and no other\n",
                     folder.c_str());
  return 0;
}

/// The secret of a node; whoever else can read it could speak for it.
Result<std::string> read_secret(const std::filesystem::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0)
    return failure(ErrorKind::environment, path.string() + ": no such key");
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return failure(ErrorKind::environment,
                   path.string() + ": others may read it; chmod 600 hides it");
  std::string secret;
  std::ifstream{path} >> secret;
  if (!runtime::is_key(secret)) return failure(ErrorKind::environment, path.string() + ": no key");
  return secret;
}

Result<Membership> membership_of(const ClusterSettings& cluster, unsigned self) {
  Membership membership;
  membership.self = self;
  for (const auto& node : cluster.nodes) {
    membership.names.push_back(node.name);
    membership.roles.push_back(node.roles);
    membership.nodes.push_back({fmt::format("tcp://{}:{}", node.host, node.data_port),
                                fmt::format("tcp://{}:{}", node.host, node.control_port),
                                node.key});
  }
  if (cluster.nodes[self].key.empty()) return membership;
  auto secret =
      read_secret(std::filesystem::path{cluster.keys} / (cluster.nodes[self].name + ".secret"));
  if (!secret) return tl::unexpected<Error>(secret.error());
  membership.secret_key = std::move(*secret);
  return membership;
}

/// What goes with the lead, if it leads in the end; or the exit code.
tl::expected<std::unique_ptr<Promotion>, int> follow_as(const network::Scenario& scenario,
                                                        const Membership& membership,
                                                        const StopRequest& stop) {
  const auto& name = membership.names[membership.self];
  if (!membership.joins)
    (void)std::fprintf(stderr, "node %s: follows %s\n", name.c_str(), membership.names[0].c_str());
  auto done = follow_others(scenario, membership, &stop, membership.journal);
  if (done && *done != nullptr) {
    stop.leave_instead();
    (void)std::fprintf(stderr, "node %s: leads now\n", name.c_str());
    return std::move(*done);
  }
  if (stop.signal() != 0) return tl::unexpected<int>(128 + stop.signal());
  if (!done)
    return tl::unexpected<int>(
        fail(done.error().exit_code(), "node " + name + ": " + done.error().text));
  (void)std::fprintf(stderr, "node %s: done\n", name.c_str());
  return tl::unexpected<int>(0);
}

/// So many nodes make the network; 0: nobody has said how many.
unsigned expected_of(const NodeOptions& options, const ClusterSettings& cluster) {
  return options.expect.value_or(cluster.expect_nodes);
}

/// While shards move, their charge points stand still for as long as it takes to copy them: a small
/// part of the half second that a pause may last.
std::size_t shards_in_a_move(const network::Scenario& scenario) {
  constexpr std::uint64_t kPointsInAMove = 4'000;
  const auto& network = scenario.network;
  const std::uint64_t points =
      network.points.empty() ? network.charge_points : network.points.size();
  const std::uint64_t shards = network::shards_of(scenario);
  return std::max<std::uint64_t>(1, kPointsInAMove * shards / std::max<std::uint64_t>(1, points));
}

EtcdMeeting meeting_of(const NodeOptions& options, const ClusterSettings& cluster,
                       const network::Scenario& scenario) {
  EtcdMeeting meeting;
  meeting.network = cluster.name;
  for (const auto& url : cluster.etcd)
    meeting.etcd.push_back(*runtime::agreement::etcd_endpoint(url));  // checked when it was read
  meeting.etcd_tls = {cluster.is_etcd_encrypted(), cluster.etcd_ca_file, cluster.etcd_tls_cert,
                      cluster.etcd_tls_key};
  meeting.name = options.name;
  meeting.host = cluster.host;
  meeting.data_port = cluster.data_port;
  meeting.control_port = cluster.control_port;
  meeting.lease = std::chrono::duration_cast<std::chrono::seconds>(cluster.lease);
  meeting.expected = expected_of(options, cluster);
  meeting.shards = network::shards_of(scenario);
  meeting.moves_at_once = shards_in_a_move(scenario);
  meeting.roles = cluster.roles;
  meeting.patience = std::chrono::seconds{options.wait_s};
  // In virtual time nothing but the same events gives the same digest.
  meeting.outlives_losses = !scenario.run.speed.max;
  return meeting;
}

int exit_code_of(NoMeeting::What what) {
  switch (what) {
    case NoMeeting::What::nodes:
      return kExitPeers;
    case NoMeeting::What::role:
      return kExitUsage;
    case NoMeeting::What::environment:
      break;
  }
  return kExitEnvironment;
}

/// Meets the others through etcd, or the exit code.
tl::expected<Membership, int> find_others(const NodeOptions& options, const Loaded& loaded,
                                          const StopRequest& stop) {
  constexpr unsigned kNodesMax = 32;
  const auto refuse = [](int code, const std::string& text) {
    return tl::unexpected<int>(fail(code, text));
  };
  if (!runtime::agreement::is_node_name(options.name))
    return refuse(kExitUsage, no_name_text(options.name));
  const unsigned expected = expected_of(options, loaded.cluster);
  if (expected < 2 || expected > kNodesMax)
    return refuse(kExitUsage,
                  fmt::format("with etcd, --expect-nodes or cluster.expect_nodes says how "
                              "many nodes make the network: 2 to {}",
                              kNodesMax));
  auto met = meet_through_etcd(meeting_of(options, loaded.cluster, loaded.scenario),
                               [&stop] { return stop.signal() != 0; });
  if (stop.signal() != 0) return tl::unexpected<int>(128 + stop.signal());
  if (met) return std::move(*met);
  return refuse(exit_code_of(met.error().what),
                fmt::format("node {}: {}", options.name, met.error().text));
}

/// As the list of the scenario says, or the exit code.
tl::expected<Membership, int> find_in_list(const NodeOptions& options, const Loaded& loaded) {
  const auto refuse = [](int code, const std::string& text) {
    return tl::unexpected<int>(fail(code, text));
  };
  const auto& nodes = loaded.cluster.nodes;
  const auto file = options.run.scenario->string();
  const auto found = std::find_if(nodes.begin(), nodes.end(),
                                  [&](const auto& node) { return node.name == options.name; });
  if (found == nodes.end())
    return refuse(kExitInvalidScenario,
                  fmt::format("{} has no [[node]] named '{}'", file, options.name));
  if (options.expect && *options.expect != nodes.size())
    return refuse(kExitPeers, fmt::format("{} nodes are expected, and {} lists {}", *options.expect,
                                          file, nodes.size()));
  auto membership = membership_of(loaded.cluster, static_cast<unsigned>(found - nodes.begin()));
  if (!membership) return refuse(kExitEnvironment, membership.error().text);
  membership->meet_max = std::chrono::seconds{options.wait_s};
  membership->is_listed = true;
  return std::move(*membership);
}

}  // namespace

void add_node_options(CLI::App& app, NodeOptions& options) {
  app.add_option_function<std::string>(
         "--config", [&options](const std::string& path) { options.run.scenario = path; },
         "a scenario with cluster.etcd, or with a [[node]] for each node; the same for all")
      ->type_name("FILE");
  app.add_option("--name", options.name, "which of them this is; with etcd, any that is free");
  app.add_option("--expect-nodes", options.expect,
                 "so many must be listed; with etcd, so many make the network");
  app.add_option_function<std::string>(
         "--roles",
         [&options](const std::string& roles) {
           options.run.overrides.push_back({"cluster.roles", roles, "--roles"});
         },
         "what this node is there for, with etcd: central, shards, drivers [all of them]")
      ->type_name("ROLE,...");
  app.add_option("--wait", options.wait_s, "seconds for the others to come [300]");
  app.add_option("--generate-keys", options.keys_folder,
                 "a folder for secret keys; the public ones are printed")
      ->type_name("DIR");
  app.add_option("NAME", options.key_names, "of nodes, with --generate-keys");
  add_output_options(app, options.run);
  add_process_options(app, options.run);
  app.footer(
      "The first [[node]], or with etcd whoever is elected, runs the whole and shows it as run "
      "does.\n"
      "SIGTERM: with etcd, in real time, a node leaves and the run goes on without it, also if it "
      "leads\nand another one could; else, and by SIGINT at the one that leads, the run ends. The "
      "exit code is\n143 either way (130 for SIGINT): for this node it was before the planned "
      "end.\n"
      "Exit codes: those of run; 5 nodes are missing, or were lost on the way.");
}

int node_command(const NodeOptions& options, const std::vector<std::string>& argv) {
  if (!options.keys_folder.empty()) {
    if (options.key_names.empty()) return fail(kExitUsage, "name the nodes that need keys");
    return generate_keys(options);
  }
  if (!options.run.scenario || options.name.empty())
    return fail(kExitUsage, "a node needs --config FILE and --name NAME");
  auto loaded = load_for_run(options.run);
  if (!loaded) return loaded.error();
  // Before it keeps others waiting.
  const auto journal = node_journal_path(loaded->output.data);
  if (!journal) return fail(kExitEnvironment, journal.error().text);
  // From here on until the end: whoever has a place among others gives it up in order.
  const StopRequest stop;
  auto membership = loaded->cluster.has_etcd() ? find_others(options, *loaded, stop)
                                               : find_in_list(options, *loaded);
  if (!membership) return membership.error();
  // So many began the network, or are listed; others may have joined since.
  loaded->scenario.run.nodes = loaded->cluster.has_etcd()
                                   ? expected_of(options, loaded->cluster)
                                   : static_cast<unsigned>(membership->nodes.size());
  // Each has the cores of its machine, and those that share one share them.
  auto& workers = loaded->scenario.run.workers;
  if (workers == 0)
    workers = workers_of_each(neighbours_of(*membership), std::thread::hardware_concurrency());
  // Who joins is told how the others began.
  if (!membership->joins) loaded->scenario.run.roles = membership->roles;
  std::vector<Diagnostic> wrong;
  check_nodes(loaded->scenario, loaded->elsewhere.is_on(), loaded->origins, wrong);
  if (!wrong.empty()) {
    (void)std::fputs(render(wrong, use_color(stderr, loaded->output.color)).c_str(), stderr);
    return refusal_code(wrong);
  }
  membership->journal = *journal;
  membership->recovery = node_recovery_path(loaded->output.data);
  if (membership->self == 0 && !membership->joins)
    return run_loaded(*loaded, argv, &*membership, nullptr, &stop);
  const auto leads = follow_as(loaded->scenario, *membership, stop);
  return leads ? run_loaded(*loaded, argv, &*membership, leads->get(), &stop) : leads.error();
}

}  // namespace chargemill::app
