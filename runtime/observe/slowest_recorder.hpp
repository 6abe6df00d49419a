// The slowest few of what one thread measures, and what each was about, while others look.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <vector>

#include "runtime/base/units.hpp"

namespace chargemill::runtime {

/// One measurement. `About`, of whole 64-bit words, says what it was about.
template <class About>
struct SlowSample {
  Nanos lasted{};
  SimTime at{};  ///< when it was measured
  About about{};
};

/// One sample that a single thread writes. Threads: one stores, any load. The writer is wait-free;
/// whoever loads meanwhile gets nothing rather than parts of two samples.
template <class Sample>
class SampleCell {
  static_assert(std::is_trivially_copyable_v<Sample>);
  static_assert(sizeof(Sample) % sizeof(std::uint64_t) == 0, "fields that fill 64-bit words");

 public:
  void store(const Sample& sample) noexcept {
    std::array<std::uint64_t, kWords> plain;
    std::memcpy(plain.data(), &sample, sizeof sample);
    // relaxed: only this thread writes it.
    const std::uint64_t before = version_.load(std::memory_order_relaxed);
    version_.store(before + 1, std::memory_order_relaxed);  // odd: being written
    // release: who reads a new word sees the odd version; pairs with acquire in try_load().
    for (std::size_t i = 0; i < kWords; ++i) words_[i].store(plain[i], std::memory_order_release);
    // release: who reads this version sees all words; pairs with the first acquire in try_load().
    version_.store(before + 2, std::memory_order_release);
  }
  /// False: it is being written.
  [[nodiscard]] bool try_load(Sample& sample) const noexcept {
    std::array<std::uint64_t, kWords> plain;
    const std::uint64_t before = version_.load(std::memory_order_acquire);  // acquire: see store()
    // acquire: the version is read again after the words; pairs with release in store().
    for (std::size_t i = 0; i < kWords; ++i) plain[i] = words_[i].load(std::memory_order_acquire);
    // relaxed: ordered behind the words by their acquire.
    if (before % 2 != 0 || version_.load(std::memory_order_relaxed) != before) return false;
    std::memcpy(static_cast<void*>(&sample), plain.data(), sizeof sample);
    return true;
  }

 private:
  static constexpr std::size_t kWords = sizeof(Sample) / sizeof(std::uint64_t);
  // Written by the one that stores.
  std::atomic<std::uint64_t> version_{0};
  std::array<std::atomic<std::uint64_t>, kWords> words_{};
};

/// Keeps the kSamples slowest of a window of time and those of the window before it, so that old
/// ones fade: what is at least a window old may be gone, what is two windows old is.
///
/// Threads: one records, any take samples. Recording is wait-free and never allocates. In the
/// common case it is two comparisons, for of n measurements in any order about kSamples * ln(n) are
/// among the slowest so far.
template <class About>
class SlowestRecorder {
 public:
  using Sample = SlowSample<About>;
  static constexpr std::size_t kSamples = 16;

  /// Before the first record: how long a window is, in the time that `now` is of.
  void keep_for(Nanos window) noexcept { window_ = window; }

  /// Whether record() would keep it; who has to look up what it was about asks first.
  [[nodiscard]] bool would_keep(Nanos lasted, SimTime now) const noexcept {
    return lasted > (now < ends_ ? shortest_kept_ : Nanos{0});
  }
  /// `now` never falls. What took no time is not kept.
  void record(Nanos lasted, SimTime now, const About& about) noexcept {
    if (lasted <= shortest_kept_ && now < ends_) return;
    keep({lasted, now, about});
  }
  /// In no order, as things stand at `now`; what is being written may be missing.
  [[nodiscard]] std::vector<Sample> samples(SimTime now) const {
    std::vector<Sample> result;
    for (const auto& window : windows_) {
      for (const auto& cell : window) {
        Sample sample;
        bool is_whole = false;
        for (int i = 0; i < kAttempts && !is_whole; ++i) is_whole = cell.try_load(sample);
        if (is_whole && sample.lasted > Nanos{0} && now - sample.at < 2 * window_)
          result.push_back(sample);
      }
    }
    return result;
  }

 private:
  static constexpr int kAttempts = 8;
  static constexpr Nanos kWindow = std::chrono::minutes{5};

  void keep(const Sample& sample) noexcept {
    if (sample.at >= ends_) turn(sample.at);
    if (sample.lasted <= shortest_kept_) return;
    auto* const shortest = std::min_element(kept_.begin(), kept_.end());
    windows_[current_][static_cast<std::size_t>(shortest - kept_.begin())].store(sample);
    *shortest = sample.lasted;
    shortest_kept_ = *std::min_element(kept_.begin(), kept_.end());
  }
  void turn(SimTime now) noexcept {
    current_ = 1 - current_;
    for (auto& cell : windows_[current_]) cell.store(Sample{});
    kept_.fill(Nanos{0});
    shortest_kept_ = Nanos{0};
    ends_ = now + window_;
  }

  // All written by the recording thread only; the cells are what others read.
  Nanos shortest_kept_{0};  // in the current window; zero: it has room
  SimTime ends_{};          // of the current window
  Nanos window_ = kWindow;
  std::size_t current_ = 0;
  std::array<Nanos, kSamples> kept_{};  // the current window's durations; zero: free
  std::array<std::array<SampleCell<Sample>, kSamples>, 2> windows_{};
};

/// The `count` slowest of `samples`, slowest first.
template <class Sample>
void keep_slowest(std::vector<Sample>& samples, std::size_t count) {
  std::stable_sort(samples.begin(), samples.end(), [](const Sample& a, const Sample& b) {
    return a.lasted != b.lasted ? a.lasted > b.lasted : a.at > b.at;
  });
  if (samples.size() > count) samples.resize(count);
}

}  // namespace chargemill::runtime
