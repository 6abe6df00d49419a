#include "runtime/net/framed_dialer.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "runtime/base/assert.hpp"
#include "runtime/net/lookup.hpp"
#include "runtime/wire/frame_encoder.hpp"

namespace chargemill::runtime {
namespace {

using boost::system::error_code;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kReadBytes = 16'384;
constexpr std::size_t kFirstBytes = 4'096;

}  // namespace

Nanos BackOff::wait(unsigned attempt, double share) const noexcept {
  constexpr unsigned kShiftMax = 20;
  const Nanos whole = std::min(most, first * (std::int64_t{1} << std::min(attempt, kShiftMax)));
  return whole / 2 +
         Nanos{static_cast<std::int64_t>(static_cast<double>(whole.count()) / 2 * share)};
}

FramedDialer::FramedDialer(boost::asio::io_context& context, Options options,
                           DialListener& listener)
    : options_(std::move(options)),
      listener_(listener),
      resolver_(context),
      timer_(context),
      random_(options_.seed, options_.number, Purpose::retries) {}

FramedDialer::Line::Line(Tcp::socket socket, boost::asio::ssl::context* tls)
    : stream(std::move(socket), tls),
      buffer(kPayloadBytesMax + kReadBytes, kFirstBytes),
      decoder({}) {}

void FramedDialer::start() { dial(); }

void FramedDialer::stop() {
  is_stopped_ = true;
  is_connected_ = false;
  ++dialled_;
  resolver_.cancel();
  timer_.cancel();
  if (line_) line_->stream.close();
}

void FramedDialer::dial() {
  if (is_stopped_) return;
  const auto attempt = ++dialled_;
  timer_.expires_after(options_.connect_timeout);
  timer_.async_wait([self = shared_from_this(), attempt](const error_code& error) {
    if (!error && attempt == self->dialled_ && !self->is_connected_)
      self->failed("no answer in time");
  });
  resolver_.async_resolve(
      name_to_look_up(options_.to), std::to_string(options_.to.port),
      [self = shared_from_this(), attempt](const error_code& error, const auto& found) {
        if (attempt != self->dialled_) return;
        if (error) return self->failed(error.message());
        const auto line = std::make_shared<Line>(Tcp::socket{self->resolver_.get_executor()},
                                                 self->options_.tls.get());
        self->line_ = line;
        boost::asio::async_connect(line->stream.socket(), found,
                                   [self, line, attempt](const error_code& refused, const auto&) {
                                     if (attempt != self->dialled_) return;
                                     if (refused) return self->failed(refused.message());
                                     self->reached(line);
                                   });
      });
}

void FramedDialer::reached(const LinePointer& line) {
  error_code error;
  DoorStream& stream = line->stream;
  stream.socket().set_option(Tcp::no_delay{true}, error);
  if (error) return failed(error.message());
  if (!stream.is_encrypted()) return connected();
  ssl_st* const tls = stream.inside()->native_handle();
  if (!expect_peer(tls, options_.to.host)) return failed("no TLS for " + options_.to.host);
  stream.async_client_handshake(
      [self = shared_from_this(), line, attempt = dialled_](const error_code& refused) {
        if (attempt != self->dialled_) return;
        if (!refused) return self->connected();
        if (refused == boost::asio::ssl::error::stream_truncated)
          return self->failed("it hung up at the greeting of TLS, which it may not speak");
        const auto doubt = doubt_about(line->stream.inside()->native_handle(), self->options_.to);
        self->failed(doubt.empty() ? refused.message() : doubt);
      });
}

void FramedDialer::connected() {
  timer_.cancel();
  is_connected_ = true;
  connected_at_ = Clock::now();
  read();
  listener_.on_connected();
}

/// The attempt, or the connection that came of it, is over.
void FramedDialer::failed(const std::string& why) {
  const bool was_connected = std::exchange(is_connected_, false);
  if (was_connected && Clock::now() - connected_at_ >= options_.lasting) failures_ = 0;
  ++dialled_;
  resolver_.cancel();
  timer_.cancel();
  if (line_) line_->stream.close();
  unsent_.clear();
  was_connected ? listener_.on_lost(why) : listener_.on_failed(why);
  dial_later();
}

void FramedDialer::dial_later() {
  if (is_stopped_) return;
  timer_.expires_after(options_.back_off.wait(failures_++, random_.uniform()));
  timer_.async_wait([self = shared_from_this(), attempt = dialled_](const error_code& error) {
    if (!error && attempt == self->dialled_) self->dial();
  });
}

bool FramedDialer::send(std::string_view text) {
  CHARGEMILL_ASSERT(text.size() <= kPayloadBytesMax);
  if (!is_connected_) return false;
  if (unsent_.size() > options_.unsent_bytes_max) {
    failed("it takes less than it is sent");
    return false;
  }
  const std::size_t before = unsent_.size();
  unsent_.resize(before + frame_bytes_max(text.size()));
  const auto size =
      try_encode_frame({bytes_of(text)}, {unsent_.data() + before, unsent_.size() - before});
  unsent_.resize(before + size.value_or(0));
  write();
  return true;
}

void FramedDialer::write() {
  if (is_writing_ || unsent_.empty() || !is_connected_) return;
  is_writing_ = true;
  writing_.clear();
  std::swap(writing_, unsent_);
  boost::asio::async_write(line_->stream, boost::asio::buffer(writing_.data(), writing_.size()),
                           [self = shared_from_this(), line = line_, attempt = dialled_](
                               const error_code& error, std::size_t) {
                             self->is_writing_ = false;
                             if (attempt != self->dialled_) return self->write();
                             if (error) return self->failed(error.message());
                             self->write();
                           });
}

void FramedDialer::read() {
  const ByteRoom room = line_->buffer.prepare(kReadBytes);
  line_->stream.async_read_some(boost::asio::buffer(room.data, room.size),
                                [self = shared_from_this(), line = line_, attempt = dialled_](
                                    const error_code& error, std::size_t bytes) {
                                  if (attempt != self->dialled_) return;
                                  if (error) return self->failed(error.message());
                                  line->buffer.commit(bytes);
                                  self->take_frames();
                                  if (attempt == self->dialled_) self->read();
                                });
}

void FramedDialer::take_frames() {
  const LinePointer line = line_;
  const auto attempt = dialled_;
  for (;;) {
    const Decoded found = line->decoder.next(line->buffer);
    if (found.kind == Decoded::Kind::nothing) return;
    if (found.kind != Decoded::Kind::frame) return failed("a damaged frame");
    listener_.on_frame(found.payload.text());
    if (attempt != dialled_) return;  // lost, or stopped, by what it was told
  }
}

}  // namespace chargemill::runtime
