#include "runtime/net/framed_connection.hpp"

#include <boost/asio/buffer.hpp>
#include <utility>

namespace chargemill::runtime {

using boost::asio::ip::tcp;
using boost::system::error_code;

FramedConnection::FramedConnection(DoorStream stream, std::uint64_t number,
                                   const ConnectionLimits& limits, FrameService& service,
                                   ConnectionOwner& owner)
    : stream_(std::move(stream)),
      number_(number),
      limits_(limits),
      service_(service),
      owner_(owner),
      session_(limits.session, *this),
      watch_(limits.idle_timeout, limits.frame_timeout),
      moved_at_(begun_at_) {
  watch_.begin(begun_at_.time_since_epoch());
}

void FramedConnection::start() {
  error_code error;
  auto& socket = stream_.socket();
  socket.non_blocking(true, error);
  if (!error) socket.set_option(tcp::no_delay{true}, error);
  if (error) return end(Ending::broken);
  if (!stream_.is_encrypted()) {
    is_open_ = true;
    return read();
  }
  stream_.async_handshake([self = shared_from_this()](const error_code& failed) {
    if (self->is_over_) return;
    if (failed) return self->end(Ending::broken);
    self->is_open_ = true;
    self->watch_.begin(Clock::now().time_since_epoch());
    self->read();
  });
}

void FramedConnection::finish() {
  is_finishing_ = true;
  if (!is_open_) return end(Ending::stopped);
  go_on();
}

void FramedConnection::end(Ending how) {
  if (is_over_) return;
  is_over_ = true;
  const auto kept = shared_from_this();  // the owner may let go of it
  if (how == Ending::stopped) {
    session_.say_goodbye();
    write();
  }
  stream_.close();
  if (leave_) leave_->cancel();
  service_.on_closed(*this);
  owner_.on_ended(kept, how);
}

void FramedConnection::reply(MessageNumber number, std::string_view text) {
  if (is_over_) return;
  session_.reply(number, text);
  go_on();
}

void FramedConnection::push(std::string_view text) {
  if (is_over_) return;
  if (!session_.push(text)) return end(Ending::slow_reader);
  go_on();
}

void FramedConnection::on_message(std::string_view text, MessageNumber number) {
  if (!is_over_) service_.on_message(shared_from_this(), text, number);
}

void FramedConnection::go_on() {
  if (is_over_ || is_working_ || !is_open_) return;
  const auto kept = shared_from_this();
  do {
    work();
    if (session_.is_foreign()) return end(Ending::not_frames);
    write();
    if (is_over_) return;
  } while (session_.is_held_up() && !is_blocked_);
  if (is_finishing_ && session_.is_quiet()) return end(Ending::stopped);
  tell_held();
  if (is_over_) return;
  wait_for_leave();
  read();
}

void FramedConnection::tell_held() {
  const std::size_t now = session_.held_bytes();
  if (now == held_bytes_) return;
  owner_.on_held(std::exchange(held_bytes_, now), now);
}

void FramedConnection::work() {
  is_working_ = true;
  try {
    session_.work(Clock::now().time_since_epoch());
  } catch (...) {
    is_working_ = false;
    end(Ending::broken);
    throw;
  }
  is_working_ = false;
}

void FramedConnection::read() {
  if (is_over_ || is_reading_ || !session_.wants_bytes()) return;
  is_reading_ = true;
  const ByteRoom room = session_.room();
  stream_.async_read_some(
      boost::asio::buffer(room.data, room.size),
      [self = shared_from_this()](const error_code& error, std::size_t bytes) {
        self->is_reading_ = false;
        if (self->is_over_) return;
        if (error)
          return self->end(error == boost::asio::error::eof ? Ending::by_client : Ending::broken);
        self->heard_at_ = Clock::now();
        self->session_.received(bytes);
        self->go_on();
      });
}

void FramedConnection::write() {
  while (!is_blocked_) {
    if (written_ == writing_.size()) {
      session_.take_output(writing_);
      written_ = 0;
      if (writing_.empty()) return;
    }
    if (stream_.is_encrypted()) return write_encrypted();
    error_code error;
    const auto bytes = stream_.socket().write_some(
        boost::asio::buffer(writing_.data() + written_, writing_.size() - written_), error);
    written_ += bytes;
    if (bytes > 0) moved_at_ = Clock::now();
    if (error == boost::asio::error::would_block) return wait_for_room();
    if (error) return end(Ending::broken);
  }
}

// OpenSSL keeps what the socket does not take: one piece at a time, and no more until it is gone.
void FramedConnection::write_encrypted() {
  is_blocked_ = true;
  moved_at_ = Clock::now();
  stream_.async_write_some(
      boost::asio::buffer(writing_.data() + written_, writing_.size() - written_),
      [self = shared_from_this()](const error_code& error, std::size_t bytes) {
        self->is_blocked_ = false;
        if (self->is_over_) return;
        if (error) return self->end(Ending::broken);
        self->written_ += bytes;
        self->go_on();
      });
}

void FramedConnection::wait_for_room() {
  if (is_over_) return;  // the last words found no room
  is_blocked_ = true;
  stream_.socket().async_wait(tcp::socket::wait_write,
                              [self = shared_from_this()](const error_code& error) {
                                self->is_blocked_ = false;
                                if (self->is_over_) return;
                                if (error) return self->end(Ending::broken);
                                self->go_on();
                              });
}

void FramedConnection::wait_for_leave() {
  const auto until = session_.paused_until();
  if (!until || is_waiting_for_leave_) return;
  is_waiting_for_leave_ = true;
  if (!leave_) leave_ = std::make_unique<boost::asio::steady_timer>(stream_.get_executor());
  leave_->expires_at(Clock::time_point{std::chrono::duration_cast<Clock::duration>(*until)});
  leave_->async_wait([self = shared_from_this()](const error_code&) {
    self->is_waiting_for_leave_ = false;
    self->go_on();
  });
}

void FramedConnection::check() {
  const auto now = Clock::now();
  if (!is_open_) {
    if (now - begun_at_ >= limits_.frame_timeout) end(Ending::slow_sender);
    return;
  }
  if (is_blocked_ && now - moved_at_ >= limits_.frame_timeout) return end(Ending::slow_reader);
  const SenderWatch::Sight sight{session_.heard(), session_.is_clients_turn(),
                                 session_.is_inside_frame()};
  switch (watch_.look(sight, now.time_since_epoch())) {
    case SenderWatch::Finding::fine:
      return;
    case SenderWatch::Finding::slow:
      return end(Ending::slow_sender);
    case SenderWatch::Finding::idle:
      return end(Ending::idle);
  }
}

}  // namespace chargemill::runtime
