// The thread that all sockets of the program live on.
#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <thread>

#include "runtime/net/poster.hpp"

namespace chargemill::runtime {

/// Runs handlers one after the other until stop(). What belongs to a connection or a listener is
/// touched on this thread only; others boost::asio::post() to context().
///
/// A handler that throws is counted, and the thread goes on: it ends what it was about and nothing
/// else. Signals of the process are not taken here.
class IoThread {
 public:
  IoThread();
  ~IoThread();
  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  [[nodiscard]] boost::asio::io_context& context() noexcept { return context_; }
  /// For those who answer from another thread, perhaps after this has ended.
  [[nodiscard]] const std::shared_ptr<Poster>& poster() const noexcept { return poster_; }
  /// Ends the thread: handlers that wait are never called, but destroyed with this. Whoever wants
  /// them finished waits for that before. Any other thread; may be repeated.
  void stop();
  /// Handlers that threw. Any thread.
  [[nodiscard]] std::uint64_t failures() const noexcept {
    return failures_.load(std::memory_order_relaxed);  // relaxed: a counter; orders nothing
  }

 private:
  void run();

  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::shared_ptr<Poster> poster_;
  std::atomic<std::uint64_t> failures_{0};  // written by the thread only
  std::thread thread_;
};

}  // namespace chargemill::runtime
