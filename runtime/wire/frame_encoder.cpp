#include "runtime/wire/frame_encoder.hpp"

namespace chargemill::runtime {

std::optional<std::size_t> try_encode_frame(std::initializer_list<ByteView> pieces, ByteRoom room,
                                            const FrameKernels& kernels) noexcept {
  if (room.size < kFrameOverheadBytes) return std::nullopt;
  std::byte lrc{};
  std::size_t written = 0;
  room.data[written++] = kStx;
  for (const ByteView piece : pieces) {
    const Escaped done =
        kernels.escape(room.data + written, room.size - written, piece.data, piece.size);
    if (!done.fits) return std::nullopt;
    written += done.written;
    lrc ^= done.lrc;
  }
  if (room.size - written < 2) return std::nullopt;
  room.data[written++] = kEtx;
  room.data[written++] = lrc;
  return written;
}

}  // namespace chargemill::runtime
