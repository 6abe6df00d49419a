// Question: can the doors take in, and give out, frames as fast as memory can be copied?
// Budget:   on one core 50 ns to decode a frame of 256 bytes of JSON and 66 ns to encode it; 4 KiB
// at
//           half the speed of memcpy or better; 4 KiB of random bytes, of which 48 are escaped, at
//           1.5 GB/s. Looking for three bytes and XORing all costs five instructions for each 32
//           bytes, about what a copy costs; an escape costs a wrong guess of the processor.
#include <benchmark/benchmark.h>

#include <cstring>
#include <string_view>
#include <vector>

#include "runtime/base/random_stream.hpp"
#include "runtime/wire/frame_decoder.hpp"
#include "runtime/wire/frame_encoder.hpp"
#include "runtime/wire/plain_frames.hpp"

namespace chargemill::runtime {
namespace {

using Bytes = std::vector<std::byte>;

/// Frames as they come: in reads of 8 KiB, or of one frame if that is longer.
struct Traffic {
  std::size_t payload_bytes;
  Bytes payloads;              ///< of all frames, one after the other
  std::vector<Bytes> reads{};  ///< whole frames
  std::size_t frames_a_read = 0;

  explicit Traffic(std::size_t size, Bytes all) : payload_bytes(size), payloads(std::move(all)) {
    constexpr std::size_t kReadBytes = 8'192;
    frames_a_read = size >= kReadBytes ? 1 : kReadBytes / size;
    for (std::size_t i = 0; i < payloads.size() / size; ++i) {
      if (i % frames_a_read == 0) reads.emplace_back();
      const Bytes frame = plain_frame({payloads.data() + i * size, size});
      reads.back().insert(reads.back().end(), frame.begin(), frame.end());
    }
  }
  [[nodiscard]] ByteView payload(std::size_t read, std::size_t i) const {
    return {payloads.data() + (read * frames_a_read + i) * payload_bytes, payload_bytes};
  }
  /// Frames, and their bytes as payload.
  void report(benchmark::State& state) const {
    const auto frames = state.iterations() * static_cast<std::int64_t>(frames_a_read);
    state.SetItemsProcessed(frames);
    state.SetBytesProcessed(frames * static_cast<std::int64_t>(payload_bytes));
  }
};

/// One read of messages, each as much of `text` over and over as it takes.
Traffic repeated(const benchmark::State& state, std::string_view text) {
  const auto size = static_cast<std::size_t>(state.range(0));
  Bytes bytes(size > 8'192 ? size : 8'192);
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<std::byte>(text[i % size % text.size()]);
  return Traffic{size, std::move(bytes)};
}
/// Status messages: ASCII without anything to escape.
Traffic json(const benchmark::State& state) {
  return repeated(
      state,
      R"({"type":"status","cp":"CP-001","state":"SUPPLYING","power_kw":22.0,"energy_kwh":7.125},)");
}
/// The same with two letters that are not ASCII in each 64 bytes.
Traffic utf8(const benchmark::State& state) {
  return repeated(
      state,
      "{\"cp\":\"CP-001\",\"site\":\"M\u00fcnchen Nord-S\u00fcd\",\"price\":\"0.45\",\"n\":1}");
}

/// Any bytes alike, so three in 256 are escaped. Half a megabyte, or a processor would learn by
/// heart where.
Traffic random(const benchmark::State& state) {
  RandomStream stream{7, 0, Purpose::choice};
  Bytes bytes(std::size_t{512} * 1'024);
  for (std::byte& b : bytes) b = static_cast<std::byte>(stream.below(256));
  return Traffic{static_cast<std::size_t>(state.range(0)), std::move(bytes)};
}

void sizes(benchmark::internal::Benchmark* cases) {
  cases->Arg(64)->Arg(256)->Arg(4'096)->Arg(65'536);
}

/// Memory to write to that begins half a page off `source`: processors take a load for dependent on
/// a store before it when the last twelve bits of their addresses agree, which costs memcpy up to
/// nine tenths of its speed and is not what is measured here.
struct Target {
  Target(const std::byte* source, std::size_t size) : bytes(size + 8'192) {
    const auto wanted = (reinterpret_cast<std::uintptr_t>(source) + 2'048) % 4'096;
    const auto is = reinterpret_cast<std::uintptr_t>(bytes.data()) % 4'096;
    at = bytes.data() + (wanted + 4'096 - is) % 4'096;
  }
  Bytes bytes;
  std::byte* at;
};

void decode(benchmark::State& state, const Traffic& traffic, bool text) {
  ReceiveBuffer buffer{std::size_t{256} * 1'024, std::size_t{256} * 1'024};
  FrameDecoder decoder{{kPayloadBytesMax, text}};
  // A frame without escapes is not changed by decoding: one read serves all rounds, as it is not
  // the decoder's work. One with escapes is, so reading it anew is part of the time.
  const bool is_single = traffic.reads.size() == 1;
  const Bytes& first = traffic.reads.front();
  std::memcpy(buffer.prepare(first.size()).data, first.data(), first.size());
  std::size_t delivered = 0;
  std::size_t read = 0;
  for (auto _ : state) {
    const Bytes& bytes = traffic.reads[read];
    const ByteRoom room = buffer.prepare(bytes.size());
    if (!is_single) std::memcpy(room.data, bytes.data(), bytes.size());
    buffer.commit(bytes.size());
    for (;;) {
      const Decoded decoded = decoder.next(buffer);
      if (decoded.kind != Decoded::Kind::frame) break;
      delivered += decoded.payload.size;
      benchmark::DoNotOptimize(decoded.payload.data);
    }
    if (++read == traffic.reads.size()) read = 0;
  }
  traffic.report(state);
  const auto frames = static_cast<std::size_t>(state.iterations()) * traffic.frames_a_read;
  if (decoder.counters().frames != frames || delivered != frames * traffic.payload_bytes)
    state.SkipWithError("frames were lost");
}
void decode_json(benchmark::State& state) { decode(state, json(state), true); }
BENCHMARK(decode_json)->Name("frame/decode/json")->Apply(sizes);
/// What the check of UTF-8 costs where the text is not plain ASCII.
void decode_utf8(benchmark::State& state) { decode(state, utf8(state), true); }
BENCHMARK(decode_utf8)->Name("frame/decode/utf8")->Apply(sizes);
void decode_random(benchmark::State& state) { decode(state, random(state), false); }
BENCHMARK(decode_random)->Name("frame/decode/random")->Apply(sizes);

/// The rival: a state machine that looks at one byte at a time and keeps what it finds.
void decode_scalar(benchmark::State& state) {
  const Traffic traffic = json(state);
  PlainFrameDecoder decoder{{kPayloadBytesMax, true}};
  std::size_t delivered = 0;
  for (auto _ : state) {
    for (const std::byte b : traffic.reads.front()) {
      if (decoder.take(b) == Decoded::Kind::frame) delivered += decoder.payload().size;
    }
    benchmark::DoNotOptimize(delivered);
  }
  traffic.report(state);
  const auto frames = static_cast<std::size_t>(state.iterations()) * traffic.frames_a_read;
  if (delivered != frames * traffic.payload_bytes) state.SkipWithError("frames were lost");
}
BENCHMARK(decode_scalar)->Name("frame/decode_scalar/json")->Apply(sizes);

void encode(benchmark::State& state, const Traffic& traffic) {
  Target out{traffic.payloads.data(),
             traffic.frames_a_read * frame_bytes_max(traffic.payload_bytes)};
  const std::size_t room = traffic.frames_a_read * frame_bytes_max(traffic.payload_bytes);
  std::size_t read = 0;
  std::size_t written = 0;
  for (auto _ : state) {
    written = 0;
    for (std::size_t i = 0; i < traffic.frames_a_read; ++i)
      written += *try_encode_frame({traffic.payload(read, i)}, {out.at + written, room - written});
    benchmark::ClobberMemory();
    if (++read == traffic.reads.size()) read = 0;
  }
  traffic.report(state);
  const Bytes& last = traffic.reads[(read == 0 ? traffic.reads.size() : read) - 1];
  if (written != last.size() || std::memcmp(out.at, last.data(), written) != 0)
    state.SkipWithError("wrong frames");
}
void encode_json(benchmark::State& state) { encode(state, json(state)); }
BENCHMARK(encode_json)->Name("frame/encode/json")->Apply(sizes);
void encode_random(benchmark::State& state) { encode(state, random(state)); }
BENCHMARK(encode_random)->Name("frame/encode/random")->Apply(sizes);

/// The bound: the payloads, copied.
void copy(benchmark::State& state) {
  const Traffic traffic = json(state);
  Target out{traffic.payloads.data(), traffic.payloads.size()};
  for (auto _ : state) {
    for (std::size_t i = 0; i < traffic.frames_a_read; ++i) {
      const ByteView payload = traffic.payload(0, i);
      std::memcpy(out.at + i * payload.size, payload.data, payload.size);
    }
    benchmark::ClobberMemory();
  }
  traffic.report(state);
  if (std::memcmp(out.at, traffic.payloads.data(), traffic.payloads.size()) != 0)
    state.SkipWithError("wrong copy");
}
BENCHMARK(copy)->Name("frame/memcpy")->Apply(sizes);

}  // namespace
}  // namespace chargemill::runtime
