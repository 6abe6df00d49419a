#include "app/output/operator_signals.hpp"

#include <atomic>
#include <csignal>

namespace chargemill::app {
namespace {

// Set by the signal handler, cleared by the thread that asks.
std::atomic<bool> reopen{false};
std::atomic<bool> status{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may use nothing else");

extern "C" void on_operator_signal(int number) {
  // relaxed: the flag is all there is.
  (number == SIGHUP ? reopen : status).store(true, std::memory_order_relaxed);
}

void handle(void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  sigaction(SIGHUP, &action, nullptr);
  sigaction(SIGUSR1, &action, nullptr);
}

}  // namespace

OperatorSignals::OperatorSignals() { handle(on_operator_signal); }
OperatorSignals::~OperatorSignals() { handle(SIG_DFL); }

// relaxed (both): as in on_operator_signal().
bool OperatorSignals::take_reopen() noexcept {
  return reopen.exchange(false, std::memory_order_relaxed);
}
bool OperatorSignals::take_status() noexcept {
  return status.exchange(false, std::memory_order_relaxed);
}

}  // namespace chargemill::app
