// Counters that several threads fill and anybody adds up: a shard for each thread.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace chargemill::runtime {

/// The counters of one thread. `Name` is an enum whose last enumerator, `count`, says how many.
/// Threads: one adds, any read. Wait-free; no read-modify-write, since there is one writer.
template <class Name>
class alignas(128) CounterShard {  // 128: two lines, which are fetched in pairs
 public:
  static constexpr std::size_t kCount = static_cast<std::size_t>(Name::count);

  void add(Name name, std::uint64_t by = 1) noexcept {
    auto& counter = counters_[static_cast<std::size_t>(name)];
    // relaxed (both): a counter with one writer; it orders nothing.
    counter.store(counter.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
  }
  /// What is kept of it (runtime/saved). For whoever has stopped its thread.
  template <class V>
  void fields(V& v) {
    v.same(kCount);
    for (auto& counter : counters_) {
      std::uint64_t value = counter.load(std::memory_order_relaxed);  // relaxed (both): see add()
      v(value);
      counter.store(value, std::memory_order_relaxed);
    }
  }
  /// Never less than what an earlier read of the same counter gave.
  [[nodiscard]] std::uint64_t value(Name name) const noexcept {
    // relaxed: as in add().
    return counters_[static_cast<std::size_t>(name)].load(std::memory_order_relaxed);
  }

 private:
  // Written by the shard's thread only.
  std::array<std::atomic<std::uint64_t>, kCount> counters_{};
};

/// The sum over `shards`, a range of pointers to shards. Exact once their threads stand still;
/// while they run, a value between those at the reading's start and end. Cost: one load a shard.
template <class Shards, class Name>
[[nodiscard]] std::uint64_t total(const Shards& shards, Name name) noexcept {
  std::uint64_t sum = 0;
  for (const auto& shard : shards) sum += shard->value(name);
  return sum;
}

}  // namespace chargemill::runtime
