#include "runtime/net/http_connection.hpp"

#include <boost/asio/post.hpp>
#include <utility>

#include "runtime/net/http_guard.hpp"
#include "runtime/net/web_socket_connection.hpp"

namespace chargemill::runtime {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

// Head and pieces of a body pass through it; pipelined requests wait in it.
constexpr std::size_t kBufferBytesMax = 65'536;
constexpr Nanos kCancelEvery = std::chrono::milliseconds{5};  // a reading that is to end
constexpr std::size_t kFirstBytes = 4'096;                    // of a request inside TLS
constexpr std::size_t kDiscardedMax = 4U << 20U;

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }
boost::beast::string_view theirs(std::string_view text) { return {text.data(), text.size()}; }

bool is_upgrade(const http::request<http::string_body>& request) {
  return boost::beast::websocket::is_upgrade(request);
}

/// Of any coding but one chunked, and of any in HTTP/1.0, it is not known where the body ends, nor
/// so where the next request begins; to Beast such a body is empty (RFC 9112, 6.1 and 6.3).
bool has_known_end(const http::request<http::string_body>& request) {
  const auto codings = request.count(http::field::transfer_encoding);
  if (codings == 0) return true;
  return codings == 1 && request.version() == 11 &&
         boost::beast::iequals(request[http::field::transfer_encoding], "chunked");
}

bool is_of_http(const boost::system::error_code& error) {
  return error.category() == make_error_code(http::error::bad_method).category();
}

/// All but the body.
HttpRequest head_of(const http::request<http::string_body>& from) {
  HttpRequest request;
  request.method = view(from.method_string());
  request.target = view(from.target());
  for (const auto& field : from) {
    std::string name{view(field.name_string())};
    for (char& c : name) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    request.headers.push_back({std::move(name), std::string{view(field.value())}});
  }
  return request;
}

HttpRequest plain(http::request<http::string_body>&& from) {
  HttpRequest request = head_of(from);
  request.body = std::move(from.body());
  return request;
}

}  // namespace

HttpConnection::HttpConnection(DoorStream stream, std::shared_ptr<HttpServer::Shared> shared)
    : wire_(std::move(stream)),
      shared_(std::move(shared)),
      timer_(wire_.get_executor()),
      buffer_(kBufferBytesMax),
      number_(shared_->next_number++) {
  count(shared_->counters.connections);
  shared_->connections.emplace(number_, this);
}

HttpConnection::~HttpConnection() {
  release();
  shared_->connections.erase(number_);
}

void HttpConnection::start() {
  Error ignored;
  wire_.socket().set_option(asio::ip::tcp::no_delay{true}, ignored);
  if (!wire_.is_encrypted()) return await_request();
  arm(Phase::handshake, shared_->limits.header);
  wire_.async_handshake([self = shared_from_this()](Error error) {
    if (self->phase_ != Phase::handshake) return;
    if (error) return self->close();
    self->await_request();
  });
}

void HttpConnection::wind_down() {
  is_last_ = true;
  if (const auto web_socket = web_socket_.lock()) return web_socket->wind_down();
  if (phase_ == Phase::handshake || phase_ == Phase::idle || phase_ == Phase::stream ||
      phase_ == Phase::linger)
    close();
}

void HttpConnection::close() {
  if (phase_ == Phase::closed) return;
  if (const auto web_socket = web_socket_.lock()) return web_socket->close();
  phase_ = Phase::closed;
  release();
  ++turn_;
  stream_.reset();
  timer_.cancel();
  wire_.close();
}

void HttpConnection::arm(Phase phase, Nanos patience) {
  if (phase_ == Phase::closed) return;
  phase_ = phase;
  is_timed_out_ = false;
  ring_after(patience);
}

void HttpConnection::ring_after(Nanos patience) {
  timer_.expires_after(patience);
  // It keeps the connection alive while somebody else works on the answer.
  timer_.async_wait([self = shared_from_this()](const Error& error) {
    if (error || asio::steady_timer::clock_type::now() < self->timer_.expiry()) return;
    self->on_timeout();
  });
}

void HttpConnection::on_timeout() {
  const bool is_first = !is_timed_out_ && phase_ != Phase::idle && phase_ != Phase::linger;
  if (is_first) count(shared_->counters.timeouts);
  switch (phase_) {
    case Phase::header:
    case Phase::body: {
      is_timed_out_ = true;  // the reading that ends now is answered
      Error ignored;
      wire_.socket().cancel(ignored);
      // Bytes that have come are handed over all the same, and what reads a header goes on then.
      return ring_after(kCancelEvery);
    }
    case Phase::answer:
      ++turn_;
      return refuse(503, "no answer in time, try again later");
    default:
      return close();
  }
}

void HttpConnection::await_request() {
  if (is_last_) return linger();
  if (buffer_.size() > 0) return read_header();
  arm(Phase::idle, shared_->limits.idle);
  if (wire_.is_encrypted()) return await_encrypted();
  wire_.socket().async_wait(asio::ip::tcp::socket::wait_read,
                            [self = shared_from_this()](Error error) {
                              if (error || self->phase_ != Phase::idle) return self->close();
                              self->read_header();
                            });
}

// What has been deciphered already is not seen by waiting for the socket.
void HttpConnection::await_encrypted() {
  wire_.async_read_some(buffer_.prepare(kFirstBytes),
                        [self = shared_from_this()](Error error, std::size_t bytes) {
                          if (error || self->phase_ != Phase::idle) return self->close();
                          self->buffer_.commit(bytes);
                          self->read_header();
                        });
}

void HttpConnection::read_header() {
  arm(Phase::header, shared_->limits.header);
  target_.clear();
  is_head_ = false;
  version_ = 11;
  parser_.emplace();
  parser_->header_limit(shared_->limits.header_bytes);
  parser_->body_limit(shared_->limits.body_bytes);
  http::async_read_header(wire_, buffer_, *parser_,
                          [self = shared_from_this()](Error error, std::size_t bytes) {
                            if (self->phase_ == Phase::header) self->on_header(error, bytes);
                          });
}

std::pair<unsigned, const char*> HttpConnection::objection() const {
  const auto& request = parser_->get();
  const auto hosts = request.count(http::field::host);
  if (target_.size() > shared_->limits.target_bytes) return {414, "the target is too long"};
  // RFC 9112, 3.2.4: only OPTIONS asks for no path, but for the server itself.
  const bool is_of_all = target_ == "*" && request.method() == http::verb::options;
  if ((target_.empty() || target_.front() != '/') && !is_of_all)
    return {400, "the target must begin with /"};
  if (hosts > 1 || (hosts == 0 && request.version() == 11))
    return {400, "Host: exactly one is needed"};
  if (!has_known_end(request)) return {400, "Transfer-Encoding: only chunked is known"};
  const bool is_named = hosts == 1 || !authority_.empty();
  if (is_named && !is_own_host(authority_, shared_->at, shared_->guards.names))
    return {403, "Host: this is not a name of this server"};
  // No page but ours may listen either: a WebSocket asks no leave of the one it belongs to.
  const bool is_guarded = !is_safe_method(view(request.method_string())) || is_upgrade(request);
  if (is_guarded && request.count(http::field::origin) > 0 &&
      !is_own_origin(view(request[http::field::origin]), authority_, wire_.is_encrypted()))
    return {403, "Origin: only pages of this server may change anything or listen"};
  return {0, ""};
}

// What is written in absolute form is what its path says, of the host that it names.
void HttpConnection::simplify_target() {
  auto& request = parser_->get();
  target_ = view(request.target());
  authority_ = view(request[http::field::host]);
  auto parts = split_absolute(target_);
  if (!parts) return;
  target_ = std::move(parts->target);
  authority_ = std::move(parts->authority);
  request.target(theirs(target_));
}

void HttpConnection::on_header(Error error, std::size_t bytes) {
  if (error) return fail(error);
  const auto& request = parser_->get();
  is_head_ = request.method() == http::verb::head;
  version_ = request.version();
  // The parser counts the request line and what came with it apart: its limit stops it reading, but
  // what it lets pass depends on how the network cut it.
  if (bytes > shared_->limits.header_bytes) return refuse_headers();
  simplify_target();
  const auto [status, why] = objection();
  if (status != 0) return refuse(status, why);
  heard_at_ = Clock::now();
  HttpVerdict verdict;
  if (shared_->guards.gate) verdict = shared_->guards.gate(head_of(request));
  if (verdict.refusal) return turn_away(std::move(*verdict.refusal));
  const auto announced = parser_->content_length();
  if (announced && *announced > shared_->limits.body_bytes)
    return refuse(413, "the body is too large");
  is_stranger_ = verdict.is_stranger;
  has_spoken_ = has_spoken_ || !is_stranger_;
  // What everybody may ask for needs none.
  if (verdict.is_stranger && (parser_->chunked() || announced.value_or(0) > 0))
    return refuse(413, "a body is taken with a token only");
  begin_body();
}

// Whoever asked is now a WebSocket; what is left of this counts it among the connections.
// False: it is a request like any other.
bool HttpConnection::upgrade() {
  const auto request = parser_->get();
  auto copy = request;
  WebSocketReply reply = shared_->open(plain(std::move(copy)));
  if (reply.refusal) write(std::move(*reply.refusal));
  if (reply.session == nullptr) return reply.refusal.has_value();
  if (buffer_.size() > 0) {
    refuse(400, "nothing may follow before the handshake is answered");
    return true;
  }
  count(shared_->counters.web_sockets);
  timer_.cancel();
  phase_ = Phase::socket;
  auto web_socket = std::make_shared<WebSocketConnection>(std::move(wire_), shared_from_this(),
                                                          std::move(reply), shared_->limits);
  web_socket_ = web_socket;
  web_socket->accept(request);
  return true;
}

void HttpConnection::hand_over() {
  // Behind a chunked body may stand headers that nobody has looked at yet; a handshake has no body.
  const bool may_be_handshake = shared_->open && !parser_->chunked();
  if (may_be_handshake && is_upgrade(parser_->get()) && upgrade()) return;
  arm(Phase::answer, shared_->limits.answer);
  count(shared_->counters.requests);
  is_last_ = is_last_ || !parser_->get().keep_alive();
  HttpAnswer answer = [weak = weak_from_this(), turn = ++turn_](HttpResponse response) {
    auto self = weak.lock();
    if (!self) return;
    auto executor = self->wire_.get_executor();
    asio::post(executor, [self = std::move(self), turn, response = std::move(response)]() mutable {
      self->on_answer(turn, std::move(response));
    });
  };
  HttpRequest request = plain(parser_->release());
  request.is_stranger = is_stranger_;
  shared_->handler(std::move(request), std::move(answer));
}

void HttpConnection::on_answer(std::uint64_t turn, HttpResponse&& answer) {
  if (turn != turn_ || phase_ != Phase::answer) return;  // nobody waits for it any more
  ++turn_;
  write(std::move(answer));
}

void HttpConnection::write(HttpResponse&& answer) {
  arm(Phase::write, shared_->limits.write);
  is_last_ = is_last_ || shared_->is_stopping || answer.stream != nullptr;
  serializer_.reset();
  auto& response = response_.emplace();
  response.version(version_);
  response.result(answer.status);
  response.set(http::field::content_type, theirs(answer.content_type));
  response.set("X-Content-Type-Options", "nosniff");
  response.set(http::field::cache_control, "no-store");
  for (const auto& header : answer.headers) response.set(theirs(header.name), theirs(header.value));
  response.keep_alive(!is_last_);
  if (answer.stream == nullptr) {
    response.body() = std::move(answer.body);
    response.prepare_payload();
    // One has no content, of the other it stays away: its length is not 0 (RFC 9110, 8.6).
    if (answer.status == 204) response.erase(http::field::content_type);
    if (answer.status == 204 || answer.status == 304) response.erase(http::field::content_length);
  } else if (!is_head_) {
    stream_ = std::move(answer.stream);
  }
  count_answer(response.body().size());
  serializer_.emplace(*response_);
  const auto done = [self = shared_from_this()](Error error, std::size_t) {
    if (self->phase_ == Phase::write) self->on_written(error);
  };
  if (is_head_ || stream_ != nullptr) {
    serializer_->split(true);
    http::async_write_header(wire_, *serializer_, done);
  } else {
    http::async_write(wire_, *serializer_, done);
  }
}

void HttpConnection::on_written(Error error) {
  if (error) return close();
  serializer_.reset();
  response_.reset();  // a large answer need not be kept until the next
  release();
  if (stream_ != nullptr) return begin_stream(std::move(stream_));
  parser_.reset();
  await_request();
}

void HttpConnection::refuse(unsigned status, std::string text) {
  if (phase_ == Phase::closed) return;
  auto answer = shared_->complain(status, std::move(text), target_);
  phase_ == Phase::answer ? write(std::move(answer)) : turn_away(std::move(answer));
}

// What follows is not read: where the next request begins is not known.
void HttpConnection::turn_away(HttpResponse&& answer) {
  count(shared_->counters.requests_refused);
  is_last_ = true;
  write(std::move(answer));
}

void HttpConnection::fail(Error error) {
  if (is_timed_out_) {
    if (buffer_.size() == 0 && !parser_->got_some()) return close();
    return refuse(408, "the request did not come in time");
  }
  if (error == http::error::header_limit || error == http::error::buffer_overflow)
    return refuse_headers();
  if (error == http::error::body_limit) return refuse(413, "the body is too large");
  if (error == http::error::end_of_stream || !is_of_http(error)) return close();  // it has gone
  refuse(400, "this is not HTTP: " + error.message());
}

// What a client still sends is read for a while: closing at once would take the answer back from it
// (RST).
void HttpConnection::linger() {
  if (shared_->is_stopping) return close();
  arm(Phase::linger, shared_->limits.linger);
  const auto say_no_more = [self = shared_from_this()] {
    if (self->phase_ != Phase::linger) return;
    Error ignored;
    self->wire_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    self->discard(self->wire_.socket());
  };
  if (!wire_.is_encrypted()) return say_no_more();
  wire_.async_shutdown([say_no_more](Error) { say_no_more(); });
}

template <class Stream>
void HttpConnection::discard(Stream& from) {
  buffer_.clear();
  from.async_read_some(buffer_.prepare(kBufferBytesMax / 4),
                       [self = shared_from_this(), &from](Error error, std::size_t bytes) {
                         self->discarded_ += bytes;
                         if (error || self->discarded_ > kDiscardedMax) return self->close();
                         if (self->phase_ == Phase::closed) return;
                         self->discard(from);
                       });
}

void HttpConnection::begin_stream(std::shared_ptr<HttpStream> stream) {
  stream_ = std::move(stream);
  timer_.cancel();
  phase_ = Phase::stream;
  discard(wire_);  // tells when the client has gone
  ask_stream();
}

}  // namespace chargemill::runtime
