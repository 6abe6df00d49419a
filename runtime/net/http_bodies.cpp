// What requests and answers hold in memory, and the limits that all connections have together.
#include <boost/asio/write.hpp>
#include <utility>

#include "runtime/net/http_connection.hpp"
#include "runtime/net/http_server_shared.hpp"

namespace chargemill::runtime {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace

// Reads it, if there is one; a client that waits for leave to send it gets that.
void HttpConnection::begin_body() {
  const auto expected = parser_->get()[http::field::expect];
  if (expected.empty()) return read_body();
  if (!boost::beast::iequals(expected, "100-continue"))
    return refuse(417, "Expect: only 100-continue is known");
  arm(Phase::body, shared_->limits.body);
  asio::async_write(wire_, asio::buffer(kContinue),
                    [self = shared_from_this()](Error failed, std::size_t) {
                      if (self->phase_ != Phase::body) return;
                      if (failed) return self->close();
                      self->read_body();
                    });
}

void HttpConnection::read_body() {
  arm(Phase::body, shared_->limits.body);
  read_more();
}

// In pieces: what has come is counted, not what was announced, which costs a client nothing.
void HttpConnection::read_more() {
  if (parser_->is_done()) return has_long_trailers() ? refuse_headers() : hand_over();
  parser_->eager(true);
  http::async_read_some(wire_, buffer_, *parser_,
                        [self = shared_from_this()](Error error, std::size_t) {
                          if (self->phase_ == Phase::body) self->on_body(error);
                        });
}

void HttpConnection::on_body(Error error) {
  // Time may have run out between two pieces, when there was nothing to cancel.
  if (error || is_timed_out_) return fail(error);
  if (count_body()) return read_more();
  release();
  parser_.reset();  // and what has come of it
  turn_away(shared_->complain(503, "too much is being sent, try again later", target_));
}

// Behind a chunked body may stand headers too; the parser's limit is not for those.
bool HttpConnection::has_long_trailers() const {
  if (!parser_->chunked()) return false;
  std::size_t bytes = 0;
  for (const auto& field : parser_->get())
    bytes += field.name_string().size() + field.value().size();
  return bytes > shared_->limits.header_bytes;
}

// However much of them was read: what they ask for counts no more.
void HttpConnection::refuse_headers() {
  target_.clear();
  refuse(431, "the headers are too large");
}

// Held until the answer to it is written.
bool HttpConnection::count_body() {
  const std::uint64_t bytes = parser_->get().body().size();
  shared_->bodies_bytes += bytes - std::exchange(body_bytes_, bytes);
  return shared_->bodies_bytes <= shared_->limits.bodies_bytes;
}

// Held until it is taken: one who does not read must not be the reason that memory runs out.
void HttpConnection::count_answer(std::uint64_t bytes) {
  answered_at_ = Clock::now();
  shared_->answers_bytes += bytes - std::exchange(answer_bytes_, bytes);
  if (shared_->answers_bytes > shared_->limits.answers_bytes) shared_->cut_answers(*this);
}

void HttpConnection::release() {
  shared_->bodies_bytes -= std::exchange(body_bytes_, 0);
  shared_->answers_bytes -= std::exchange(answer_bytes_, 0);
}

}  // namespace chargemill::runtime
