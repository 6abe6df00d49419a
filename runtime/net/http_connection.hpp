// One HTTP connection: waits, reads, asks, answers, and is limited in each of them. Inside of
// HttpServer.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <memory>
#include <optional>

#include "runtime/net/door_stream.hpp"
#include "runtime/net/http_server_shared.hpp"

namespace chargemill::runtime {

class WebSocketConnection;

/// Lives as long as an operation of it is under way; all of it on the server's thread, but the
/// answer, which any thread may give.
class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
 public:
  using Clock = std::chrono::steady_clock;

  HttpConnection(DoorStream stream, std::shared_ptr<HttpServer::Shared> shared);
  ~HttpConnection();
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  void start();
  /// No further request: closes now if none is under way, else after its answer.
  void wind_down();
  void close();

  /// Whether the head of a request of it has ever arrived whole and was not refused; where there is
  /// a gate, also of one whom that knows.
  [[nodiscard]] bool has_spoken() const noexcept { return has_spoken_; }
  [[nodiscard]] bool is_over() const noexcept { return phase_ == Phase::closed; }
  [[nodiscard]] Nanos age() const noexcept { return Clock::now() - begun_at_; }
  /// When it last asked for something.
  [[nodiscard]] Clock::time_point heard_at() const noexcept { return heard_at_; }
  /// Of the answer that is being taken, and since when.
  [[nodiscard]] std::uint64_t answer_bytes() const noexcept { return answer_bytes_; }
  [[nodiscard]] Clock::time_point answered_at() const noexcept { return answered_at_; }

 private:
  enum class Phase : std::uint8_t {
    handshake,
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
  void ring_after(Nanos patience);
  void on_timeout();
  void await_request();
  void await_encrypted();
  void read_header();
  /// `bytes`: of its head, from the request line to the empty line.
  void on_header(Error error, std::size_t bytes);
  void simplify_target();
  void begin_body();
  void read_body();
  void read_more();
  void on_body(Error error);
  void hand_over();
  [[nodiscard]] bool upgrade();
  [[nodiscard]] bool has_long_trailers() const;
  void on_answer(std::uint64_t turn, HttpResponse&& answer);
  void write(HttpResponse&& answer);
  void on_written(Error error);
  void refuse(unsigned status, std::string text);
  void refuse_headers();
  void turn_away(HttpResponse&& answer);
  /// Answers a reading that failed, or closes.
  void fail(Error error);
  void linger();
  template <class Stream>
  void discard(Stream& from);
  void begin_stream(std::shared_ptr<HttpStream> stream);
  void ask_stream();
  void on_piece(std::string piece);
  /// Why the request that has begun is not taken: a status and a text; 0: it is.
  [[nodiscard]] std::pair<unsigned, const char*> objection() const;

  /// False: all bodies together have become too large.
  [[nodiscard]] bool count_body();
  void count_answer(std::uint64_t bytes);
  /// Neither a body nor an answer is held any more.
  void release();

  DoorStream wire_;
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
  std::string authority_;                          ///< likewise: whom it is for
  const std::uint64_t number_;
  const Clock::time_point begun_at_ = Clock::now();
  Clock::time_point heard_at_ = begun_at_;
  Clock::time_point answered_at_;
  std::size_t discarded_ = 0;
  std::uint64_t body_bytes_ = 0;    ///< of Shared::bodies_bytes
  std::uint64_t answer_bytes_ = 0;  ///< of Shared::answers_bytes
  std::uint64_t turn_ = 0;          ///< an answer to an earlier one comes too late
  unsigned version_ = 11;           ///< of the request under way; 10 is HTTP/1.0
  Phase phase_ = Phase::idle;
  bool is_head_ = false;
  bool has_spoken_ = false;
  bool is_stranger_ = false;  ///< who asks at present
  bool is_timed_out_ = false;
  bool is_last_ = false;  ///< the connection closes after this answer
};

}  // namespace chargemill::runtime
