#include "runtime/net/http_call.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/post.hpp>
#include <limits>
#include <utility>

#include "runtime/net/lookup.hpp"

namespace chargemill::runtime {
namespace {

namespace http = boost::beast::http;
using boost::system::error_code;

constexpr std::uint32_t kHeadBytesMax = 16U << 10U;

}  // namespace

HttpCall::HttpCall(boost::asio::io_context& context, Options options, OnPiece on_piece,
                   OnEnd on_end)
    : options_(std::move(options)),
      on_piece_(std::move(on_piece)),
      on_end_(std::move(on_end)),
      resolver_(context),
      stream_(Tcp::socket{context}, options_.tls.get()),
      timer_(context),
      request_(http::verb::post, options_.target, 11) {
  request_.set(http::field::host, to_text(options_.to));
  request_.set(http::field::content_type, "application/json");
  request_.set(http::field::connection, "close");
  request_.body() = options_.body;
  request_.prepare_payload();
  parser_.header_limit(kHeadBytesMax);
  parser_.body_limit(options_.is_stream ? std::numeric_limits<std::uint64_t>::max()
                                        : options_.bytes_max);
}

void HttpCall::start() {
  timer_.expires_after(options_.patience);
  timer_.async_wait([self = shared_from_this()](const error_code& error) {
    if (!error) self->end("no answer in time");
  });
  resolver_.async_resolve(name_to_look_up(options_.to), std::to_string(options_.to.port),
                          [self = shared_from_this()](const error_code& error, const auto& found) {
                            if (!self->on_end_) return;
                            if (error) return self->end(error.message());
                            boost::asio::async_connect(
                                self->stream_.socket(), found,
                                [self](const error_code& refused, const auto&) {
                                  if (!self->on_end_) return;
                                  if (refused) return self->end(refused.message());
                                  self->shake_hands();
                                });
                          });
}

void HttpCall::cancel() {
  on_end_ = {};
  resolver_.cancel();
  timer_.cancel();
  stream_.close();
}

void HttpCall::shake_hands() {
  error_code ignored;  // a slower or a longer-lived connection harms nobody
  stream_.socket().set_option(Tcp::no_delay{true}, ignored);
  stream_.socket().set_option(boost::asio::socket_base::keep_alive{true}, ignored);
  if (!stream_.is_encrypted()) return write();
  if (!expect_peer(stream_.inside()->native_handle(), options_.to.host))
    return end("no TLS for " + options_.to.host);
  stream_.async_client_handshake([self = shared_from_this()](const error_code& error) {
    if (!self->on_end_) return;
    if (error) return self->end(self->why(error));
    self->write();
  });
}

void HttpCall::write() {
  outcome_.was_sent = true;
  http::async_write(stream_, request_,
                    [self = shared_from_this()](const error_code& error, std::size_t) {
                      if (!self->on_end_) return;
                      // One that does not take the client's certificate says so after the handshake
                      // (TLS 1.3), and may have closed by now: its reason is still to be read.
                      if (error && !self->stream_.is_encrypted())
                        return self->end(self->why(error));
                      self->read_head();
                    });
}

void HttpCall::read_head() {
  http::async_read_header(stream_, buffer_, parser_,
                          [self = shared_from_this()](const error_code& error, std::size_t) {
                            if (!self->on_end_) return;
                            if (error) return self->end(self->why(error));
                            self->outcome_.status = self->parser_.get().result_int();
                            if (self->options_.is_stream) self->timer_.cancel();
                            self->read();
                          });
}

void HttpCall::read() {
  if (parser_.is_done()) return end({});
  auto& body = parser_.get().body();
  body.data = piece_.data();
  body.size = piece_.size();
  http::async_read_some(stream_, buffer_, parser_,
                        [self = shared_from_this()](const error_code& error, std::size_t) {
                          if (!self->on_end_) return;
                          self->take_piece();
                          if (!self->on_end_) return;
                          if (error && error != http::error::need_buffer)
                            return self->end(self->why(error));
                          self->read();
                        });
}

void HttpCall::take_piece() {
  const std::size_t size = piece_.size() - parser_.get().body().size;
  if (size > 0) on_piece_({piece_.data(), size});
}

/// In words, of what came after it was connected.
std::string HttpCall::why(const error_code& error) {
  if (stream_.is_encrypted())
    return tls_trouble(stream_.inside()->native_handle(), options_.to, error);
  const bool is_cut = error == http::error::end_of_stream ||
                      error == boost::asio::error::connection_reset ||
                      error == boost::asio::error::broken_pipe;
  // One that wants TLS and hears something else says nothing, etcd at least.
  return error.message() +
         (is_cut && outcome_.status == 0 ? ", as one does that speaks TLS alone" : "");
}

void HttpCall::end(const std::string& error) {
  if (!on_end_) return;
  outcome_.error = error;
  const auto tell = std::move(on_end_);
  cancel();
  tell(outcome_);
}

}  // namespace chargemill::runtime
