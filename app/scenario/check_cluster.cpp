#include "app/scenario/check_cluster.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "runtime/agreement/names.hpp"
#include "runtime/agreement/shard_table.hpp"

namespace chargemill::app {
namespace {

constexpr std::size_t kNodesMax = 32;
constexpr std::size_t kKeyChars = 40;

Place place_of(const Origins& origins, const std::string& key) {
  const auto found = origins.find(key);
  return found == origins.end() ? Place{} : found->second.place;
}

/// What whoever wrote `url` is likely to have meant.
std::string url_hint(const std::string& url) {
  constexpr std::uint16_t kUsualPort = 2379;
  const std::string scheme = url.rfind("https://", 0) == 0 ? "https://" : "http://";
  std::string rest = url.rfind(scheme, 0) == 0 ? url.substr(scheme.size()) : url;
  rest.erase(std::min(rest.find('/'), rest.size()));
  auto endpoint = runtime::parse_endpoint(rest);
  if (!endpoint) endpoint = runtime::parse_endpoint(fmt::format("{}:{}", rest, kUsualPort));
  if (!endpoint || endpoint->port == 0) return "an address like http://127.0.0.1:2379";
  return fmt::format("did you mean '{}{}'?", scheme, to_text(*endpoint));
}

/// Whom it believes, and what it shows; the members are addresses.
void check_etcd_tls(const ClusterSettings& cluster, const Origins& origins,
                    std::vector<Diagnostic>& found) {
  const auto wrong = [&](const char* key, std::string text, std::string hint) {
    found.push_back(
        {Code::contradiction, std::move(text), place_of(origins, key), std::move(hint)});
  };
  const auto encrypted =
      std::count_if(cluster.etcd.begin(), cluster.etcd.end(), runtime::agreement::is_encrypted);
  if (encrypted != 0 && encrypted != static_cast<std::ptrdiff_t>(cluster.etcd.size()))
    wrong("cluster.etcd", "members of etcd with TLS and without it", "https:// for all of them");
  const bool has_cert = !cluster.etcd_tls_cert.empty();
  const bool has_key = !cluster.etcd_tls_key.empty();
  if (has_cert && !has_key)
    wrong("cluster.etcd_tls_cert", "'cluster.etcd_tls_cert' needs 'cluster.etcd_tls_key'", "");
  if (has_key && !has_cert)
    wrong("cluster.etcd_tls_key", "'cluster.etcd_tls_key' needs 'cluster.etcd_tls_cert'", "");
  if (encrypted != 0) return;
  if (!cluster.etcd_ca_file.empty())
    wrong("cluster.etcd_ca_file",
          "'cluster.etcd_ca_file' without TLS: nobody is asked for a certificate",
          "https:// in 'cluster.etcd'");
  if (has_cert && has_key)
    wrong("cluster.etcd_tls_cert",
          "'cluster.etcd_tls_cert' without TLS: nobody asks for a certificate",
          "https:// in 'cluster.etcd'");
}

/// Nodes that find each other through etcd.
void check_etcd(ClusterSettings& cluster, const network::Scenario& scenario, const Origins& origins,
                std::vector<Diagnostic>& found) {
  const auto wrong = [&](Code code, const char* key, std::string text, std::string hint = {}) {
    found.push_back({code, std::move(text), place_of(origins, key), std::move(hint)});
  };
  for (const auto& url : cluster.etcd) {
    if (auto fits = runtime::agreement::etcd_endpoint(url); !fits)
      wrong(Code::type, "cluster.etcd", fits.error().text, url_hint(url));
  }
  if (std::set<std::string>(cluster.etcd.begin(), cluster.etcd.end()).size() != cluster.etcd.size())
    wrong(Code::twice, "cluster.etcd", "a member of etcd is there twice");
  check_etcd_tls(cluster, origins, found);
  if (!cluster.nodes.empty())
    wrong(Code::contradiction, "cluster.etcd", "nodes come from etcd or from a list of [[node]]",
          "leave out one of the two");
  if (!cluster.keys.empty())
    wrong(Code::contradiction, "cluster.keys", "with etcd each node makes its own keys",
          "leave it out");
  const bool is_named = !cluster.name.empty();
  if (!is_named) cluster.name = scenario.run.name;
  if (!runtime::agreement::is_node_name(cluster.name))
    wrong(Code::type, is_named ? "cluster.name" : "run.name",
          fmt::format("'{}' is no name of a network in etcd", cluster.name),
          "cluster.name: letters, digits, dots, dashes and underlines, 63 at most");
  if (cluster.lease % std::chrono::seconds{1} != Nanos{0})
    wrong(Code::range, "cluster.lease", "etcd counts leases in whole seconds");
  if (cluster.expect_nodes == 1)
    wrong(Code::contradiction, "cluster.expect_nodes", "a cluster of one node has none beside it");
  if (cluster.data_port != 0 && cluster.data_port == cluster.control_port)
    wrong(Code::twice, "cluster.control_port",
          fmt::format("port {} is used twice", cluster.control_port));
  // Nodes agree about so many, whoever joins: more of them would never move.
  if (const auto shards = scenario.central.shards; shards > runtime::agreement::kShards)
    wrong(Code::range, "central.shards",
          fmt::format("{} shards: with etcd a network has at most {}", shards,
                      runtime::agreement::kShards),
          fmt::format("central.shards = {}", runtime::agreement::kShards));
}

/// What says nothing without etcd. A default that is written out says nothing new.
void check_no_etcd(const ClusterSettings& cluster, const Origins& origins,
                   std::vector<Diagnostic>& found) {
  const ClusterSettings fresh;
  const auto needs_etcd = [&](const char* key, bool is_other) {
    if (!is_other) return;
    found.push_back({Code::contradiction, fmt::format("'{}' needs 'cluster.etcd'", key),
                     place_of(origins, key), ""});
  };
  needs_etcd("cluster.name", cluster.name != fresh.name);
  needs_etcd("cluster.etcd_ca_file", !cluster.etcd_ca_file.empty());
  needs_etcd("cluster.etcd_tls_cert", !cluster.etcd_tls_cert.empty());
  needs_etcd("cluster.etcd_tls_key", !cluster.etcd_tls_key.empty());
  needs_etcd("cluster.host", cluster.host != fresh.host);
  needs_etcd("cluster.data_port", cluster.data_port != fresh.data_port);
  needs_etcd("cluster.control_port", cluster.control_port != fresh.control_port);
  needs_etcd("cluster.lease", cluster.lease != fresh.lease);
  needs_etcd("cluster.expect_nodes", cluster.expect_nodes != fresh.expect_nodes);
  if (cluster.roles == fresh.roles) return;
  found.push_back({Code::contradiction, "'cluster.roles' needs 'cluster.etcd'",
                   place_of(origins, "cluster.roles"), "a listed node has them in its [[node]]"});
}

/// Of a list: everything that makes a network is somebody's, and the first leads.
void check_roles(const std::vector<ClusterNode>& nodes, const Origins& origins,
                 std::vector<Diagnostic>& found) {
  std::vector<Roles> all;
  for (const auto& node : nodes) all.push_back(node.roles);
  if (all.empty()) return;
  if (!all.front().central)
    found.push_back({Code::contradiction,
                     fmt::format("node '{}' is the first, so it leads, and has not the role '{}'",
                                 nodes.front().name, name_of(Role::central)),
                     place_of(origins, "node[0].roles"), "a node with it comes first"});
  const auto missing = missing_role(all);
  if (missing && *missing != Role::central)
    found.push_back({Code::missing, fmt::format("no node has the role '{}'", name_of(*missing)),
                     place_of(origins, "node[0].roles"), ""});
}

}  // namespace

void check_cluster(ClusterSettings& cluster, const network::Scenario& scenario,
                   const Origins& origins, const std::filesystem::path& folder,
                   std::vector<Diagnostic>& found) {
  if (cluster.has_etcd()) {
    check_etcd(cluster, scenario, origins, found);
  } else {
    check_no_etcd(cluster, origins, found);
  }
  const auto resolve = [&](const char* key, std::string& name) {
    const auto origin = origins.find(key);
    const bool is_in_file = origin != origins.end() && origin->second.source == Source::file;
    if (is_in_file && !name.empty()) name = (folder / name).string();
  };
  resolve("cluster.keys", cluster.keys);
  resolve("cluster.etcd_ca_file", cluster.etcd_ca_file);
  resolve("cluster.etcd_tls_cert", cluster.etcd_tls_cert);
  resolve("cluster.etcd_tls_key", cluster.etcd_tls_key);
  const auto& nodes = cluster.nodes;
  check_roles(nodes, origins, found);
  const auto wrong = [&](Code code, std::size_t node, const char* key, std::string text) {
    found.push_back(
        {code, std::move(text), place_of(origins, fmt::format("node[{}]{}", node, key)), ""});
  };
  if (nodes.size() == 1)
    wrong(Code::contradiction, 0, "", "a cluster of one node has none beside it");
  if (nodes.size() > kNodesMax)
    wrong(Code::range, kNodesMax, "", fmt::format("more than {} nodes", kNodesMax));
  std::set<std::string> names;
  std::set<std::string> doors;
  for (std::size_t n = 0; n < nodes.size(); ++n) {
    const ClusterNode& node = nodes[n];
    if (!names.insert(node.name).second)
      wrong(Code::twice, n, ".name", fmt::format("a second node '{}'", node.name));
    for (const auto port : {node.data_port, node.control_port}) {
      const auto door = fmt::format("{}:{}", node.host, port);
      if (!doors.insert(door).second)
        wrong(Code::twice, n, port == node.data_port ? ".data_port" : ".control_port",
              fmt::format("{} is used twice", door));
    }
    if (!node.key.empty() && node.key.size() != kKeyChars)
      wrong(Code::range, n, ".key", fmt::format("a key has {} characters", kKeyChars));
    if (node.key.empty() != nodes.front().key.empty())
      wrong(Code::contradiction, n, "", "either all nodes have a key or none has");
  }
}

}  // namespace chargemill::app
