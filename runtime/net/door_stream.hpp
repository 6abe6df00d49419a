// The bytes of one connection, as they are or inside TLS: what the connections of all doors, and
// those who dial, read and write.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <memory>
#include <utility>

namespace chargemill::runtime {

/// An AsyncStream of Beast's kind, for handlers. Threads: the IoThread.
class DoorStream {
 public:
  using Socket = boost::asio::ip::tcp::socket;
  using Error = boost::system::error_code;
  using Inside = boost::asio::ssl::stream<Socket>;
  using executor_type = Socket::executor_type;  // NOLINT(readability-identifier-naming): Asio's

  /// Without `tls`: plain.
  DoorStream(Socket socket, boost::asio::ssl::context* tls) : plain_(std::move(socket)) {
    if (tls != nullptr) inside_ = std::make_unique<Inside>(std::move(plain_), *tls);
  }

  [[nodiscard]] executor_type get_executor() { return socket().get_executor(); }
  [[nodiscard]] bool is_encrypted() const noexcept { return inside_ != nullptr; }
  [[nodiscard]] Socket& socket() noexcept { return inside_ ? inside_->next_layer() : plain_; }

  /// Null: it is plain.
  [[nodiscard]] Inside* inside() noexcept { return inside_.get(); }
  /// What is below, for Beast: it closes that when time is up.
  [[nodiscard]] Socket& next_layer() noexcept { return socket(); }

  /// To be done before all else of a stream that is encrypted.
  template <class Handler>
  void async_handshake(Handler&& handler) {
    inside_->async_handshake(Inside::server, std::forward<Handler>(handler));
  }
  /// The same of whoever has dialled.
  template <class Handler>
  void async_client_handshake(Handler&& handler) {
    inside_->async_handshake(Inside::client, std::forward<Handler>(handler));
  }
  template <class Buffers, class Handler>
  void async_read_some(const Buffers& buffers, Handler&& handler) {
    inside_ ? inside_->async_read_some(buffers, std::forward<Handler>(handler))
            : plain_.async_read_some(buffers, std::forward<Handler>(handler));
  }
  template <class Buffers, class Handler>
  void async_write_some(const Buffers& buffers, Handler&& handler) {
    inside_ ? inside_->async_write_some(buffers, std::forward<Handler>(handler))
            : plain_.async_write_some(buffers, std::forward<Handler>(handler));
  }
  /// Says that this was all, and waits until the other end says so too. Of an encrypted stream.
  template <class Handler>
  void async_shutdown(Handler&& handler) {
    inside_->async_shutdown(std::forward<Handler>(handler));
  }
  /// Ends it now; what is under way ends with an error.
  void close() {
    Error ignored;
    socket().shutdown(Socket::shutdown_both, ignored);
    socket().close(ignored);
  }

 private:
  Socket plain_;
  std::unique_ptr<Inside> inside_;
};

}  // namespace chargemill::runtime
