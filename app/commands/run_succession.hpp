// How a node that has followed comes to lead.
#pragma once

#include <memory>

#include "app/nodes/etcd_bond.hpp"
#include "app/nodes/succession.hpp"
#include "app/simulation/successor.hpp"
#include "runtime/cluster/exchange.hpp"

namespace chargemill::app {

/// All that a follower had. Taken down from below.
struct Promotion {
  std::unique_ptr<runtime::Exchange> exchange;
  std::unique_ptr<Bound> bound;
  std::unique_ptr<Succession> succession;
  Successor successor;
};

}  // namespace chargemill::app
