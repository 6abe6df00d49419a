// Lets clients that were refused read why, before their connections are closed.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "runtime/base/units.hpp"

namespace chargemill::runtime {

/// Closed at once, beside bytes that nobody has read or that come later, a connection is reset, and
/// the client may hear of that before it has read what was said to it.
///
/// So each is told that this was all, and what it still says is dropped: until it closes too, for
/// `patience`, 64 KiB at most. Beyond kAtOnce of them the next is closed at once: each has a file
/// open meanwhile. Threads: the IoThread.
class Farewells {
 public:
  static constexpr std::size_t kAtOnce = 32;

  explicit Farewells(Nanos patience = std::chrono::seconds{1}) noexcept : patience_(patience) {}
  Farewells(const Farewells&) = delete;
  Farewells& operator=(const Farewells&) = delete;
  ~Farewells() = default;

  /// All has been written to `socket` that is to be said.
  void see_off(boost::asio::ip::tcp::socket socket);
  /// Closes them now.
  void end();

 private:
  class One;

  const Nanos patience_;
  std::vector<std::weak_ptr<One>> open_;
};

}  // namespace chargemill::runtime
