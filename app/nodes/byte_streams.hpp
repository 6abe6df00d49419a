// Values as bytes for another node of the same version, and back from any bytes.
#pragma once

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
  // Buckets in use, by their lowest value; the longest is told apart.
  void histogram(const runtime::LatencyHistogram& what) {
    std::uint64_t buckets = 0;
    what.for_each([&](std::uint64_t, std::uint64_t, std::uint64_t) { ++buckets; });
    value(buckets);
    value(std::int64_t{what.max().count()});
    what.for_each([&](std::uint64_t lowest, std::uint64_t, std::uint64_t count) {
      value(lowest);
      value(count);
    });
  }
  void flag(bool what) { value(static_cast<std::uint8_t>(what ? 1 : 0)); }
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
  // The bucket that holds the longest gets it as it was, so that the maximum stays exact.
  void histogram(runtime::LatencyHistogram& what) {
    using Buckets = runtime::HistogramBuckets;
    std::uint64_t buckets = 0;
    std::int64_t max_ns = 0;
    value(buckets);
    value(max_ns);
    is_sound_ = is_sound_ && buckets <= Buckets::kCount && max_ns >= 0;
    for (std::uint64_t i = 0; is_sound_ && i < buckets; ++i) {
      std::uint64_t lowest = 0;
      std::uint64_t count = 0;
      value(lowest);
      value(count);
      is_sound_ = is_sound_ && count > 0 && lowest <= static_cast<std::uint64_t>(max_ns);
      if (!is_sound_) return;
      const bool is_last =
          Buckets::bucket(lowest) == Buckets::bucket(static_cast<std::uint64_t>(max_ns));
      what.record(Nanos{is_last ? max_ns : static_cast<std::int64_t>(lowest)}, count);
    }
  }
  void flag(bool& what) {
    std::uint8_t byte = 0;
    value(byte);
    what = byte != 0;
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
  std::string_view rest_;
  bool is_sound_ = true;
};

}  // namespace chargemill::app
