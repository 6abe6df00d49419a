#include "runtime/net/frame_session.hpp"

#include <algorithm>
#include <utility>

#include "runtime/base/assert.hpp"
#include "runtime/wire/frame_encoder.hpp"

namespace chargemill::runtime {
namespace {

/// What a read is offered at least; an idle connection holds no more than twice that.
constexpr std::size_t kReadBytesMin = 2'048;
constexpr std::size_t kBufferBytesFirst = 2 * kReadBytesMin;

/// An output that has grown so far is not kept for the next.
constexpr std::size_t kOutputBytesKept = 16'384;

/// As the line of a request of HTTP begins, and the handshake of TLS (RFC 8446, 5.1: type and
/// version of its record); the longest is FrameSession's `first_`.
constexpr std::array<std::string_view, 9> kForeign{
    "GET ", "HEAD ", "POST ", "PUT ", "DELETE ", "PATCH ", "OPTIONS ", "CONNECT ", "\x16\x03"};

std::string_view text_of(const std::byte& byte) {
  return {reinterpret_cast<const char*>(&byte), 1};
}

}  // namespace

FrameSession::FrameSession(const Limits& limits, FrameListener& listener)
    : limits_(limits),
      listener_(listener),
      buffer_(limits.payload_bytes_max + kBufferBytesFirst, kBufferBytesFirst),
      decoder_({limits.wants_welcome
                    ? std::min(limits.stranger_payload_bytes_max, limits.payload_bytes_max)
                    : limits.payload_bytes_max,
                true}),
      is_stranger_(limits.wants_welcome) {
  CHARGEMILL_ASSERT(limits.pending_max > 0);
  if (limits.messages_per_second > 0)
    bucket_.emplace(limits.messages_per_second, limits.messages_per_second);
}

ByteRoom FrameSession::room() {
  CHARGEMILL_ASSERT(wants_bytes());
  buffer_.shrink();  // a long message leaves nothing behind
  return buffer_.prepare(kReadBytesMin);
}

void FrameSession::received(std::size_t bytes) {
  buffer_.commit(bytes);
  is_drained_ = false;
}

void FrameSession::welcome() noexcept {
  if (!std::exchange(is_stranger_, false)) return;
  decoder_.allow(limits_.payload_bytes_max);
}

void FrameSession::work(Nanos now) {
  paused_until_.reset();
  is_held_up_ = false;
  // While a read is under way there is nothing new, and its room must stay where it is.
  if (is_drained_) return;
  while (look_once(now)) continue;
}

bool FrameSession::may_look(Nanos now) {
  if (is_foreign_) return false;
  if (slots_.size() >= limits_.pending_max || dialogue_.is_answering()) return false;
  is_held_up_ = output_.size() + in_flight_ >= unsent_bytes_max();
  if (is_held_up_) return false;
  if (bucket_ && bucket_->next() > now) {
    paused_until_ = bucket_->next();
    return false;
  }
  return true;
}

bool FrameSession::look_once(Nanos now) {
  if (!may_look(now)) return false;
  const bool has_control = !decoder_.is_inside_frame() && peel_controls();
  if (is_foreign_) return false;
  if (!has_control) {
    const Decoded found = decoder_.next(buffer_);
    switch (found.kind) {
      case Decoded::Kind::nothing:
        is_drained_ = true;
        return false;
      case Decoded::Kind::dropped:
        expect_remains();
        return true;
      case Decoded::Kind::frame:
        on_frame(found.payload.text());
        break;
      case Decoded::Kind::bad_lrc:
        on_damage("NACK: bad LRC, please resend");
        break;
      case Decoded::Kind::bad_utf8:
        on_damage("NACK: not UTF-8");
        break;
      case Decoded::Kind::oversize:
        expect_remains();
        on_damage("NACK: a message is too long");
        break;
    }
  }
  ++heard_;
  if (bucket_) (void)bucket_->try_take(now);
  return true;
}

// The frame was dropped at the byte that was taken last, unless another one begins in its place.
void FrameSession::expect_remains() {
  if (buffer_.size() > 0 && *buffer_.begin() == kStx) return;
  remains_ = buffer_.begin()[-1] == kEtx ? Remains::lrc : Remains::payload;
}

// An LRC may be any byte: of the frames that are dropped one in 64 would say a word of a dialogue.
bool FrameSession::take_remains(std::byte byte) noexcept {
  const Remains before = remains_;
  if (before == Remains::lrc) remains_ = Remains::nothing;
  if (before == Remains::payload && byte == kEtx) remains_ = Remains::lrc;
  return before != Remains::nothing;
}

// The decoder drops what lies between frames; what means something there is taken before it.
bool FrameSession::peel_controls() {
  while (buffer_.size() > 0 && *buffer_.begin() != kStx) {
    const std::byte byte = *buffer_.begin();
    buffer_.take_until(buffer_.begin() + 1);
    const bool is_control = byte == kEnq || byte == kAck || byte == kNack || byte == kEot;
    if (!take_remains(byte) && is_control && take_control(byte)) return true;
    take_stray(byte);
    if (is_foreign_) return false;
  }
  if (buffer_.size() > 0) remains_ = Remains::nothing;  // a frame begins
  return false;
}

void FrameSession::take_stray(std::byte byte) {
  if (heard_ == 0 && stray_bytes_ < first_.size()) {
    first_[stray_bytes_] = static_cast<char>(byte);
    const std::string_view begun{first_.data(), stray_bytes_ + 1};
    is_foreign_ = std::find(kForeign.begin(), kForeign.end(), begun) != kForeign.end();
  }
  ++stray_bytes_;
}

bool FrameSession::take_control(std::byte control) {
  const auto answer = dialogue_.on_control(control);
  if (answer.is_garbage) return false;
  if (answer.control != std::byte{}) put({true, false, std::string{text_of(answer.control)}});
  if (answer.resend) put({true, true, dialogue_.answer()});
  return true;
}

void FrameSession::on_frame(std::string_view text) {
  if (dialogue_.is_on()) {
    const bool is_next = dialogue_.on_request();
    put({true, false, std::string{text_of(is_next ? kAck : kNack)}});
    if (!is_next) return;
  }
  const MessageNumber number{first_slot_ + slots_.size()};
  if (dialogue_.is_on()) request_ = number;
  slots_.emplace_back();
  listener_.on_message(text, number);
}

void FrameSession::on_damage(std::string_view what) {
  if (dialogue_.is_on()) {
    put({true, false, std::string{text_of(kNack)}});
  } else {
    put({true, true, std::string{what}});
  }
}

void FrameSession::put(Slot slot) {
  waiting_bytes_ += slot.text.size();
  slots_.push_back(std::move(slot));
  flush();
}

void FrameSession::reply(MessageNumber number, std::string_view text) {
  const auto at = static_cast<std::uint64_t>(number) - first_slot_;
  CHARGEMILL_ASSERT(at < slots_.size());
  Slot& slot = slots_[at];
  CHARGEMILL_ASSERT(!slot.is_ready);
  if (text.size() > limits_.payload_bytes_max) text = "NACK: the answer does not fit a frame";
  slot.is_ready = true;
  slot.text = text;
  waiting_bytes_ += text.size();
  if (dialogue_.is_answering() && number == request_) dialogue_.on_answer(text);
  flush();
}

void FrameSession::flush() {
  while (!slots_.empty() && slots_.front().is_ready) {
    const Slot& slot = slots_.front();
    slot.is_frame ? send_frame(slot.text) : send_bytes(slot.text);
    waiting_bytes_ -= slot.text.size();
    slots_.pop_front();
    ++first_slot_;
  }
}

bool FrameSession::push(std::string_view text) {
  if (output_.size() + in_flight_ + frame_bytes_max(text.size()) > unsent_bytes_max()) return false;
  send_frame(text);
  return true;
}

void FrameSession::say_goodbye() {
  if (dialogue_.is_on()) send_bytes(text_of(kEot));
}

void FrameSession::send_frame(std::string_view text) {
  const std::size_t before = output_.size();
  output_.resize(before + frame_bytes_max(text.size()));
  const auto size =
      try_encode_frame({bytes_of(text)}, {output_.data() + before, output_.size() - before});
  CHARGEMILL_ASSERT(size);
  output_.resize(before + *size);
}

void FrameSession::send_bytes(std::string_view bytes) {
  const ByteView view = bytes_of(bytes);
  output_.insert(output_.end(), view.data, view.data + view.size);
}

void FrameSession::take_output(std::vector<std::byte>& to) {
  to.clear();
  if (to.capacity() > kOutputBytesKept) std::vector<std::byte>{}.swap(to);
  to.swap(output_);
  in_flight_ = to.size();
}

bool FrameSession::is_quiet() const noexcept {
  return is_drained_ && !decoder_.is_inside_frame() && !dialogue_.is_confirming() &&
         slots_.empty() && output_.empty() && in_flight_ == 0;
}

FrameCounters FrameSession::counters() const noexcept {
  FrameCounters all = decoder_.counters();
  all.garbage_bytes += stray_bytes_;
  return all;
}

}  // namespace chargemill::runtime
