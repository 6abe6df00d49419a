// What another node sends: any bytes as a frame, and as what frames carry. Whatever is accepted
// comes out as the same bytes when it is written again.
#include <cstdint>
#include <cstring>
#include <vector>

#include "actors/transit/transit_codec.hpp"
#include "runtime/base/assert.hpp"
#include "runtime/cluster/frame.hpp"

namespace chargemill {
namespace {

using runtime::ByteView;
using runtime::FrameLayout;

void try_frame(ByteView bytes) {
  const auto frame = runtime::read_frame(bytes);
  if (!frame) return;
  std::vector<std::byte> again(bytes.data, bytes.data + bytes.size);
  runtime::seal_frame(again.data(), frame->head, frame->body.size);
  CHARGEMILL_ASSERT(std::memcmp(again.data(), bytes.data, bytes.size) == 0);
}

// A fuzzer seldom guesses a checksum: the same body under a header that is right.
void try_as_body(ByteView bytes) {
  if (bytes.size > FrameLayout::kBodyBytesMax) return;
  std::vector<std::byte> frame(FrameLayout::kHeaderBytes);
  frame.insert(frame.end(), bytes.data, bytes.data + bytes.size);
  runtime::seal_frame(frame.data(), {runtime::FrameType::data, 1, {}, 0, 1}, bytes.size);
  const auto back = runtime::read_frame({frame.data(), frame.size()});
  CHARGEMILL_ASSERT(back.has_value() && back->body.size == bytes.size);
}

void try_beat(ByteView bytes) {
  const auto beat = runtime::read_beat(bytes);
  if (!beat) return;
  std::vector<std::byte> again(bytes.size);
  runtime::write_beat(*beat, again.data());
  CHARGEMILL_ASSERT(std::memcmp(again.data(), bytes.data, bytes.size) == 0);
}

template <class Event>
void try_message(ByteView bytes) {
  Event event;
  if (!transit::read(bytes, event)) return;
  std::vector<std::byte> again(transit::kMessageBytesMax);
  again.resize(transit::write(event, again.data()));
  CHARGEMILL_ASSERT(again.size() == bytes.size &&
                    std::memcmp(again.data(), bytes.data, bytes.size) == 0);
}

}  // namespace
}  // namespace chargemill

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,  // NOLINT: libFuzzer's name
                                      std::size_t size) {
  using namespace chargemill;  // NOLINT(google-build-using-namespace): the only function
  const ByteView bytes{reinterpret_cast<const std::byte*>(data), size};
  try_frame(bytes);
  try_as_body(bytes);
  try_beat(bytes);
  try_message<central::ShardEvent>(bytes);
  try_message<central::CentralEvent>(bytes);
  try_message<driver::Event>(bytes);
  return 0;
}
