#include "runtime/wire/plain_frames.hpp"

#include "runtime/wire/utf8.hpp"

namespace chargemill::runtime {

Decoded::Kind PlainFrameDecoder::finish() noexcept {
  state_ = State::outside;
  if (options_.text && !is_utf8(payload())) {
    ++counters_.bad_utf8;
    return Decoded::Kind::bad_utf8;
  }
  ++counters_.frames;
  return Decoded::Kind::frame;
}

std::vector<std::byte> plain_frame(ByteView payload) {
  std::vector<std::byte> frame{kStx};
  std::byte lrc{};
  for (std::size_t i = 0; i < payload.size; ++i) {
    const std::byte b = payload.data[i];
    lrc ^= b;
    if (is_special(b)) frame.push_back(kEsc);
    frame.push_back(is_special(b) ? b ^ kEscapeFlip : b);
  }
  frame.push_back(kEtx);
  frame.push_back(lrc);
  return frame;
}

}  // namespace chargemill::runtime
