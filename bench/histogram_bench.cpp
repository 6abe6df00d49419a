// Question: can every timer and every request record its latency?
// Budget:   3 ns for a record: two loads and two stores to warm lines. Merging and quantiles happen
//           ten times a second, so microseconds will do.
#include <benchmark/benchmark.h>

#include "runtime/base/random_stream.hpp"
#include "runtime/observe/histogram_recorder.hpp"

namespace chargemill::runtime {
namespace {

/// A thousand durations around 300 us.
std::vector<Nanos> durations() {
  RandomStream random{1, 0, Purpose::choice};
  constexpr int kCount = 1'000;
  std::vector<Nanos> values;
  values.reserve(kCount);
  for (int i = 0; i < kCount; ++i)
    values.emplace_back(static_cast<std::int64_t>(random.exponential() * 300'000));
  return values;
}

void record(benchmark::State& state) {
  const auto values = durations();
  HistogramRecorder recorder;
  std::size_t i = 0;
  for (auto _ : state) {
    recorder.record(values[i]);
    if (++i == values.size()) i = 0;
  }
  if (recorder.snapshot().count() != static_cast<std::uint64_t>(state.iterations()))
    state.SkipWithError("records were lost");
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(record)->Name("histogram/record");

LatencyHistogram filled() {
  LatencyHistogram histogram;
  for (const Nanos value : durations()) histogram.record(value);
  return histogram;
}

void merge(benchmark::State& state) {
  const LatencyHistogram one = filled();
  LatencyHistogram all = filled();
  for (auto _ : state) {
    all.merge(one);
    benchmark::DoNotOptimize(all);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(merge)->Name("histogram/merge");

void quantile(benchmark::State& state) {
  const LatencyHistogram histogram = filled();
  for (auto _ : state) benchmark::DoNotOptimize(histogram.quantile(0.99));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(quantile)->Name("histogram/quantile");

}  // namespace
}  // namespace chargemill::runtime
