// The section [cluster] and the list [[node]]: which machines share a network. No part of what is
// simulated.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "runtime/agreement/names.hpp"
#include "runtime/base/roles.hpp"
#include "runtime/base/units.hpp"

namespace chargemill::app {

/// One node, as all others know it.
struct ClusterNode {
  std::string name;
  std::string host = "127.0.0.1";  ///< an address or a name, as ZeroMQ resolves it
  std::uint32_t data_port = 0;
  std::uint32_t control_port = 0;
  std::string key;  ///< public, Z85; empty: plain text, on one machine only
  Roles roles;
};

struct ClusterSettings {
  std::string keys;                ///< a folder with NAME.secret of this node
  std::vector<ClusterNode> nodes;  ///< the first one leads
  std::string name;                ///< of the network in etcd; the run's, if none is given
  std::vector<std::string> etcd;   ///< http://127.0.0.1:2379; empty: the nodes are listed
  std::string
      etcd_ca_file;  ///< PEM, of https://: who vouches for it; empty: whom this machine believes
  std::string etcd_tls_cert;       ///< PEM: what this node shows to it; empty: nothing
  std::string etcd_tls_key;        ///< PEM; with etcd_tls_cert
  std::string host = "127.0.0.1";  ///< where the others reach this node
  std::uint32_t data_port = 0;     ///< 0: any that is free
  std::uint32_t control_port = 0;  ///< likewise
  Nanos lease = std::chrono::seconds{5};
  Roles roles;                     ///< of this node, with etcd
  std::uint32_t expect_nodes = 0;  ///< so many make the network; 0: --expect-nodes says it

  [[nodiscard]] bool has_etcd() const noexcept { return !etcd.empty(); }
  /// All its members are, or none is: that is checked when it is read.
  [[nodiscard]] bool is_etcd_encrypted() const noexcept {
    return has_etcd() && runtime::agreement::is_encrypted(etcd.front());
  }
};

}  // namespace chargemill::app
