// One HTTP connection: waits, reads, asks, answers, and is limited in each of them. Inside of
// HttpServer.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <memory>
#include <optional>

#include "runtime/net/http_server_shared.hpp"

namespace chargemill::runtime {

class WebSocketConnection;

/// Lives as long as an operation of it is under way; all of it on the server's thread, but the
/// answer, which any thread may give.
class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
 public:
  HttpConnection(boost::asio::ip::tcp::socket socket, std::shared_ptr<HttpServer::Shared> shared);
  ~HttpConnection();
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  void start();
  /// No further request: closes now if none is under way, else after its answer.
  void wind_down();
  void close();

 private:
  enum class Phase : std::uint8_t {
    idle,
    header,
    body,
    answer,
    write,
    stream,
    linger,
    socket,
    closed
  };
  using Error = boost::beast::error_code;
  using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;
  using Response = boost::beast::http::response<boost::beast::http::string_body>;
  using Serializer = boost::beast::http::response_serializer<boost::beast::http::string_body>;

  void arm(Phase phase, Nanos patience);
  void on_timeout();
  void await_request();
  void read_header();
  void on_header(Error error);
  void read_body();
  void on_body(Error error);
  void hand_over();
  [[nodiscard]] bool upgrade();
  void on_answer(std::uint64_t turn, HttpResponse&& answer);
  void write(HttpResponse&& answer);
  void on_written(Error error);
  void refuse(unsigned status, std::string text);
  /// Answers a reading that failed, or closes.
  void fail(Error error);
  void linger();
  void discard();
  void begin_stream(std::shared_ptr<HttpStream> stream);
  void ask_stream();
  void on_piece(std::string piece);
  /// Why the request that has begun is not taken: a status and a text; 0: it is.
  [[nodiscard]] std::pair<unsigned, const char*> objection() const;

  boost::asio::ip::tcp::socket socket_;
  std::shared_ptr<HttpServer::Shared> shared_;
  boost::asio::steady_timer timer_;
  boost::beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  std::optional<Response> response_;
  std::optional<Serializer> serializer_;
  std::shared_ptr<HttpStream> stream_;
  std::string piece_;
  std::weak_ptr<WebSocketConnection> web_socket_;  ///< what this has become; it keeps this
  std::string target_;                             ///< of the request under way
  std::size_t discarded_ = 0;
  std::uint64_t turn_ = 0;  ///< an answer to an earlier one comes too late
  unsigned version_ = 11;   ///< likewise; 10 is HTTP/1.0
  Phase phase_ = Phase::idle;
  bool is_head_ = false;
  bool is_timed_out_ = false;
  bool is_last_ = false;  ///< the connection closes after this answer
};

}  // namespace chargemill::runtime
