// How many lines of each level a run has logged, and how many of them nobody can read.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

namespace chargemill::app {

enum class Level : std::uint8_t { info, warning, error };
inline constexpr std::size_t kLevels = 3;

/// Why a line is in no log.
enum class LogLoss : std::uint8_t {
  suppressed,  ///< too many of its event
  failed       ///< the file did not take it
};
inline constexpr std::size_t kLogLosses = 2;

/// Threads: any. Wait-free.
class LogCounts {
 public:
  void add(Level level) noexcept {
    // relaxed: a counter; orders nothing.
    lines_[static_cast<std::size_t>(level)].fetch_add(1, std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint64_t of(Level level) const noexcept {
    // relaxed: as in add().
    return lines_[static_cast<std::size_t>(level)].load(std::memory_order_relaxed);
  }
  void lose(LogLoss how) noexcept {
    // relaxed: as in add().
    lost_[static_cast<std::size_t>(how)].fetch_add(1, std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint64_t lost(LogLoss how) const noexcept {
    // relaxed: as in add().
    return lost_[static_cast<std::size_t>(how)].load(std::memory_order_relaxed);
  }

 private:
  std::array<std::atomic<std::uint64_t>, kLevels> lines_{};    // written by whoever logs
  std::array<std::atomic<std::uint64_t>, kLogLosses> lost_{};  // likewise
};

}  // namespace chargemill::app
