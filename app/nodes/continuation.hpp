// How a run goes on where an earlier one has ended: the same on all its nodes.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace chargemill::app {

/// What an earlier run has left in one node's journal.
struct LeftBehind {
  std::chrono::microseconds last_time{};  ///< UTC, of the latest record
  std::uint32_t run = 0;                  ///< its number
};

struct Continuation {
  std::int64_t start_unix_s = 0;  ///< model time zero: the first second after the last record
  std::uint32_t run = 0;          ///< number of the latest run before this one
};

/// By node; none: that one's journal is new, or it keeps none. None comes back if all are: the run
/// begins anew.
[[nodiscard]] inline std::optional<Continuation> continuation_of(
    const std::vector<std::optional<LeftBehind>>& nodes) {
  std::optional<Continuation> result;
  for (const auto& left : nodes) {
    if (!left) continue;
    const auto next = std::chrono::ceil<std::chrono::seconds>(left->last_time).count();
    if (!result) result = Continuation{next, left->run};
    result->start_unix_s = std::max<std::int64_t>(result->start_unix_s, next);
    result->run = std::max(result->run, left->run);
  }
  return result;
}

}  // namespace chargemill::app
