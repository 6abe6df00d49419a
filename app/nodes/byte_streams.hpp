// Values as bytes for another node of the same version, and back from any bytes.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "runtime/base/units.hpp"
#include "runtime/observe/latency_histogram.hpp"

namespace chargemill::app {

/// The words of 8 bytes that `T` is made of.
template <class T>
using WordsOf = std::array<std::uint64_t, sizeof(T) / sizeof(std::uint64_t)>;
template <class T>
[[nodiscard]] WordsOf<T> words_of(const T& what) noexcept {
  static_assert(std::has_unique_object_representations_v<T> && sizeof(WordsOf<T>) == sizeof(T));
  WordsOf<T> words;
  std::memcpy(words.data(), &what, sizeof what);
  return words;
}

/// Plain values one behind the other; lists with their length before them.
class ByteOutput {
 public:
  template <class T>
  void value(const T& what) {
    static_assert(std::is_trivially_copyable_v<T>);
    bytes_.append(reinterpret_cast<const char*>(&what), sizeof what);
  }
  template <class List>
  void list(const List& items) {
    value(static_cast<std::uint64_t>(items.size()));
    for (const auto& item : items) value(item);
  }
  /// Many of them.
  void text(std::string_view bytes) {
    value(static_cast<std::uint64_t>(bytes.size()));
    bytes_.append(bytes);
  }
  /// One that is mostly small: seven bits in a byte, the lowest first (LEB128).
  void number(std::uint64_t what) {
    for (; what > 0x7F; what >>= 7U) value(static_cast<std::uint8_t>(what | 0x80U));
    value(static_cast<std::uint8_t>(what));
  }
  /// A struct of counters: each as a number; of those that are zero in a row, how many follow.
  template <class T>
  void counters(const T& what) {
    const auto words = words_of(what);
    for (std::size_t i = 0; i < words.size(); ++i) {
      number(words[i]);
      if (words[i] != 0) continue;
      const std::size_t first = i;
      while (i + 1 < words.size() && words[i + 1] == 0) ++i;
      number(i - first);
    }
  }
  template <class List>
  void counters_of_each(const List& items) {
    number(items.size());
    for (const auto& item : items) counters(item);
  }
  // Buckets in use, each by its distance from the one before; the longest is told apart.
  void histogram(const runtime::LatencyHistogram& what) {
    std::uint64_t buckets = 0;
    what.for_each([&](std::uint64_t, std::uint64_t, std::uint64_t) { ++buckets; });
    number(buckets);
    number(static_cast<std::uint64_t>(what.max().count()));
    std::size_t before = 0;
    what.for_each([&](std::uint64_t lowest, std::uint64_t, std::uint64_t count) {
      const std::size_t bucket = runtime::HistogramBuckets::bucket(lowest);
      number(bucket - std::exchange(before, bucket));
      number(count);
    });
  }
  void flag(bool what) { value(static_cast<std::uint8_t>(what ? 1 : 0)); }
  /// One of several, of which `last` is the last.
  template <class T>
  void choice(const T& what, T /*last*/) {
    value(what);
  }
  template <class T>
  void maybe(const std::optional<T>& what) {
    flag(what.has_value());
    if (what) value(*what);
  }
  [[nodiscard]] std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

class ByteInput {
 public:
  explicit ByteInput(std::string_view bytes) : rest_(bytes) {}

  template <class T>
  void value(T& what) {
    static_assert(std::is_trivially_copyable_v<T>);
    is_sound_ = is_sound_ && rest_.size() >= sizeof what;
    if (!is_sound_) return;
    std::memcpy(static_cast<void*>(&what), rest_.data(), sizeof what);
    rest_.remove_prefix(sizeof what);
  }
  template <class List>
  void list(List& items) {
    std::uint64_t size = 0;
    value(size);
    is_sound_ = is_sound_ && size <= rest_.size() / sizeof(typename List::value_type);
    if (!is_sound_) return;
    items.resize(static_cast<std::size_t>(size));
    for (auto& item : items) value(item);
  }
  void text(std::string& bytes) {
    std::uint64_t size = 0;
    value(size);
    is_sound_ = is_sound_ && size <= rest_.size();
    if (!is_sound_) return;
    bytes.assign(rest_.substr(0, static_cast<std::size_t>(size)));
    rest_.remove_prefix(static_cast<std::size_t>(size));
  }
  void number(std::uint64_t& what) {
    what = 0;
    std::uint8_t byte = 0x80;
    for (unsigned shift = 0; byte > 0x7F && is_sound_; shift += 7) {
      value(byte);
      // The tenth has the highest bit of all.
      is_sound_ = is_sound_ && (shift < 63 || (shift == 63 && byte <= 1));
      is_sound_ = is_sound_ && (shift == 0 || byte != 0);  // nor is there a byte too many
      if (is_sound_) what |= std::uint64_t{byte & 0x7FU} << shift;
    }
  }
  template <class T>
  void counters(T& what) {
    WordsOf<T> words{};
    for (std::size_t i = 0; i < words.size() && is_sound_; ++i) {
      number(words[i]);
      if (words[i] != 0) continue;
      std::uint64_t more = 0;
      number(more);
      is_sound_ = is_sound_ && more < words.size() - i;
      if (is_sound_) i += static_cast<std::size_t>(more);
    }
    if (is_sound_) std::memcpy(static_cast<void*>(&what), words.data(), sizeof what);
  }
  /// Even if all of it is zero, each of them takes two bytes: their bytes alone are no bound.
  static constexpr std::uint64_t kCountersMax = 1'024;
  template <class List>
  void counters_of_each(List& items) {
    std::uint64_t size = 0;
    number(size);
    is_sound_ = is_sound_ && size <= rest_.size() / 2 && size <= kCountersMax;
    if (!is_sound_) return;
    items.resize(static_cast<std::size_t>(size));
    for (auto& item : items) counters(item);
  }
  // The bucket that holds the longest gets it as it was, so that the maximum stays exact.
  void histogram(runtime::LatencyHistogram& what) {
    using Buckets = runtime::HistogramBuckets;
    std::uint64_t buckets = 0;
    std::uint64_t max_ns = 0;
    number(buckets);
    number(max_ns);
    is_sound_ = is_sound_ && buckets <= Buckets::kCount && max_ns <= kLongestNs;
    const std::size_t last = Buckets::bucket(max_ns);
    std::size_t bucket = 0;
    for (std::uint64_t i = 0; is_sound_ && i < buckets; ++i) {
      std::uint64_t distance = 0;
      std::uint64_t count = 0;
      number(distance);
      number(count);
      is_sound_ = is_sound_ && count > 0 && distance <= last - bucket && (i == 0 || distance > 0);
      if (!is_sound_) return;
      bucket += static_cast<std::size_t>(distance);
      what.record(
          Nanos{static_cast<std::int64_t>(bucket == last ? max_ns : Buckets::lowest(bucket))},
          count);
    }
  }
  void flag(bool& what) {
    std::uint8_t byte = 0;
    value(byte);
    is_sound_ = is_sound_ && byte <= 1;
    what = byte == 1;
  }
  template <class T>
  void choice(T& what, T last) {
    static_assert(sizeof(T) == 1);
    T read{};
    value(read);
    is_sound_ = is_sound_ && read <= last;
    if (is_sound_) what = read;
  }
  template <class T>
  void maybe(std::optional<T>& what) {
    bool is_there = false;
    flag(is_there);
    what.reset();
    if (is_there && is_sound_) value(what.emplace());
  }
  [[nodiscard]] bool is_sound() const noexcept { return is_sound_; }
  [[nodiscard]] bool is_exhausted() const noexcept { return is_sound_ && rest_.empty(); }

 private:
  static constexpr std::uint64_t kLongestNs = INT64_MAX;

  std::string_view rest_;
  bool is_sound_ = true;
};

}  // namespace chargemill::app
