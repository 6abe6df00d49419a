// A connection that has become a WebSocket. Inside of HttpServer.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket.hpp>
#include <memory>

#include "runtime/net/http_server.hpp"
#include "runtime/net/web_socket.hpp"

namespace chargemill::runtime {

/// One message under way to the peer at a time, and one from it. All of it on the server's thread,
/// but what the session gives, which any thread may.
class WebSocketConnection : public std::enable_shared_from_this<WebSocketConnection> {
 public:
  using Request = boost::beast::http::request<boost::beast::http::string_body>;

  /// `keeper` is let go of when the connection has ended.
  WebSocketConnection(boost::asio::ip::tcp::socket socket, std::shared_ptr<void> keeper,
                      WebSocketReply reply, const HttpLimits& limits);

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

  boost::beast::websocket::stream<boost::asio::ip::tcp::socket> stream_;
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
