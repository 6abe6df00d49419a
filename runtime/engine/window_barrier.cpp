#include "runtime/engine/window_barrier.hpp"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <thread>
#include <utility>

namespace chargemill::runtime {
namespace {

// Windows of a busy network take tens of microseconds: about as long as it is worth to spin.
// Whoever shares its core with the one it waits for must then let it run.
constexpr unsigned kSpins = 1'500;
constexpr unsigned kYields = 100;

void futex(std::atomic<std::uint32_t>& word, int operation, std::uint32_t value) noexcept {
  syscall(SYS_futex, reinterpret_cast<std::uint32_t*>(&word), operation | FUTEX_PRIVATE_FLAG, value,
          nullptr, nullptr, 0);
}

}  // namespace

WindowGrant combine(const WindowGrant& a, const WindowGrant& b) noexcept {
  return {std::min(a.earliest, b.earliest), std::min(a.limit_ns, b.limit_ns),
          std::max(a.orders, b.orders), a.timers && b.timers, a.stop || b.stop};
}

ThreadBarrier::ThreadBarrier(unsigned participants, bool may_spin, Agree agree)
    : participants_(participants),
      spins_(may_spin && participants <= std::thread::hardware_concurrency() ? kSpins : 0),
      yields_(may_spin ? kYields : 0),
      agree_(std::move(agree)),
      slots_(new Slot[participants]) {}

ThreadBarrier::~ThreadBarrier() = default;

WindowGrant ThreadBarrier::meet(unsigned participant, const WindowProposal& proposal) {
  slots_[participant].proposal = proposal;
  // relaxed: it cannot change before this participant has arrived.
  const std::uint32_t generation = generation_.load(std::memory_order_relaxed);
  // acq_rel: release publishes the slot and all that this participant did in its window; the last
  // to arrive acquires what the others released.
  if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 < participants_) {
    wait_for(generation);
    return grant_;
  }
  WindowGrant grant = slots_[0].proposal;
  for (unsigned i = 1; i < participants_; ++i) grant = combine(grant, slots_[i].proposal);
  if (agree_) grant = agree_(grant);
  grant_ = grant;
  // relaxed: published by the store below; nobody arrives before that.
  arrived_.store(0, std::memory_order_relaxed);
  // seq_cst: publishes the grant (pairs with acquire in wait_for()), and is ordered before the look
  // for sleepers: either that finds one, or the sleeper finds the new generation.
  generation_.store(generation + 1, std::memory_order_seq_cst);
  if (sleepers_.load(std::memory_order_seq_cst) > 0) futex(generation_, FUTEX_WAKE, INT_MAX);
  return grant;
}

void ThreadBarrier::wait_for(std::uint32_t generation) noexcept {
  for (unsigned i = 0; i < spins_; ++i) {
    // acquire: sees the grant, and what the others did before they arrived.
    if (generation_.load(std::memory_order_acquire) != generation) return;
    __builtin_ia32_pause();
  }
  for (unsigned i = 0; i < yields_; ++i) {
    // acquire: as above.
    if (generation_.load(std::memory_order_acquire) != generation) return;
    std::this_thread::yield();
  }
  // seq_cst: see meet().
  sleepers_.fetch_add(1, std::memory_order_seq_cst);
  while (generation_.load(std::memory_order_seq_cst) == generation)
    futex(generation_, FUTEX_WAIT, generation);
  sleepers_.fetch_sub(1, std::memory_order_relaxed);  // relaxed: too high only costs a wake-up
}

}  // namespace chargemill::runtime
