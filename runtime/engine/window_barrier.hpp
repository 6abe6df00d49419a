// Where those who run one virtual time meet at the end of each window.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>

namespace chargemill::runtime {

/// What one participant brings to a meeting.
struct WindowProposal {
  std::int64_t earliest;     ///< its first window with something to do; INT64_MAX: none
  std::int64_t limit_ns;     ///< model time that must not be passed; INT64_MAX: says nothing
  std::uint64_t orders = 0;  ///< the version of the orders that `limit_ns` comes from
  bool timers = true;        ///< false: timers stand still, only messages travel
  bool stop = false;
};

/// What all take from it, the same for each: the minimum, the least limit, anybody's stop.
using WindowGrant = WindowProposal;

/// After meet() returns, everything that any participant wrote before its own meet() is visible.
class WindowBarrier {
 public:
  WindowBarrier() = default;
  WindowBarrier(const WindowBarrier&) = delete;
  WindowBarrier& operator=(const WindowBarrier&) = delete;
  virtual ~WindowBarrier() = default;

  /// Returns once all participants have called it. One thread each.
  [[nodiscard]] virtual WindowGrant meet(unsigned participant, const WindowProposal& proposal) = 0;
};

[[nodiscard]] WindowGrant combine(const WindowGrant& a, const WindowGrant& b) noexcept;

/// The barrier of the threads of one process. The last to arrive combines the proposals; the others
/// spin for a while if there is a core for each and they may, then sleep.
class ThreadBarrier final : public WindowBarrier {
 public:
  /// What the last to arrive does with the proposal of all threads before they take it: agrees on
  /// it with other processes.
  using Agree = std::function<WindowGrant(const WindowGrant&)>;

  explicit ThreadBarrier(unsigned participants, bool may_spin = true, Agree agree = {});
  ~ThreadBarrier() override;

  [[nodiscard]] WindowGrant meet(unsigned participant, const WindowProposal& proposal) override;

 private:
  static constexpr std::size_t kLine = 128;
  struct alignas(kLine) Slot {
    WindowProposal proposal;  // written by its participant, before it counts itself as arrived
  };

  void wait_for(std::uint32_t generation) noexcept;

  const unsigned participants_;
  const unsigned spins_;
  const unsigned yields_;
  const Agree agree_;
  std::unique_ptr<Slot[]> slots_;
  WindowGrant grant_{};  // written by the last to arrive, before it opens the next generation
  // How many have arrived; written by all.
  alignas(kLine) std::atomic<std::uint32_t> arrived_{0};
  // Rises when all have; written by the last to arrive, awaited by the others.
  alignas(kLine) std::atomic<std::uint32_t> generation_{0};
  // How many are about to sleep or do; written by those.
  alignas(kLine) std::atomic<std::uint32_t> sleepers_{0};
};

}  // namespace chargemill::runtime
