#include "bench/peers/cp_1hz/observer.hpp"

#include <sys/resource.h>

#include <cstdio>
#include <fstream>
#include <limits>
#include <string>
#include <thread>

namespace chargemill::bench {
namespace {

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double resident_bytes() {
  std::ifstream rollup("/proc/self/smaps_rollup");
  for (std::string word; rollup >> word;) {
    double kib = 0;
    if (word == "Rss:" && rollup >> kib) return kib * 1024;
  }
  return 0;
}

void print_latency(const char* name, const LatencyCounts& counts) {
  std::printf(
      "\"%s_p50_ms\": %.3f, \"%s_p99_ms\": %.3f, \"%s_p999_ms\": %.3f, \"%s_max_ms\": %.3f, ", name,
      counts.quantile_ms(0.5), name, counts.quantile_ms(0.99), name, counts.quantile_ms(0.999),
      name, counts.quantile_ms(1));
}

}  // namespace

void Ledger::add(const Tally& tally) {
  const std::lock_guard<std::mutex> lock(mutex_);
  sum_.acknowledged += tally.acknowledged;
  sum_.in_time += tally.in_time;
  sum_.dropped += tally.dropped;
  sum_.energy_wh += tally.energy_wh;
  ++count_;
  changed_.notify_one();
}

Tally Ledger::await(std::uint64_t count) {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [&] { return count_ == count; });
  return sum_;
}

void observe(const Plan& plan, Wall start, std::chrono::duration<double> spawning, Ledger& ledger,
             const std::vector<CentralBook>& centrals) {
  std::this_thread::sleep_until(start + std::chrono::seconds{plan.warm_up});
  const Wall begin = std::chrono::steady_clock::now();
  const double cpu_before = cpu_seconds();
  std::this_thread::sleep_until(start + std::chrono::seconds{plan.ticks()});
  const std::chrono::duration<double> measured = std::chrono::steady_clock::now() - begin;
  const double cpu = (cpu_seconds() - cpu_before) / measured.count();
  const double resident = resident_bytes();

  const Tally sum = ledger.await(plan.entities);
  const Latencies latencies = all_latencies();
  double energy_wh = 0;
  for (const CentralBook& central : centrals) energy_wh += central.energy_wh();
  const double per_second = static_cast<double>(sum.in_time) / plan.seconds;
  std::printf("{\"per_second\": %.1f, \"percent_of_offered\": %.2f, ", per_second,
              100 * per_second / plan.entities);
  print_latency("late", latencies.lateness);
  print_latency("round_trip", latencies.round_trip);
  std::printf(
      "\"cpu_per_second\": %.3f, \"rss_bytes_per_entity\": %.0f, \"dropped\": %llu, "
      "\"statuses\": %llu, \"energy_wh\": %.4f, \"checksum\": \"%s\", \"spawn_seconds\": %.2f}\n",
      cpu, resident / plan.entities, static_cast<unsigned long long>(sum.dropped),
      static_cast<unsigned long long>(sum.acknowledged), energy_wh,
      // Multiples of 1/16 Wh below 2^49: sums are exact in any order.
      energy_wh == sum.energy_wh ? "ok" : "failed", spawning.count());
  std::fflush(stdout);
}

}  // namespace chargemill::bench
