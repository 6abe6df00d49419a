// The nodes of a run. With etcd they may outlive each other, and others may join them.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "app/nodes/etcd_bond.hpp"
#include "runtime/base/roles.hpp"
#include "runtime/cluster/links.hpp"

namespace chargemill::app {

struct Membership {
  std::vector<runtime::NodeEndpoints> nodes;  ///< by number; the first one leads, at the beginning
  std::vector<std::string> names;             ///< by number
  std::vector<Roles> roles;                   ///< by number; empty: each is there for everything
  unsigned self = 0;
  std::string secret_key;                         ///< Z85; empty: plain text
  std::chrono::seconds meet_max{30};              ///< how long to wait for the others
  std::shared_ptr<EtcdBond> bond;                 ///< with etcd; null: the list is all there is
  std::vector<runtime::agreement::Owner> owners;  ///< with etcd; by number; blank: nobody is there
  std::chrono::seconds lease{5};                  ///< likewise
  std::uint32_t left = 0;          ///< likewise: those who wanted to leave, and are gone, by bit
  bool outlives_losses = false;    ///< likewise: shards of a lost node go to the others
  bool joins = false;              ///< likewise: the others run already
  bool is_listed = false;          ///< people start them one after the other, by one list
  std::filesystem::path journal;   ///< of the node itself; empty: it keeps none
  std::filesystem::path recovery;  ///< where nodes may return: a folder for their logs

  /// Somebody is to be there: nobody misses who has left in peace, or was gone before this node
  /// came.
  [[nodiscard]] bool is_expected(unsigned node) const noexcept {
    if (names[node].empty() || (left >> node & 1U) != 0) return false;
    return node == self || node >= owners.size() ||
           owners[node].incarnation != runtime::agreement::Revision{};
  }
  [[nodiscard]] Roles roles_of(unsigned node) const noexcept {
    return node < roles.size() ? roles[node] : Roles{};
  }
};

}  // namespace chargemill::app
