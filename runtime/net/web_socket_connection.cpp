#include "runtime/net/web_socket_connection.hpp"

#include <boost/asio/post.hpp>
#include <utility>

namespace chargemill::runtime {
namespace {

namespace asio = boost::asio;
namespace websocket = boost::beast::websocket;

bool is_separator(char c) noexcept { return c == ' ' || c == '\t' || c == ','; }

}  // namespace

bool offers_protocol(std::string_view offered, std::string_view protocol) noexcept {
  while (!offered.empty()) {
    std::size_t end = 0;
    while (end < offered.size() && !is_separator(offered[end])) ++end;
    if (offered.substr(0, end) == protocol && !protocol.empty()) return true;
    while (end < offered.size() && is_separator(offered[end])) ++end;
    offered.remove_prefix(end);
  }
  return false;
}

WebSocketConnection::WebSocketConnection(asio::ip::tcp::socket socket, std::shared_ptr<void> keeper,
                                         WebSocketReply reply, const HttpLimits& limits)
    : stream_(std::move(socket)),
      keeper_(std::move(keeper)),
      session_(std::move(reply.session)),
      protocol_(std::move(reply.protocol)),
      limits_(limits),
      timer_(stream_.get_executor()),
      heard_(limits.message_bytes) {
  // One who neither takes what is sent nor answers a ping is gone, whatever the kernel says.
  stream_.set_option(websocket::stream_base::timeout{limits.header, limits.silence, true});
  stream_.read_message_max(limits.message_bytes);
  stream_.auto_fragment(false);  // a message is one frame
}

void WebSocketConnection::accept(const Request& request) {
  stream_.set_option(
      websocket::stream_base::decorator([protocol = protocol_](websocket::response_type& response) {
        if (!protocol.empty())
          response.set(boost::beast::http::field::sec_websocket_protocol, protocol);
      }));
  stream_.async_accept(request, [self = shared_from_this()](Error error) {
    if (error) return self->close();
    self->read();
    self->ask();
  });
}

void WebSocketConnection::wind_down() {
  if (session_ != nullptr && !is_closing_) session_->close();
}

void WebSocketConnection::close() {
  is_closing_ = true;
  timer_.cancel();
  Error ignored;
  stream_.next_layer().close(ignored);
  session_.reset();
  keeper_.reset();
}

void WebSocketConnection::read() {
  stream_.async_read(
      heard_, [self = shared_from_this()](Error error, std::size_t) { self->on_read(error); });
}

bool WebSocketConnection::is_too_talkative() {
  const auto now = std::chrono::steady_clock::now();
  if (now - second_ >= std::chrono::seconds{1}) {
    second_ = now;
    heard_in_second_ = 0;
  }
  return ++heard_in_second_ > limits_.messages_per_second;
}

void WebSocketConnection::on_read(Error error) {
  if (error || session_ == nullptr) return close();
  const auto data = heard_.cdata();
  const std::string_view message{static_cast<const char*>(data.data()), data.size()};
  if (is_closing_) {
    heard_.clear();
    return read();  // until the peer has answered the goodbye
  }
  if (is_too_talkative() || !session_->hear(message, stream_.got_text()))
    say_goodbye(websocket::close_code::policy_error);
  heard_.clear();
  read();
}

void WebSocketConnection::ask() {
  if (session_ == nullptr || is_closing_) return;
  session_->next([weak = weak_from_this()](WebSocketMessage message) {
    auto self = weak.lock();
    if (!self) return;
    auto executor = self->stream_.get_executor();
    asio::post(executor, [self = std::move(self), message = std::move(message)]() mutable {
      self->on_message(std::move(message));
    });
  });
}

void WebSocketConnection::on_message(WebSocketMessage message) {
  if (session_ == nullptr || is_closing_) return;
  if (message.bytes == nullptr) return say_goodbye(websocket::close_code::going_away);
  message_ = std::move(message);
  stream_.text(message_.is_text);
  stream_.async_write(asio::buffer(*message_.bytes),
                      [self = shared_from_this()](Error error, std::size_t) {
                        if (error) return self->close();
                        self->message_ = {};
                        self->ask();
                      });
}

// A peer that does not answer a goodbye gets no second one.
void WebSocketConnection::say_goodbye(websocket::close_code code) {
  if (std::exchange(is_closing_, true)) return;
  timer_.expires_after(limits_.linger);
  timer_.async_wait([self = shared_from_this()](Error error) {
    if (!error) self->close();
  });
  stream_.async_close(code, [self = shared_from_this()](Error) { self->close(); });
}

}  // namespace chargemill::runtime
