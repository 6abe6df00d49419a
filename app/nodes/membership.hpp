// The nodes of a run: nobody joins them, and with etcd they may outlive each other.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "app/nodes/etcd_bond.hpp"
#include "runtime/cluster/links.hpp"

namespace chargemill::app {

struct Membership {
  std::vector<runtime::NodeEndpoints> nodes;  ///< by number; the first one leads
  std::vector<std::string> names;             ///< by number
  unsigned self = 0;
  std::string secret_key;                         ///< Z85; empty: plain text
  std::chrono::seconds meet_max{30};              ///< how long to wait for the others
  std::shared_ptr<EtcdBond> bond;                 ///< with etcd; null: the list is all there is
  std::vector<runtime::agreement::Owner> owners;  ///< with etcd; by number
  std::chrono::seconds lease{5};                  ///< likewise
  bool outlives_losses = false;    ///< likewise: shards of a lost node go to the others
  std::filesystem::path journal;   ///< of the node itself; empty: it keeps none
  std::filesystem::path recovery;  ///< where nodes may return: a folder for their logs
};

}  // namespace chargemill::app
