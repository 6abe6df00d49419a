// A table of nodes that does not change while they run.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "runtime/cluster/links.hpp"

namespace chargemill::app {

struct Membership {
  std::vector<runtime::NodeEndpoints> nodes;  ///< by number; the first one leads
  std::vector<std::string> names;             ///< by number
  unsigned self = 0;
  std::string secret_key;             ///< Z85; empty: plain text
  std::chrono::seconds meet_max{30};  ///< how long to wait for the others
};

}  // namespace chargemill::app
