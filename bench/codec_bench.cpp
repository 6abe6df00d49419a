// Question: can JSON from outside keep up with what one core of the network does with it?
// Budget:   500 ns to read a status message (2 M/s on one core), 100 ns to write one. A status is
//           134 bytes of four fields; simdjson indexes them in some 70 ns, the rest is a few
//           compares a field. Writing is copying, eight bytes at a time, and a date.
#include <benchmark/benchmark.h>

#include <nlohmann/json.hpp>
#include <string>

#include "actors/codec/body_reader.hpp"
#include "actors/codec/body_writer.hpp"

namespace chargemill::codec {
namespace {

constexpr UtcTime kWhen{1'760'750'833'123'456};

const CPStatus kStatus{"CP-000001", "SUPPLYING", "Starting supply for driver driver-alice", kWhen};
const CPTelemetry kTelemetry{
    "CP-000001",        22.0, 0.006111111111111111, 0.0018333333333333335, "driver-alice",
    "session-5e6f7a8b", kWhen};

template <class Body>
std::string text_of(const Body& body) {
  JsonText out;
  write(body, out);
  return std::string{out.view()};
}

template <class Body>
void decode(benchmark::State& state, const Body& body) {
  const std::string json = text_of(body);
  BodyReader reader;
  bool is_same = true;
  for (auto _ : state) {
    const auto read = reader.read<Body>(json, kWhen);
    is_same = is_same && read && read->cp_id == body.cp_id;
    benchmark::DoNotOptimize(is_same);
  }
  if (!is_same || !(*reader.read<Body>(json, kWhen) == body)) state.SkipWithError("read wrongly");
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(json.size()));
}
void decode_status(benchmark::State& state) { decode(state, kStatus); }
BENCHMARK(decode_status)->Name("codec/decode/status");
void decode_telemetry(benchmark::State& state) { decode(state, kTelemetry); }
BENCHMARK(decode_telemetry)->Name("codec/decode/telemetry");

template <class Body>
void encode(benchmark::State& state, const Body& body) {
  const std::string json = text_of(body);
  JsonText out;
  Body changing = body;
  for (auto _ : state) {
    out.clear();
    changing.ts.us ^= 1;  // or the time could be kept from the last round
    benchmark::DoNotOptimize(changing);
    write(changing, out);
    benchmark::ClobberMemory();
  }
  out.clear();
  write(body, out);
  if (out.view() != json) state.SkipWithError("written wrongly");
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(json.size()));
}
void encode_status(benchmark::State& state) { encode(state, kStatus); }
BENCHMARK(encode_status)->Name("codec/encode/status");
void encode_telemetry(benchmark::State& state) { encode(state, kTelemetry); }
BENCHMARK(encode_telemetry)->Name("codec/encode/telemetry");

/// A frame of the door: the body and its type.
void decode_frame(benchmark::State& state) {
  JsonText json;
  write_frame({Channel::cp_status, kStatus}, json);
  BodyReader reader;
  bool is_good = true;
  for (auto _ : state) {
    const auto frame = reader.read_frame(json.view(), kWhen);
    is_good = is_good && frame && std::holds_alternative<CPStatus>(frame->body);
    benchmark::DoNotOptimize(is_good);
  }
  if (!is_good) state.SkipWithError("read wrongly");
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(decode_frame)->Name("codec/decode/status_frame");

/// The rival: a library that builds a tree.
void decode_tree(benchmark::State& state) {
  const std::string json = text_of(kStatus);
  bool is_same = true;
  for (auto _ : state) {
    const auto tree = nlohmann::json::parse(json);
    is_same = is_same && tree["cp_id"].get_ref<const std::string&>() == kStatus.cp_id;
    benchmark::DoNotOptimize(is_same);
  }
  if (!is_same) state.SkipWithError("read wrongly");
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(decode_tree)->Name("codec/decode_tree/status");

}  // namespace
}  // namespace chargemill::codec
