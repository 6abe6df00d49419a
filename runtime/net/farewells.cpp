#include "runtime/net/farewells.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/steady_timer.hpp>

namespace chargemill::runtime {

using boost::asio::ip::tcp;
using boost::system::error_code;

/// Keeps itself alive until it has ended.
class Farewells::One final : public std::enable_shared_from_this<One> {
 public:
  explicit One(tcp::socket socket) : socket_(std::move(socket)), timer_(socket_.get_executor()) {}

  void start(Nanos patience) {
    error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
    timer_.expires_after(patience);
    timer_.async_wait([self = shared_from_this()](const error_code& error) {
      if (!error) self->end();
    });
    drop();
  }
  void end() {
    error_code ignored;
    timer_.cancel();
    socket_.close(ignored);
  }

 private:
  static constexpr std::size_t kBytesMax = 65'536;

  void drop() {
    socket_.async_read_some(
        boost::asio::buffer(bytes_),
        [self = shared_from_this()](const error_code& error, std::size_t bytes) {
          self->dropped_ += bytes;
          if (error || self->dropped_ >= kBytesMax) return self->end();
          self->drop();
        });
  }

  tcp::socket socket_;
  boost::asio::steady_timer timer_;
  std::array<char, 1'024> bytes_{};
  std::size_t dropped_ = 0;
};

void Farewells::see_off(tcp::socket socket) {
  open_.erase(
      std::remove_if(open_.begin(), open_.end(), [](const auto& one) { return one.expired(); }),
      open_.end());
  if (open_.size() >= kAtOnce) return;
  const auto one = std::make_shared<One>(std::move(socket));
  open_.push_back(one);
  one->start(patience_);
}

void Farewells::end() {
  for (const auto& one : open_) {
    if (const auto open = one.lock()) open->end();
  }
  open_.clear();
}

}  // namespace chargemill::runtime
