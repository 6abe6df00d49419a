// The three loops over bytes in which the codec spends its time, one set for each kind of
// processor.
#pragma once

#include <cstddef>

#include "runtime/wire/receive_buffer.hpp"

namespace chargemill::runtime {

/// A stretch of payload without any special byte.
struct Scanned {
  std::size_t bytes = 0;  ///< how long
  std::byte lrc{};        ///< XOR of its bytes
  bool has_high = false;  ///< some byte is 80 or above: the text is not plain ASCII
};

/// A stretch of payload that was unescaped in place.
struct Unescaped {
  std::size_t read = 0;       ///< bytes taken, ESCs included
  std::size_t written = 0;    ///< bytes given
  std::byte lrc{};            ///< XOR of the bytes given; with `after_escape` also kEscapeFlip
  bool has_high = false;      ///< as in Scanned
  bool after_escape = false;  ///< the last byte taken was an ESC
};

/// A piece of payload that was escaped.
struct Escaped {
  std::size_t written = 0;
  std::byte lrc{};
  bool fits = true;  ///< if not, the room was too small, and what was written means nothing
};

/// All sets give equal results; they differ in speed only. Sets of SIMD read, and unescape() also
/// writes with their old contents, up to ReceiveBuffer::kSlackBytes beyond the bytes they are
/// given.
struct FrameKernels {
  const char* name;
  /// Up to the first special byte, or all `bytes`.
  Scanned (*scan)(const std::byte* from, std::size_t bytes) noexcept;
  /// Moves payload from `from` down to `to`, which lies before it in the same buffer, and undoes
  /// escapes on the way. Ends before an STX or ETX, before a byte that is not legal after an ESC,
  /// after `bytes`, or when `room` bytes were given. Bytes behind those taken stay as they are.
  Unescaped (*unescape)(std::byte* to, std::size_t room, const std::byte* from,
                        std::size_t bytes) noexcept;
  /// Writes `bytes` of payload, escaped, into `room` bytes. Reads nothing beyond `bytes`, writes
  /// nothing beyond `room`. Needs 2 * `bytes` at most; with 192 more it is at full speed to the
  /// end.
  Escaped (*escape)(std::byte* to, std::size_t room, const std::byte* from,
                    std::size_t bytes) noexcept;
};

/// Byte by byte: for any processor.
[[nodiscard]] const FrameKernels& scalar_kernels() noexcept;
/// 32 bytes at a time; null if the processor cannot.
[[nodiscard]] const FrameKernels* avx2_kernels() noexcept;
/// 64 bytes at a time, by AVX-512 with VBMI2; null if the processor cannot.
[[nodiscard]] const FrameKernels* avx512_kernels() noexcept;
/// The widest of those that this processor has.
[[nodiscard]] const FrameKernels& best_kernels() noexcept;

}  // namespace chargemill::runtime
