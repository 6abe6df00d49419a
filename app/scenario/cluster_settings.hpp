// The section [cluster] and the list [[node]]: which machines share a network. No part of what is
// simulated.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace chargemill::app {

/// One node, as all others know it.
struct ClusterNode {
  std::string name;
  std::string host = "127.0.0.1";  ///< an address or a name, as ZeroMQ resolves it
  std::uint32_t data_port = 0;
  std::uint32_t control_port = 0;
  std::string key;  ///< public, Z85; empty: plain text, on one machine only
};

struct ClusterSettings {
  std::string keys;                ///< a folder with NAME.secret of this node
  std::vector<ClusterNode> nodes;  ///< the first one leads
};

}  // namespace chargemill::app
