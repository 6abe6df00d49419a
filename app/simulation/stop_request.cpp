#include "app/simulation/stop_request.hpp"

#include <unistd.h>

#include <atomic>
#include <csignal>

namespace chargemill::app {
namespace {

// Written by the signal handler; read by the thread that runs the simulation.
std::atomic<int> received{0};
std::atomic<bool> announces{true};  // written before the handler is set
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler may use nothing else");

extern "C" void on_signal(int number) {
  // relaxed: the number is all there is.
  if (received.exchange(number, std::memory_order_relaxed) != 0) {
    constexpr char kText[] = "\naborted: no summary and no report were written\n";
    (void)!write(STDERR_FILENO, kText, sizeof kText - 1);
    _exit(128 + number);
  }
  if (!announces.load(std::memory_order_relaxed)) return;  // relaxed: as above
  constexpr char kText[] = "\nstopping (Ctrl-C again to abort)\n";
  (void)!write(STDERR_FILENO, kText, sizeof kText - 1);
}

void handle(int number, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  sigaction(number, &action, nullptr);
}

}  // namespace

StopRequest::StopRequest(bool announce) {
  announces.store(announce, std::memory_order_relaxed);  // relaxed: no handler is set yet
  received.store(0, std::memory_order_relaxed);          // relaxed: no handler is set yet
  handle(SIGINT, on_signal);
  handle(SIGTERM, on_signal);
  handle(SIGPIPE, SIG_IGN);
}

StopRequest::~StopRequest() {
  handle(SIGINT, SIG_DFL);
  handle(SIGTERM, SIG_DFL);
}

int StopRequest::signal() const noexcept {
  return received.load(std::memory_order_relaxed);  // relaxed: as in on_signal()
}

}  // namespace chargemill::app
