// How other threads reach the IoThread, also when it may be gone.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <mutex>
#include <utility>

namespace chargemill::runtime {

/// Shared with whoever answers later, on another thread: an actor that was asked may answer when
/// the doors are closed. Threads: any.
class Poster {
 public:
  explicit Poster(boost::asio::io_context& context) : context_(&context) {}

  /// `f` runs on the IoThread, or is destroyed here if that has ended.
  template <class F>
  void post(F&& f) {
    const std::lock_guard lock{mutex_};
    if (context_ != nullptr) boost::asio::post(*context_, std::forward<F>(f));
  }
  /// Nothing is posted from now on.
  void close() {
    const std::lock_guard lock{mutex_};
    context_ = nullptr;
  }

 private:
  std::mutex mutex_;
  boost::asio::io_context* context_;  // guarded by mutex_
};

}  // namespace chargemill::runtime
