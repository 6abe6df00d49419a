#include "runtime/wire/frame_kernels.hpp"

#include "runtime/wire/frame_layout.hpp"

namespace chargemill::runtime {
namespace {

bool is_high(std::byte b) { return (b & std::byte{0x80}) != std::byte{}; }

Scanned scan(const std::byte* from, std::size_t bytes) noexcept {
  Scanned run;
  for (; run.bytes < bytes && !is_special(from[run.bytes]); ++run.bytes) {
    run.lrc ^= from[run.bytes];
    run.has_high |= is_high(from[run.bytes]);
  }
  return run;
}

Unescaped unescape(std::byte* to, std::size_t room, const std::byte* from,
                   std::size_t bytes) noexcept {
  Unescaped done;
  for (; done.read < bytes && done.written < room; ++done.read) {
    const std::byte b = from[done.read];
    if (done.after_escape ? !is_escaped(b) : b == kStx || b == kEtx) break;
    if (b == kEsc) {
      // What an ESC leaves here turns the XOR of the byte that follows into that of its payload.
      done.lrc ^= kEscapeFlip;
      done.after_escape = true;
      continue;
    }
    done.lrc ^= b;
    done.has_high |= is_high(b);
    to[done.written++] = done.after_escape ? b ^ kEscapeFlip : b;
    done.after_escape = false;
  }
  return done;
}

Escaped escape(std::byte* to, std::size_t room, const std::byte* from, std::size_t bytes) noexcept {
  Escaped done;
  for (std::size_t i = 0; i < bytes; ++i) {
    const bool special = is_special(from[i]);
    if (room - done.written < (special ? 2U : 1U)) {
      done.fits = false;
      return done;
    }
    if (special) to[done.written++] = kEsc;
    to[done.written++] = special ? from[i] ^ kEscapeFlip : from[i];
    done.lrc ^= from[i];
  }
  return done;
}

constexpr FrameKernels kScalar{"scalar", scan, unescape, escape};

}  // namespace

const FrameKernels& scalar_kernels() noexcept { return kScalar; }

const FrameKernels& best_kernels() noexcept {
  static const FrameKernels& best = [&]() -> const FrameKernels& {
    if (const FrameKernels* wide = avx512_kernels()) return *wide;
    if (const FrameKernels* wide = avx2_kernels()) return *wide;
    return kScalar;
  }();
  return best;
}

}  // namespace chargemill::runtime
