// Runs all benchmarks. Debian's Google Benchmark calls itself a debug build whatever ours is, so we
// say ourselves how this program was built, and on which machine.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <fstream>
#include <string>

#include "bench/support/fresh_process.hpp"

namespace chargemill::bench {
namespace {

/// The processor's name for itself, or "unknown".
std::string processor() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.rfind("model name", 0) != 0) continue;
    const std::size_t colon = line.find(": ");
    if (colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown";
}

#ifdef __OPTIMIZE__
constexpr bool kOptimized = true;
#else
constexpr bool kOptimized = false;
#endif

}  // namespace
}  // namespace chargemill::bench

int main(int argc, char** argv) {
  using namespace chargemill::bench;
  if (!kOptimized) {
    std::fputs("chargemill_bench: built as " CHARGEMILL_BUILD_TYPE
               ", without optimisation; its numbers would mean nothing. Use ./dev bench.\n",
               stderr);
    return 2;
  }
  int code = 0;
  if (was_asked_to_measure(argc, argv, code)) return code;
  benchmark::AddCustomContext("chargemill_build_type", CHARGEMILL_BUILD_TYPE);
  benchmark::AddCustomContext("processor", processor());
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
