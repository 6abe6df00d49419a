// The codec against the plain one, for any stream in any split.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "runtime/wire/frame_encoder.hpp"
#include "tests/runtime/wire/frame_gen.hpp"

namespace chargemill::runtime {
namespace {

void agree(const FrameDecoder::Options& options) {
  const Bytes stream = *any_stream();
  const auto cuts = *any_cuts(stream.size());
  const Story expected = told_plainly(stream, options);
  for (const FrameKernels* kernels : kernel_sets())
    RC_ASSERT(told(stream, cuts, options, *kernels) == expected);
}
RC_GTEST_PROP(FrameProperties, TextIsDecodedAsThePlainDecoderDoes, ()) { agree({}); }
RC_GTEST_PROP(FrameProperties, BytesAreDecodedAsThePlainDecoderDoes, ()) {
  agree({kPayloadBytesMax, false});
}
RC_GTEST_PROP(FrameProperties, LimitsHoldAsInThePlainDecoder, ()) {
  agree({*rc::gen::inRange<std::size_t>(1, 200), false});
}
// D-142: nothing disappears. Each byte is garbage, or belongs to a frame or to an error.
RC_GTEST_PROP(FrameProperties, GoodFramesAloneLeaveNoOtherTrace, ()) {
  const auto payloads = *rc::gen::container<std::vector<std::vector<unsigned char>>>(
      rc::gen::arbitrary<std::vector<unsigned char>>());
  Bytes stream;
  Story expected;
  for (const auto& payload : payloads) {
    const ByteView bytes{reinterpret_cast<const std::byte*>(payload.data()), payload.size()};
    stream = std::move(stream) + plain_frame(bytes);
    expected.answers.push_back(said(Decoded::Kind::frame, bytes));
    ++expected.counters.frames;
  }
  const auto cuts = *any_cuts(stream.size());
  for (const FrameKernels* kernels : kernel_sets())
    RC_ASSERT(told(stream, cuts, {kPayloadBytesMax, false}, *kernels) == expected);
}
RC_GTEST_PROP(FrameProperties, EncodingInPiecesIsEncodingPlainly, ()) {
  const Bytes payload =
      some_bytes(*rc::gen::arbitrary<std::uint32_t>(), *rc::gen::inRange<std::size_t>(0, 400),
                 *rc::gen::inRange<std::uint64_t>(1, 90));
  const auto first = *rc::gen::inRange<std::size_t>(0, payload.size() + 1);
  const Bytes expected = plain_frame(view(payload));
  const auto room = *rc::gen::inRange<std::size_t>(0, frame_bytes_max(payload.size()) + 200);
  for (const FrameKernels* kernels : kernel_sets()) {
    Bytes out(room);
    const auto size = try_encode_frame(
        {{payload.data(), first}, {payload.data() + first, payload.size() - first}},
        {out.data(), out.size()}, *kernels);
    RC_ASSERT(size.has_value() == (room >= expected.size()));
    if (!size) continue;
    out.resize(*size);
    RC_ASSERT(out == expected);
  }
}

}  // namespace
}  // namespace chargemill::runtime
