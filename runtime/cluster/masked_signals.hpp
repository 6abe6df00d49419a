// Signals are the main thread's: those that talk with other nodes are not held up by them.
#pragma once

#include <pthread.h>
#include <signal.h>

#include <cerrno>
#include <zmq.hpp>

namespace chargemill::runtime {

/// As long as it lives this thread takes no signals, and those that it makes never will: a new
/// thread has the signal mask of the one that makes it.
class MaskedSignals {
 public:
  MaskedSignals() noexcept {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~MaskedSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  MaskedSignals(const MaskedSignals&) = delete;
  MaskedSignals& operator=(const MaskedSignals&) = delete;

 private:
  sigset_t before_;
};

/// What `call` of libzmq returns, and once more whenever a signal came in between: libzmq looks for
/// signals also where it does not wait, cppzmq throws EINTR, and whatever a thread throws ends the
/// process.
template <class F>
decltype(auto) despite_signals(F call) {
  for (;;) {
    try {
      return call();
    } catch (const zmq::error_t& e) {
      if (e.num() != EINTR) throw;
    }
  }
}

}  // namespace chargemill::runtime
