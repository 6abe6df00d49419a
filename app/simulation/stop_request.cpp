#include "app/simulation/stop_request.hpp"

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdint>
#include <ctime>

namespace chargemill::app {
namespace {

/// Signals that come so soon after the first are that same request: `timeout` tells the program and
/// then its group, and whatever passes a Ctrl-C on has got it from the terminal with everybody.
constexpr std::int64_t kSameRequestNs = 250'000'000;

// Written by the signal handler. When the first one came, by CLOCK_MONOTONIC; 0: none has.
std::atomic<std::int64_t> first_ns{0};
// Written by the signal handler; read by the thread that runs the simulation.
std::atomic<int> received{0};
// Written by the thread that runs the simulation; read by the signal handler.
std::atomic<bool> announces{true};
// Written by the thread that runs the simulation; read by the signal handler.
std::atomic<bool> may_leave_now{false};
// Written by the signal handler and, of one that has come before, by leave_instead(): the signal
// that asks this node to leave; 0: none does.
std::atomic<int> leaves{0};
static_assert(std::atomic<int>::is_always_lock_free &&
                  std::atomic<std::int64_t>::is_always_lock_free &&
                  std::atomic<bool>::is_always_lock_free,
              "a signal handler may use nothing else");

// As lines of their own: what a terminal shows of the Ctrl-C stays apart from them.
constexpr std::string_view kOnInterrupt = "\nstopping (Ctrl-C again to abort)\n";
constexpr std::string_view kOnTerminate = "\nstopping on SIGTERM (a second signal aborts)\n";

constexpr std::string_view kOnLeave =
    "\nleaving on SIGTERM: another node is to lead (a second signal ends the run)\n";

void announce(std::string_view text) noexcept {
  if (!announces.load(std::memory_order_relaxed)) return;  // relaxed: a word of its own
  (void)!write(STDERR_FILENO, text.data(), text.size());
}

std::string_view stopping_lines(int number) noexcept {
  return number == SIGTERM ? kOnTerminate : kOnInterrupt;
}

std::int64_t monotonic_ns() {
  timespec now{};
  (void)clock_gettime(CLOCK_MONOTONIC, &now);  // a signal handler may call it
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

extern "C" void on_signal(int number) {
  const std::int64_t now = monotonic_ns();
  std::int64_t first = 0;
  // relaxed: the time is all there is; two threads may handle two signals at once.
  if (!first_ns.compare_exchange_strong(first, now, std::memory_order_relaxed)) {
    if (now - first < kSameRequestNs) return;
    // relaxed: the number is all there is. None: the first has asked to leave, this one to stop.
    if (received.load(std::memory_order_relaxed) != 0) {
      constexpr char kText[] = "\naborted: no summary and no report were written\n";
      (void)!write(STDERR_FILENO, kText, sizeof kText - 1);
      _exit(128 + number);
    }
    first_ns.store(now, std::memory_order_relaxed);  // relaxed: as above
  } else if (number == SIGTERM && may_leave_now.load(std::memory_order_relaxed)) {
    leaves.store(number, std::memory_order_relaxed);  // relaxed, both: the words are all there is
    return announce(kOnLeave);
  }
  received.store(number, std::memory_order_relaxed);  // relaxed: the number is all there is
  announce(stopping_lines(number));
}

void handle(int number, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  sigaction(number, &action, nullptr);
}

}  // namespace

std::string_view stopping_text(int signal) noexcept {
  const auto lines = stopping_lines(signal);
  return lines.substr(1, lines.size() - 2);
}

StopRequest::StopRequest(bool announce) {
  announces.store(announce, std::memory_order_relaxed);   // relaxed: no handler is set yet
  received.store(0, std::memory_order_relaxed);           // relaxed: no handler is set yet
  may_leave_now.store(false, std::memory_order_relaxed);  // relaxed: no handler is set yet
  leaves.store(0, std::memory_order_relaxed);             // relaxed: no handler is set yet
  first_ns.store(0, std::memory_order_relaxed);           // relaxed: no handler is set yet
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

void StopRequest::let_leave(bool may_leave) const noexcept {
  // relaxed: a handler that sees it late stops a run that could have gone on.
  may_leave_now.store(may_leave, std::memory_order_relaxed);
}

int StopRequest::leave_signal() const noexcept {
  return leaves.load(std::memory_order_relaxed);  // relaxed: as in on_signal()
}

void StopRequest::stop_instead() const noexcept {
  int none = 0;
  const int asked = leaves.load(std::memory_order_relaxed);  // relaxed: as in on_signal()
  // relaxed: likewise. A signal that has come meanwhile is the one that stops.
  (void)received.compare_exchange_strong(none, asked != 0 ? asked : SIGTERM,
                                         std::memory_order_relaxed);
}

// The handler may run between any two of these: then its signal is one of those that came before,
// or one that comes, and asks for the same.
void StopRequest::leave_instead() const noexcept {
  may_leave_now.store(true, std::memory_order_relaxed);                // relaxed: see let_leave()
  const int number = received.exchange(0, std::memory_order_relaxed);  // relaxed: see on_signal()
  if (number != 0) leaves.store(number, std::memory_order_relaxed);    // relaxed: likewise
}

void StopRequest::answer_signals(bool is_wanted) const noexcept {
  announces.store(is_wanted, std::memory_order_relaxed);  // relaxed: a word of its own
}

}  // namespace chargemill::app
