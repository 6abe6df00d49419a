// Watches a run from outside: waits, measures the process, adds up, prints.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <vector>

#include "bench/peers/cp_1hz/charge_point.hpp"
#include "bench/peers/cp_1hz/plan.hpp"

namespace chargemill::bench {

using Wall = std::chrono::steady_clock::time_point;

/// Where charge points leave their tallies, after the measured part. Any thread.
class Ledger {
 public:
  void add(const Tally& tally);
  /// Waits for that many; everything their threads did before is visible then.
  [[nodiscard]] Tally await(std::uint64_t count);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t count_ = 0;  // guarded by mutex_, as is sum_
  Tally sum_;
};

/// Waits until the run that began at `start` is over and prints its figures as one line of JSON.
/// Requires that the charge points add themselves to `ledger` once they are over.
void observe(const Plan& plan, Wall start, std::chrono::duration<double> spawning, Ledger& ledger,
             const std::vector<CentralBook>& centrals);

}  // namespace chargemill::bench
