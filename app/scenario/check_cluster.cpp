#include "app/scenario/check_cluster.hpp"

#include <fmt/format.h>

#include <set>

namespace chargemill::app {
namespace {

constexpr std::size_t kNodesMax = 32;
constexpr std::size_t kKeyChars = 40;

Place place_of(const Origins& origins, const std::string& key) {
  const auto found = origins.find(key);
  return found == origins.end() ? Place{} : found->second.place;
}

}  // namespace

void check_cluster(ClusterSettings& cluster, const Origins& origins,
                   const std::filesystem::path& folder, std::vector<Diagnostic>& found) {
  const auto keys = origins.find("cluster.keys");
  if (keys != origins.end() && keys->second.source == Source::file)
    cluster.keys = (folder / cluster.keys).string();
  const auto& nodes = cluster.nodes;
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
