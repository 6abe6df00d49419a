#include "runtime/wire/frame_decoder.hpp"

#include <algorithm>
#include <cstring>

#include "runtime/base/assert.hpp"
#include "runtime/wire/utf8.hpp"

namespace chargemill::runtime {

/// Where in the buffer the decoder is: payload[0, write) is unescaped, [read, end) is to come.
struct FrameDecoder::Cursor {
  std::byte* payload;
  std::byte* write;
  std::byte* read;
  std::byte* end;

  [[nodiscard]] std::size_t held() const { return static_cast<std::size_t>(write - payload); }
  [[nodiscard]] std::size_t left() const { return static_cast<std::size_t>(end - read); }
};

FrameDecoder::FrameDecoder(const Options& options, const FrameKernels& kernels) noexcept
    : kernels_(kernels), options_(options) {
  CHARGEMILL_ASSERT(options.payload_bytes_max >= 1);
}

void FrameDecoder::allow(std::size_t payload_bytes_max) noexcept {
  CHARGEMILL_ASSERT(payload_bytes_max >= options_.payload_bytes_max);
  options_.payload_bytes_max = payload_bytes_max;
}

Decoded FrameDecoder::next(ReceiveBuffer& buffer) noexcept {
  if (state_ == State::outside) {
    if (!find_start(buffer)) return {};
    // Nearly every frame is whole and without escapes: one look, and no state to keep.
    const std::byte* const payload = buffer.begin();
    const Scanned run = kernels_.scan(payload, std::min(buffer.size(), options_.payload_bytes_max));
    const std::byte* const end = payload + run.bytes;
    if (buffer.size() - run.bytes >= 2 && end[0] == kEtx && end[1] == run.lrc) {
      buffer.take_until(end + 2);
      return deliver({payload, run.bytes}, run.has_high);
    }
    state_ = State::data;
    held_ = run.bytes;
    lrc_ = run.lrc;
    has_high_ = run.has_high;
  }
  return take_payload(buffer);
}

// Takes garbage and an STX; false if there is none.
bool FrameDecoder::find_start(ReceiveBuffer& buffer) noexcept {
  const std::byte* const from = buffer.begin();
  const std::size_t bytes = buffer.size();
  const auto* start = from;
  if (bytes == 0 || *from != kStx)
    start = static_cast<const std::byte*>(std::memchr(from, std::to_integer<int>(kStx), bytes));
  if (start == nullptr) {
    counters_.garbage_bytes += bytes;
    buffer.take_until(buffer.end());
    return false;
  }
  counters_.garbage_bytes += static_cast<std::size_t>(start - from);
  buffer.take_until(start + 1);
  return true;
}

// Takes a frame up to its end, or to an error. Nothing: bytes are missing.
Decoded FrameDecoder::take_payload(ReceiveBuffer& buffer) noexcept {
  std::byte* const payload = buffer.begin();
  Cursor at{payload, payload + held_, payload + held_, buffer.end()};
  for (;; ++at.read) {
    if (state_ == State::data) take_run(at);
    if (at.read == at.end) break;
    const std::byte b = *at.read;
    const bool is_full = at.held() == options_.payload_bytes_max;
    if (state_ == State::lrc) return finish(buffer, at);
    if (state_ == State::escape) {
      if (!is_escaped(b)) return drop(buffer, at, counters_.bad_escapes, Decoded::Kind::dropped);
      if (is_full) return drop(buffer, at, counters_.oversize, Decoded::Kind::oversize);
      lrc_ ^= b;
      *at.write++ = b ^ kEscapeFlip;
      state_ = State::data;
    } else if (b == kEtx) {
      state_ = State::lrc;
    } else if (b == kEsc) {
      lrc_ ^= kEscapeFlip;
      state_ = State::escape;
    } else if (b == kStx) {
      return drop(buffer, at, counters_.resyncs, Decoded::Kind::dropped);
    } else {
      CHARGEMILL_ASSERT(is_full);
      return drop(buffer, at, counters_.oversize, Decoded::Kind::oversize);
    }
  }
  held_ = at.held();
  buffer.drop_from(at.write);
  return {};
}

// Takes payload up to a byte that wants a decision.
void FrameDecoder::take_run(Cursor& at) noexcept {
  const std::size_t room = options_.payload_bytes_max - at.held();
  if (at.read == at.write) {  // no escape so far in these bytes: they may stay where they are
    const Scanned run = kernels_.scan(at.read, std::min(at.left(), room));
    at.read += run.bytes;
    at.write = at.read;
    lrc_ ^= run.lrc;
    has_high_ |= run.has_high;
    return;
  }
  const Unescaped done = kernels_.unescape(at.write, room, at.read, at.left());
  at.read += done.read;
  at.write += done.written;
  lrc_ ^= done.lrc;
  has_high_ |= done.has_high;
  if (done.after_escape) state_ = State::escape;
}

Decoded FrameDecoder::finish(ReceiveBuffer& buffer, const Cursor& at) noexcept {
  if (*at.read != lrc_) return drop(buffer, at, counters_.bad_lrcs, Decoded::Kind::bad_lrc);
  state_ = State::outside;
  buffer.take_until(at.read + 1);
  return deliver({at.payload, at.held()}, has_high_);
}

Decoded FrameDecoder::deliver(FrameView payload, bool has_high) noexcept {
  if (options_.text && has_high && !is_utf8(payload)) {
    ++counters_.bad_utf8;
    return {Decoded::Kind::bad_utf8, {}};
  }
  ++counters_.frames;
  return {Decoded::Kind::frame, payload};
}

// Forgets the frame because of the byte that is to be read. If that is an STX a frame begins with
// it: one that its sender finished is never lost to one that it did not.
Decoded FrameDecoder::drop(ReceiveBuffer& buffer, const Cursor& at, std::uint64_t& counter,
                           Decoded::Kind kind) noexcept {
  ++counter;
  state_ = State::outside;
  buffer.take_until(*at.read == kStx ? at.read : at.read + 1);
  return {kind, {}};
}

}  // namespace chargemill::runtime
