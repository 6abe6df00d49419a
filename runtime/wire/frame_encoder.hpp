// Makes frames.
#pragma once

#include <initializer_list>
#include <optional>

#include "runtime/wire/byte_view.hpp"
#include "runtime/wire/frame_kernels.hpp"
#include "runtime/wire/frame_layout.hpp"

namespace chargemill::runtime {

/// Writes one frame into `room` whose payload is the pieces one after the other (a header and a
/// body, say), and says how long it is. Nothing if it does not fit: then what was written means
/// nothing. frame_bytes_max() of the payload always suffices; less may do, since few bytes are
/// escaped. The pieces lie outside of the room.
[[nodiscard]] std::optional<std::size_t> try_encode_frame(
    std::initializer_list<ByteView> pieces, ByteRoom room,
    const FrameKernels& kernels = best_kernels()) noexcept;

}  // namespace chargemill::runtime
