#include "runtime/net/io_thread.hpp"

#include <pthread.h>
#include <signal.h>

#include <exception>

namespace chargemill::runtime {

IoThread::IoThread()
    : work_(boost::asio::make_work_guard(context_)), poster_(std::make_shared<Poster>(context_)) {
  // A new thread has the signal mask of the one that makes it.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread{[this] { run(); }};
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

IoThread::~IoThread() { stop(); }

void IoThread::stop() {
  poster_->close();
  context_.stop();
  if (thread_.joinable()) thread_.join();
}

void IoThread::run() {
  (void)pthread_setname_np(pthread_self(), "doors");
  while (!context_.stopped()) {
    try {
      context_.run();
    } catch (const std::exception&) {
      failures_.fetch_add(1, std::memory_order_relaxed);  // relaxed: a counter; orders nothing
    }
  }
}

}  // namespace chargemill::runtime
