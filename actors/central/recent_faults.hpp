// Which points of a shard have failed again and again (D-209).
#pragma once

#include <deque>
#include <unordered_map>

#include "actors/messages.hpp"

namespace chargemill::central {

inline constexpr Nanos kFaultWindow = std::chrono::minutes{10};
inline constexpr std::uint32_t kRepeatedFaults = 3;

/// The faults of the last ten minutes. It is of the central's memory: it begins anew with the
/// process, not with a restart of the model's central.
/// Limit: `kept_max` faults; beyond, the oldest is forgotten before its time.
class RecentFaults {
 public:
  RecentFaults() = default;
  explicit RecentFaults(std::size_t kept_max) : kept_max_(kept_max) {}

  /// Point `index` has failed. `now` never goes back.
  void add(std::uint32_t index, SimTime now);
  /// Forgets those that are ten minutes old.
  void pass(SimTime now);
  /// When there is something to forget; kNever: not at all.
  [[nodiscard]] SimTime due() const noexcept {
    return faults_.empty() ? kNever : faults_.front().at + kFaultWindow;
  }
  /// Points that failed kRepeatedFaults times or more.
  [[nodiscard]] std::uint64_t repeated() const noexcept { return repeated_; }
  /// Calls `use(index, at)` with each that is remembered, the oldest first.
  template <class Use>
  void for_each(Use use) const {
    for (const Fault& fault : faults_) use(fault.index, fault.at);
  }

 private:
  struct Fault {
    SimTime at;
    std::uint32_t index;
  };
  void forget_oldest();

  std::size_t kept_max_ = 1'024;
  std::deque<Fault> faults_;                                // rising times
  std::unordered_map<std::uint32_t, std::uint32_t> times_;  // how often each is among them
  std::uint64_t repeated_ = 0;
};

}  // namespace chargemill::central
