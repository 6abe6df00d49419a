#include "runtime/net/http_connection.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "runtime/net/http_guard.hpp"
#include "runtime/net/web_socket_connection.hpp"

namespace chargemill::runtime {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

// Head and pieces of a body pass through it; pipelined requests wait in it.
constexpr std::size_t kBufferBytesMax = 65'536;
constexpr std::size_t kDiscardedMax = 4U << 20U;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }
boost::beast::string_view theirs(std::string_view text) { return {text.data(), text.size()}; }

bool is_upgrade(const http::request<http::string_body>& request) {
  return boost::beast::websocket::is_upgrade(request);
}

bool is_of_http(const boost::system::error_code& error) {
  return error.category() == make_error_code(http::error::bad_method).category();
}

HttpRequest plain(http::request<http::string_body>&& from) {
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
  request.body = std::move(from.body());
  return request;
}

}  // namespace

HttpConnection::HttpConnection(asio::ip::tcp::socket socket,
                               std::shared_ptr<HttpServer::Shared> shared)
    : socket_(std::move(socket)),
      shared_(std::move(shared)),
      timer_(socket_.get_executor()),
      buffer_(kBufferBytesMax) {
  count(shared_->counters.connections);
  shared_->connections.insert(this);
}

HttpConnection::~HttpConnection() { shared_->connections.erase(this); }

void HttpConnection::start() {
  Error ignored;
  socket_.set_option(asio::ip::tcp::no_delay{true}, ignored);
  await_request();
}

void HttpConnection::wind_down() {
  is_last_ = true;
  if (const auto web_socket = web_socket_.lock()) return web_socket->wind_down();
  if (phase_ == Phase::idle || phase_ == Phase::stream || phase_ == Phase::linger) close();
}

void HttpConnection::close() {
  if (phase_ == Phase::closed) return;
  if (const auto web_socket = web_socket_.lock()) return web_socket->close();
  phase_ = Phase::closed;
  ++turn_;
  stream_.reset();
  timer_.cancel();
  Error ignored;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
  socket_.close(ignored);
}

void HttpConnection::arm(Phase phase, Nanos patience) {
  if (phase_ == Phase::closed) return;
  phase_ = phase;
  is_timed_out_ = false;
  timer_.expires_after(patience);
  // It keeps the connection alive while somebody else works on the answer.
  timer_.async_wait([self = shared_from_this()](const Error& error) {
    if (error || asio::steady_timer::clock_type::now() < self->timer_.expiry()) return;
    self->on_timeout();
  });
}

void HttpConnection::on_timeout() {
  if (phase_ != Phase::idle && phase_ != Phase::linger) count(shared_->counters.timeouts);
  switch (phase_) {
    case Phase::header:
    case Phase::body: {
      is_timed_out_ = true;  // the reading that ends now is answered
      Error ignored;
      socket_.cancel(ignored);
      return;
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
  socket_.async_wait(asio::ip::tcp::socket::wait_read, [self = shared_from_this()](Error error) {
    if (error || self->phase_ != Phase::idle) return self->close();
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
  http::async_read_header(socket_, buffer_, *parser_,
                          [self = shared_from_this()](Error error, std::size_t) {
                            if (self->phase_ == Phase::header) self->on_header(error);
                          });
}

std::pair<unsigned, const char*> HttpConnection::objection() const {
  const auto& request = parser_->get();
  const auto hosts = request.count(http::field::host);
  const std::string_view host = view(request[http::field::host]);
  if (target_.size() > shared_->limits.target_bytes) return {414, "the target is too long"};
  if (target_.empty() || target_.front() != '/') return {400, "the target must begin with /"};
  if (hosts > 1 || (hosts == 0 && request.version() == 11))
    return {400, "Host: exactly one is needed"};
  if (hosts == 1 && !is_own_host(host, shared_->at))
    return {403, "Host: this is not a name of this server"};
  // No page but ours may listen either: a WebSocket asks no leave of the one it belongs to.
  const bool is_guarded = !is_safe_method(view(request.method_string())) || is_upgrade(request);
  if (is_guarded && request.count(http::field::origin) > 0 &&
      !is_own_origin(view(request[http::field::origin]), host))
    return {403, "Origin: only pages of this server may change anything or listen"};
  return {0, ""};
}

void HttpConnection::on_header(Error error) {
  if (error) return fail(error);
  const auto& request = parser_->get();
  target_ = view(request.target());
  is_head_ = request.method() == http::verb::head;
  version_ = request.version();
  const auto [status, why] = objection();
  if (status != 0) return refuse(status, why);
  const auto announced = parser_->content_length();
  if (announced && *announced > shared_->limits.body_bytes)
    return refuse(413, "the body is too large");
  const std::string_view expected = view(request[http::field::expect]);
  if (expected.empty()) return read_body();
  if (!boost::beast::iequals(theirs(expected), "100-continue"))
    return refuse(417, "Expect: only 100-continue is known");
  arm(Phase::body, shared_->limits.body);
  asio::async_write(socket_, asio::buffer(kContinue),
                    [self = shared_from_this()](Error failed, std::size_t) {
                      if (self->phase_ != Phase::body) return;
                      if (failed) return self->close();
                      self->read_body();
                    });
}

void HttpConnection::read_body() {
  arm(Phase::body, shared_->limits.body);
  http::async_read(socket_, buffer_, *parser_,
                   [self = shared_from_this()](Error error, std::size_t) {
                     if (self->phase_ == Phase::body) self->on_body(error);
                   });
}

void HttpConnection::on_body(Error error) {
  if (error) return fail(error);
  hand_over();
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
  auto web_socket = std::make_shared<WebSocketConnection>(std::move(socket_), shared_from_this(),
                                                          std::move(reply), shared_->limits);
  web_socket_ = web_socket;
  web_socket->accept(request);
  return true;
}

void HttpConnection::hand_over() {
  if (shared_->open && is_upgrade(parser_->get()) && upgrade()) return;
  arm(Phase::answer, shared_->limits.answer);
  count(shared_->counters.requests);
  is_last_ = is_last_ || !parser_->get().keep_alive();
  HttpAnswer answer = [weak = weak_from_this(), turn = ++turn_](HttpResponse response) {
    auto self = weak.lock();
    if (!self) return;
    auto executor = self->socket_.get_executor();
    asio::post(executor, [self = std::move(self), turn, response = std::move(response)]() mutable {
      self->on_answer(turn, std::move(response));
    });
  };
  shared_->handler(plain(parser_->release()), std::move(answer));
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
  } else if (!is_head_) {
    stream_ = std::move(answer.stream);
  }
  serializer_.emplace(*response_);
  const auto done = [self = shared_from_this()](Error error, std::size_t) {
    if (self->phase_ == Phase::write) self->on_written(error);
  };
  if (is_head_ || stream_ != nullptr) {
    serializer_->split(true);
    http::async_write_header(socket_, *serializer_, done);
  } else {
    http::async_write(socket_, *serializer_, done);
  }
}

void HttpConnection::on_written(Error error) {
  if (error) return close();
  serializer_.reset();
  response_.reset();  // a large answer need not be kept until the next
  if (stream_ != nullptr) return begin_stream(std::move(stream_));
  parser_.reset();
  await_request();
}

void HttpConnection::refuse(unsigned status, std::string text) {
  if (phase_ == Phase::closed) return;
  if (phase_ != Phase::answer) {
    count(shared_->counters.requests_refused);
    is_last_ = true;  // where the next request begins is not known
  }
  write(shared_->complain(status, std::move(text), target_));
}

void HttpConnection::fail(Error error) {
  if (is_timed_out_) {
    if (buffer_.size() == 0 && !parser_->got_some()) return close();
    return refuse(408, "the request did not come in time");
  }
  if (error == http::error::header_limit || error == http::error::buffer_overflow)
    return refuse(431, "the headers are too large");
  if (error == http::error::body_limit) return refuse(413, "the body is too large");
  if (error == http::error::end_of_stream || !is_of_http(error)) return close();  // it has gone
  refuse(400, "this is not HTTP: " + error.message());
}

// What a client still sends is read for a while: closing at once would take the answer back from it
// (RST).
void HttpConnection::linger() {
  if (shared_->is_stopping) return close();
  Error ignored;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  arm(Phase::linger, shared_->limits.linger);
  discard();
}

void HttpConnection::discard() {
  buffer_.clear();
  socket_.async_read_some(buffer_.prepare(kBufferBytesMax / 4),
                          [self = shared_from_this()](Error error, std::size_t bytes) {
                            self->discarded_ += bytes;
                            if (error || self->discarded_ > kDiscardedMax) return self->close();
                            if (self->phase_ == Phase::closed) return;
                            self->discard();
                          });
}

void HttpConnection::begin_stream(std::shared_ptr<HttpStream> stream) {
  stream_ = std::move(stream);
  timer_.cancel();
  phase_ = Phase::stream;
  discard();  // tells when the client has gone
  ask_stream();
}

void HttpConnection::ask_stream() {
  phase_ = Phase::stream;
  stream_->next([weak = weak_from_this()](std::string piece) {
    auto self = weak.lock();
    if (!self) return;
    auto executor = self->socket_.get_executor();
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
  asio::async_write(socket_, asio::buffer(piece_),
                    [self = shared_from_this()](Error error, std::size_t) {
                      if (self->phase_ != Phase::write) return;
                      if (error || self->shared_->is_stopping) return self->close();
                      self->timer_.cancel();
                      self->ask_stream();
                    });
}

}  // namespace chargemill::runtime
