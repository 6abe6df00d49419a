#include "runtime/base/wake_signal.hpp"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <ctime>

namespace chargemill::runtime {
namespace {

long futex(std::atomic<std::uint32_t>* word, int operation, std::uint32_t value,
           const timespec* timeout) noexcept {
  return syscall(SYS_futex, reinterpret_cast<std::uint32_t*>(word), operation | FUTEX_PRIVATE_FLAG,
                 value, timeout, nullptr, 0);
}

}  // namespace

void WakeSignal::sleep(std::chrono::nanoseconds at_most) noexcept {
  // acquire: what the waker did before wake() is visible after sleep(); pairs with release there.
  if (word_.exchange(0, std::memory_order_acquire) == 1 || at_most.count() <= 0) return;
  constexpr std::int64_t kNanosPerSecond = 1'000'000'000;
  const timespec timeout{at_most.count() / kNanosPerSecond, at_most.count() % kNanosPerSecond};
  // The kernel sleeps only while the word is still 0, so a wake() in between is not lost.
  futex(&word_, FUTEX_WAIT, 0, &timeout);
  // acquire: as above; also consumes the wake-up that ended the wait.
  (void)word_.exchange(0, std::memory_order_acquire);
}

void WakeSignal::wake() noexcept {
  // release: pairs with acquire in sleep().
  if (word_.exchange(1, std::memory_order_release) == 0) futex(&word_, FUTEX_WAKE, 1, nullptr);
}

}  // namespace chargemill::runtime
