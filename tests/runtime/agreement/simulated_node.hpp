// One node of a simulated cluster, and who watches the store for it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "runtime/agreement/member.hpp"
#include "tests/runtime/agreement/ledger.hpp"

namespace chargemill::test {

using agreement::MachineTime;
using agreement::Member;
using agreement::Revision;

struct SimulatedNode {
  std::unique_ptr<Member> member;  // null: it is down
  unsigned life = 0;               // what is meant for an earlier one is nobody's
  unsigned watch = 0;
  unsigned wake = 0;
  double rate = 1.0;
  Nanos offset{};
  MachineTime paused_until{};
  std::vector<std::function<void()>> held;  // until then
  std::map<std::size_t, Ledger> shards;     // what it acts for, as it knows it
  Revision epoch{};                         // of the above
  bool was_central = false;
};

struct SimulatedWatcher {
  unsigned node = 0, life = 0, watch = 0;
  Revision next{};
  MachineTime last{};  // of what was sent: a stream keeps its order
};

}  // namespace chargemill::test
