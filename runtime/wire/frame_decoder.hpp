// Finds the frames in what a connection receives.
#pragma once

#include <cstdint>

#include "runtime/wire/byte_view.hpp"
#include "runtime/wire/frame_counters.hpp"
#include "runtime/wire/frame_kernels.hpp"
#include "runtime/wire/frame_layout.hpp"
#include "runtime/wire/receive_buffer.hpp"

namespace chargemill::runtime {

/// What the decoder came upon.
struct Decoded {
  enum class Kind : std::uint8_t {
    nothing,  ///< all bytes are used up: read more
    frame,    ///< `payload` is complete and right
    bad_lrc,  ///< these three were dropped and deserve an answer (D-142)
    bad_utf8,
    oversize,
    dropped,  ///< counted only: a resync or a bad escape; what follows may lie between frames
  };
  Kind kind = Kind::nothing;
  FrameView payload;
};

/// The incremental state machine of one connection (D-134 to D-142):
///
///     outside --STX--> data --ETX--> lrc --right--> outside, and a frame
///     data --ESC--> escape --22, 23, 3B--> data
///     any error --> outside, or data if it was an STX that did not fit
///
/// A payload without escapes is looked at once and handed out where it was received; one with
/// escapes is unescaped in place on the way. The result does not depend on how the bytes were split
/// into reads: while a frame is incomplete the buffer holds what its payload is so far, unescaped,
/// and the next read continues there. Only text that is complete and not plain ASCII is gone over
/// once more, as UTF-8.
///
/// Threads: one. Complexity: O(1) a byte. Memory: none of its own.
class FrameDecoder {
 public:
  struct Options {
    std::size_t payload_bytes_max = kPayloadBytesMax;  ///< unescaped; >= 1
    bool text = true;                                  ///< payloads must be UTF-8 (D-139)
  };
  explicit FrameDecoder(const Options& options,
                        const FrameKernels& kernels = best_kernels()) noexcept;

  /// The next frame or error in `buffer`. Call it until it says nothing before the buffer's next
  /// prepare(). One decoder, one buffer, always the same.
  [[nodiscard]] Decoded next(ReceiveBuffer& buffer) noexcept;
  [[nodiscard]] const FrameCounters& counters() const noexcept { return counters_; }
  /// From now on payloads may be so long; never less than before.
  void allow(std::size_t payload_bytes_max) noexcept;
  /// A frame has begun and is not over: what a time-out for slow senders asks.
  [[nodiscard]] bool is_inside_frame() const noexcept { return state_ != State::outside; }

 private:
  enum class State : std::uint8_t { outside, data, escape, lrc };
  struct Cursor;

  [[nodiscard]] bool find_start(ReceiveBuffer& buffer) noexcept;
  [[nodiscard]] Decoded take_payload(ReceiveBuffer& buffer) noexcept;
  void take_run(Cursor& at) noexcept;
  [[nodiscard]] Decoded deliver(FrameView payload, bool has_high) noexcept;
  [[nodiscard]] Decoded finish(ReceiveBuffer& buffer, const Cursor& at) noexcept;
  [[nodiscard]] Decoded drop(ReceiveBuffer& buffer, const Cursor& at, std::uint64_t& counter,
                             Decoded::Kind kind) noexcept;

  const FrameKernels& kernels_;
  Options options_;
  State state_ = State::outside;
  std::byte lrc_{};        // XOR of the payload so far; after an ESC also kEscapeFlip
  bool has_high_ = false;  // the payload so far is not plain ASCII
  std::size_t held_ = 0;   // bytes of payload at the front of the buffer, unescaped
  FrameCounters counters_;
};

}  // namespace chargemill::runtime
