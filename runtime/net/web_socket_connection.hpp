// A connection that has become a WebSocket. Inside of HttpServer.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <memory>
#include <utility>

#include "runtime/net/door_stream.hpp"
#include "runtime/net/http_server.hpp"
#include "runtime/net/web_socket.hpp"

namespace chargemill::runtime {

/// How Beast ends the stream below a WebSocket.
template <class Handler>
void async_teardown(boost::beast::role_type role, DoorStream& stream, Handler&& handler) {
  using boost::beast::websocket::async_teardown;
  if (auto* const inside = stream.inside()) {
    async_teardown(role, *inside, std::forward<Handler>(handler));
  } else {
    async_teardown(role, stream.socket(), std::forward<Handler>(handler));
  }
}

/// One message under way to the peer at a time, and one from it. All of it on the server's thread,
/// but what the session gives, which any thread may.
class WebSocketConnection : public std::enable_shared_from_this<WebSocketConnection> {
 public:
  using Request = boost::beast::http::request<boost::beast::http::string_body>;

  /// `keeper` is let go of when the connection has ended.
  WebSocketConnection(DoorStream stream, std::shared_ptr<void> keeper, WebSocketReply reply,
                      const HttpLimits& limits);

  /// Answers the handshake and talks from then on.
  void accept(const Request& request);
  /// Lets the session say its last words, then ends.
  void wind_down();
  void close();

 private:
  using Error = boost::beast::error_code;

  void read();
  void on_read(Error error);
  [[nodiscard]] bool is_too_talkative();
  void ask();
  void on_message(WebSocketMessage message);
  void say_goodbye(boost::beast::websocket::close_code code);

  boost::beast::websocket::stream<DoorStream> stream_;
  std::shared_ptr<void> keeper_;
  std::shared_ptr<WebSocketSession> session_;
  const std::string protocol_;
  const HttpLimits limits_;
  boost::asio::steady_timer timer_;  ///< for the closing handshake
  boost::beast::flat_buffer heard_;
  WebSocketMessage message_;  ///< under way
  std::chrono::steady_clock::time_point second_{};
  unsigned heard_in_second_ = 0;
  bool is_closing_ = false;
};

}  // namespace chargemill::runtime
