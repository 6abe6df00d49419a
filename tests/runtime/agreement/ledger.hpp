// What a simulated shard has decided.
#pragma once

#include <cstdint>
#include <map>

#include "runtime/agreement/member.hpp"

namespace chargemill::test {

namespace agreement = runtime::agreement;

/// What every record of a shard that anybody was told of amounts to: its journal. The simulation
/// holds each decision against it, for it alone knows what all have decided.
struct Ledger {
  std::map<unsigned, std::uint64_t> booked;  // session by charge point
  agreement::TokenGate gate;
};

/// How much of what can happen did, so that a quiet simulation is noticed.
struct Tally {
  unsigned booked = 0, refused_tokens = 0, not_mine = 0, centrals = 0, stops = 0, hand_overs = 0,
           crashes = 0, pauses = 0, cuts = 0, etcd_faults = 0;
};

}  // namespace chargemill::test
