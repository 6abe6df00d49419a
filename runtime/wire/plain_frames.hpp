// The frame codec as the rules say it, byte by byte. Slow, and obviously right.
#pragma once

#include <vector>

#include "runtime/wire/frame_decoder.hpp"

namespace chargemill::runtime {

/// What FrameDecoder is held against: the same answers and counters for any bytes. It copies each
/// payload into memory of its own, taken from the start.
class PlainFrameDecoder {
 public:
  explicit PlainFrameDecoder(const FrameDecoder::Options& options)
      : options_(options), payload_(options.payload_bytes_max) {}

  /// Takes one byte, and says what became complete or wrong by it.
  [[nodiscard]] Decoded::Kind take(std::byte b) noexcept {
    switch (state_) {
      case State::outside:
        return b == kStx ? begin() : count(counters_.garbage_bytes);
      case State::data:
        if (b == kEtx) return enter(State::lrc);
        if (b == kEsc) return enter(State::escape);
        if (b == kStx) return drop(b, counters_.resyncs, Decoded::Kind::dropped);
        return put(b);
      case State::escape:
        if (!is_escaped(b)) return drop(b, counters_.bad_escapes, Decoded::Kind::dropped);
        return put(b ^ kEscapeFlip);
      case State::lrc:
        if (b != lrc_) return drop(b, counters_.bad_lrcs, Decoded::Kind::bad_lrc);
        return finish();
    }
    return Decoded::Kind::nothing;
  }
  /// Of the frame that take() has just said is complete; valid until the next call of it.
  [[nodiscard]] FrameView payload() const noexcept { return {payload_.data(), size_}; }
  [[nodiscard]] const FrameCounters& counters() const noexcept { return counters_; }

 private:
  enum class State : std::uint8_t { outside, data, escape, lrc };

  [[nodiscard]] static Decoded::Kind count(std::uint64_t& counter) noexcept {
    ++counter;
    return Decoded::Kind::nothing;
  }
  [[nodiscard]] Decoded::Kind enter(State state) noexcept {
    state_ = state;
    return Decoded::Kind::nothing;
  }
  [[nodiscard]] Decoded::Kind begin() noexcept {
    lrc_ = {};
    size_ = 0;
    return enter(State::data);
  }
  [[nodiscard]] Decoded::Kind put(std::byte b) noexcept {
    if (size_ == payload_.size()) return leave(counters_.oversize, Decoded::Kind::oversize);
    payload_[size_++] = b;
    lrc_ ^= b;
    return enter(State::data);
  }
  [[nodiscard]] Decoded::Kind leave(std::uint64_t& counter, Decoded::Kind kind) noexcept {
    ++counter;
    state_ = State::outside;
    return kind;
  }
  /// Leaves the frame because of `b`. If that is an STX, a frame begins with it.
  [[nodiscard]] Decoded::Kind drop(std::byte b, std::uint64_t& counter,
                                   Decoded::Kind kind) noexcept {
    (void)leave(counter, kind);
    if (b == kStx) (void)begin();
    return kind;
  }
  [[nodiscard]] Decoded::Kind finish() noexcept;

  const FrameDecoder::Options options_;
  State state_ = State::outside;
  std::byte lrc_{};
  std::vector<std::byte> payload_;
  std::size_t size_ = 0;
  FrameCounters counters_;
};

/// The frame of `payload`.
[[nodiscard]] std::vector<std::byte> plain_frame(ByteView payload);

}  // namespace chargemill::runtime
