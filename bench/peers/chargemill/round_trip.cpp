// The round-trip workload on chargemill's engine, a lean actor per entity; see ../README.md.
#include "bench/support/round_trip.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "runtime/engine/engine.hpp"

namespace chargemill::bench {
namespace {

constexpr std::uint64_t kRoundsMin = 3;

struct Options {
  std::size_t entities = 100'000;
  unsigned centrals = 4;
  double seconds = 2;
  round_trip::Homes homes = round_trip::Homes::with_central;
};

/// False: a round did not end.
bool measure(const Options& options) {
  std::optional<round_trip::Network> network;  // its actors read it for as long as the engine lives
  runtime::Engine engine{{}};                  // as the product has it
  network.emplace(options.entities, options.centrals, engine.coordinator(), options.homes);
  if (!network->round()) return false;  // warm: pools, rings, pages
  std::uint64_t rounds = 0;
  double elapsed = 0;
  const auto begin = std::chrono::steady_clock::now();
  while (elapsed < options.seconds || rounds < kRoundsMin) {
    if (!network->round()) return false;
    ++rounds;
    elapsed = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  }
  std::printf(
      "{\"per_second\": %.0f, \"rounds\": %llu, \"energy_mj\": %lld, \"checksum\": \"%s\"}\n",
      static_cast<double>(rounds) * static_cast<double>(options.entities) / elapsed,
      static_cast<unsigned long long>(network->rounds()),  // with the one that warmed up
      static_cast<long long>(network->energy_mj()),
      network->energy_mj() == network->energy_told_mj() ? "ok" : "failed");
  std::fflush(stdout);
  return true;
}

}  // namespace
}  // namespace chargemill::bench

int main(int argc, char** argv) {
  using chargemill::bench::round_trip::Homes;
  chargemill::bench::Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    const std::string_view value = argv[i + 1];
    if (name == "--entities") options.entities = std::strtoul(argv[i + 1], nullptr, 10);
    if (name == "--centrals")
      options.centrals = static_cast<unsigned>(std::strtoul(argv[i + 1], nullptr, 10));
    if (name == "--seconds") options.seconds = std::strtod(argv[i + 1], nullptr);
    if (name == "--homes" && value == "spread") options.homes = Homes::spread;
  }
  if (options.entities == 0 || options.centrals == 0) {
    std::fputs("usage: --entities N --centrals S --seconds SECONDS --homes with_central|spread\n",
               stderr);
    return 2;
  }
  if (chargemill::bench::measure(options)) return 0;
  std::fputs("a round did not end\n", stderr);
  return 1;
}
