// What travels between two nodes: a header of 32 bytes and a body, in one ZeroMQ message.
#pragma once

#include <cstddef>
#include <cstdint>
#include <tl/expected.hpp>

#include "runtime/cluster/frame_layout.hpp"
#include "runtime/wire/byte_view.hpp"

namespace chargemill::runtime {

enum class FrameType : std::uint8_t {
  beat = 1,     ///< acknowledgements and a sign of life; has no sequence
  data = 2,     ///< records of actors
  control = 3,  ///< one message of those who run the nodes
};

/// One life of a node's process.
enum class Incarnation : std::uint32_t {};

/// What the header says of its sender, and where the frame stands in its stream.
struct FrameHead {
  FrameType type{};
  std::uint16_t node = 0;
  Incarnation incarnation{};
  std::uint32_t epoch = 0;     ///< where nodes may return: the receiver's life; else 0
  std::uint64_t sequence = 0;  ///< from 1, by class and receiver; 0 in a beat
};

/// A frame that has been checked; the body lies where the bytes were.
struct Frame {
  FrameHead head;
  ByteView body;
};

/// Why bytes are no frame. Whoever sent them has another program, or ill intent.
enum class FrameDefect : std::uint8_t {
  truncated,
  magic,
  version,
  type,
  length,
  padding,
  checksum
};
inline constexpr std::size_t kFrameDefects = 7;

/// Writes the header before `body_bytes` of body that already lie at frame + 32. Requires a body of
/// at most FrameLayout::kBodyBytesMax.
void seal_frame(std::byte* frame, const FrameHead& head, std::size_t body_bytes) noexcept;

/// Checks everything that a header promises, the cheap facts first. Reads nothing beyond `bytes`,
/// allocates nothing. Any bytes.
[[nodiscard]] tl::expected<Frame, FrameDefect> read_frame(ByteView bytes) noexcept;

/// How far one direction of a class has come, as its receiver says.
struct Ack {
  std::uint64_t next = 1;    ///< all frames below have arrived
  std::uint32_t credit = 0;  ///< bytes that may be under way beyond them
  bool has_gap = false;      ///< a later one came before `next`
};

/// A sign of life.
struct Beat {
  std::uint64_t plan = 0;  ///< a fingerprint of what the sender simulates
  Ack data;
  Ack control;
  std::int64_t clock_ns = 0;  ///< the sender's clock now
  std::int64_t echo_ns = 0;   ///< the receiver's clock as the sender last heard it; 0: never
  std::int64_t held_ns = 0;   ///< how long ago that was
  bool is_leaving = false;    ///< the sender is done; its silence is no failure
};

void write_beat(const Beat& beat, std::byte* body) noexcept;
/// Fails for any other length, and for flags that this version does not know.
[[nodiscard]] tl::expected<Beat, FrameDefect> read_beat(ByteView body) noexcept;

/// A part of a control message; the bytes lie where the body's were.
struct ControlPart {
  std::uint64_t mark = 0;  ///< the last data frame sent before it
  bool is_last = false;    ///< of its message
  ByteView bytes;
};
/// Fails for a body that is shorter than the head of a part.
[[nodiscard]] tl::expected<ControlPart, FrameDefect> read_part(ByteView body) noexcept;

}  // namespace chargemill::runtime
