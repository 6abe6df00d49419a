// Any bytes, in any reads, on all kernels: the same answers as byte by byte; and what is encoded
// comes back.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "runtime/wire/frame_encoder.hpp"
#include "tests/runtime/wire/frame_story.hpp"

namespace {

using namespace chargemill::runtime;

void demand(bool fact, const char* what, const FrameKernels& kernels) {
  if (fact) return;
  std::fprintf(stderr, "%s: %s\n", kernels.name, what);
  std::abort();
}

void decode(const Bytes& stream, std::uint8_t how, std::uint8_t step) {
  FrameDecoder::Options options;
  options.text = (how & 1U) != 0;
  if ((how & 2U) != 0) options.payload_bytes_max = 1 + std::size_t{how} / 4;
  // Reads of `step` bytes, or all in one.
  std::vector<std::size_t> cuts;
  for (std::size_t at = step; step != 0 && at < stream.size(); at += step) cuts.push_back(at);
  const Story expected = told_plainly(stream, options);
  for (const FrameKernels* kernels : kernel_sets()) {
    const Story story = told(stream, cuts, options, *kernels);
    if (!(story == expected)) std::cerr << "plain: " << expected << "\nfound: " << story << '\n';
    demand(story == expected, "decoded otherwise", *kernels);
  }
}

void encode(const Bytes& payload, std::size_t first) {
  const Bytes expected = plain_frame(view(payload));
  first = std::min(first, payload.size());
  for (const FrameKernels* kernels : kernel_sets()) {
    for (const std::size_t spare : {0U, 1U, 200U}) {
      Bytes out(expected.size() + spare);
      const auto size = try_encode_frame(
          {{payload.data(), first}, {payload.data() + first, payload.size() - first}},
          {out.data(), out.size()}, *kernels);
      demand(size == expected.size(), "encoded to another size", *kernels);
      out.resize(*size);
      demand(out == expected, "encoded otherwise", *kernels);
      demand(!try_encode_frame({view(payload)}, {out.data(), out.size() - 1}, *kernels),
             "fitted where there is no room", *kernels);
    }
    const Story story = told(expected, {}, {kPayloadBytesMax, false}, *kernels);
    demand(story.counters.frames == 1 && story.answers.size() == 1 &&
               story.answers[0] == said(Decoded::Kind::frame, view(payload)),
           "did not come back", *kernels);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,  // NOLINT: libFuzzer's name
                                      std::size_t size) {
  if (size < 2) return 0;
  const auto* const bytes = reinterpret_cast<const std::byte*>(data);
  const Bytes rest{bytes + 2, bytes + size};
  decode(rest, data[0], data[1]);
  decode(plain_frame(view(rest)) + rest, data[0], data[1]);
  encode(rest, data[1]);
  return 0;
}
