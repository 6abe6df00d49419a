// What came in on a connection, by kind.
#pragma once

#include <cstdint>

namespace chargemill::runtime {

/// Every received byte belongs to a frame, to an error or to the garbage between (D-142).
struct FrameCounters {
  std::uint64_t frames = 0;         ///< delivered
  std::uint64_t garbage_bytes = 0;  ///< outside of any frame (D-135)
  std::uint64_t resyncs = 0;        ///< frames dropped because another one began in them (D-136)
  std::uint64_t bad_escapes = 0;    ///< an ESC before any byte but 22, 23, 3B (D-137)
  std::uint64_t bad_lrcs = 0;       ///< D-138
  std::uint64_t bad_utf8 = 0;       ///< only on text channels (D-139)
  std::uint64_t oversize = 0;       ///< payload beyond the limit (D-140)

  /// Adds the counters of another connection, for the total.
  FrameCounters& operator+=(const FrameCounters& other) noexcept {
    frames += other.frames;
    garbage_bytes += other.garbage_bytes;
    resyncs += other.resyncs;
    bad_escapes += other.bad_escapes;
    bad_lrcs += other.bad_lrcs;
    bad_utf8 += other.bad_utf8;
    oversize += other.oversize;
    return *this;
  }
};
[[nodiscard]] constexpr bool operator==(const FrameCounters& a, const FrameCounters& b) noexcept {
  return a.frames == b.frames && a.garbage_bytes == b.garbage_bytes && a.resyncs == b.resyncs &&
         a.bad_escapes == b.bad_escapes && a.bad_lrcs == b.bad_lrcs && a.bad_utf8 == b.bad_utf8 &&
         a.oversize == b.oversize;
}
[[nodiscard]] constexpr bool operator!=(const FrameCounters& a, const FrameCounters& b) noexcept {
  return !(a == b);
}

}  // namespace chargemill::runtime
