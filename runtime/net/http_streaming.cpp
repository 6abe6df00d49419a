// An answer without end: a piece at a time, when the one before has been taken.
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "runtime/net/http_connection.hpp"
#include "runtime/net/http_server_shared.hpp"

namespace chargemill::runtime {

namespace asio = boost::asio;

void HttpConnection::ask_stream() {
  phase_ = Phase::stream;
  stream_->next([weak = weak_from_this()](std::string piece) {
    auto self = weak.lock();
    if (!self) return;
    auto executor = self->wire_.get_executor();
    asio::post(executor, [self = std::move(self), piece = std::move(piece)]() mutable {
      self->on_piece(std::move(piece));
    });
  });
}

void HttpConnection::on_piece(std::string piece) {
  if (phase_ != Phase::stream) return;
  if (piece.empty()) return close();
  piece_ = std::move(piece);
  arm(Phase::write, shared_->limits.write);
  asio::async_write(wire_, asio::buffer(piece_),
                    [self = shared_from_this()](Error error, std::size_t) {
                      if (self->phase_ != Phase::write) return;
                      if (error || self->shared_->is_stopping) return self->close();
                      self->timer_.cancel();
                      self->ask_stream();
                    });
}

}  // namespace chargemill::runtime
