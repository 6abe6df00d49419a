// Wakes the IoThread at a time; for those who know no Asio.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <utility>

#include "runtime/base/units.hpp"

namespace chargemill::runtime {

/// Threads: the IoThread. `context` outlives it.
class Alarm {
 public:
  explicit Alarm(boost::asio::io_context& context) : timer_(context) {}

  /// Calls `f` after `wait`, instead of what was set before.
  void set(Nanos wait, std::function<void()> f) {
    timer_.expires_after(wait);
    timer_.async_wait([f = std::move(f)](const boost::system::error_code& error) {
      if (!error) f();
    });
  }
  void clear() { timer_.cancel(); }

 private:
  boost::asio::steady_timer timer_;
};

}  // namespace chargemill::runtime
