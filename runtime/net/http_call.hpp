// One request to somebody else's HTTP server, on a connection of its own.
#pragma once

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/base/units.hpp"
#include "runtime/net/door_stream.hpp"
#include "runtime/net/endpoint.hpp"
#include "runtime/net/tls_context.hpp"

namespace chargemill::runtime {

/// What became of a call.
struct HttpEnd {
  unsigned status = 0;    ///< 0: no head of an answer came
  std::string error;      ///< why the answer is not whole; empty: it is
  bool was_sent = false;  ///< the other side may have acted on it
};

/// POSTs JSON and hands on the answer's body as it comes. A connection for each call: calls are
/// few, and one that breaks says which call it broke. Threads: the IoThread.
class HttpCall final : public std::enable_shared_from_this<HttpCall> {
 public:
  struct Options {
    Endpoint to;
    std::string target;
    std::string body;
    Nanos patience = std::chrono::seconds{5};  ///< for all of it; of a stream: for its head
    bool is_stream = false;                    ///< its answer has no end
    std::size_t bytes_max = 8U << 20U;         ///< of an answer that is no stream
    TlsContext tls = nullptr;                  ///< of open_client_tls(); null: plain
  };
  /// What came of the body; valid during the call.
  using OnPiece = std::function<void(std::string_view)>;
  using OnEnd = std::function<void(const HttpEnd&)>;

  HttpCall(boost::asio::io_context& context, Options options, OnPiece on_piece, OnEnd on_end);

  /// `on_end` is called once, after the last piece, and never from within.
  void start();
  /// Nothing is heard of it any more.
  void cancel();

 private:
  using Tcp = boost::asio::ip::tcp;
  using Body = boost::beast::http::buffer_body;

  void shake_hands();
  void write();
  void read_head();
  void read();
  void take_piece();
  [[nodiscard]] std::string why(const boost::system::error_code& error);
  void end(const std::string& error);

  const Options options_;
  OnPiece on_piece_;
  OnEnd on_end_;  // empty: it is over
  Tcp::resolver resolver_;
  DoorStream stream_;
  boost::asio::steady_timer timer_;
  boost::beast::http::request<boost::beast::http::string_body> request_;
  boost::beast::http::response_parser<Body> parser_;
  boost::beast::flat_buffer buffer_;
  std::array<char, 16'384> piece_{};
  HttpEnd outcome_;
};

}  // namespace chargemill::runtime
