// A number that tells whether two histories ended alike.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <type_traits>
#include <vector>

namespace chargemill {

/// A sum of the hashes of many entities: 128 bits, in no order, so that workers and nodes may add
/// up their own shares.
struct Digest {
  std::uint64_t low = 0;
  std::uint64_t high = 0;

  /// Adds modulo 2^64 in each half.
  Digest& operator+=(const Digest& other) noexcept {
    low += other.low;
    high += other.high;
    return *this;
  }
  friend bool operator==(const Digest& a, const Digest& b) noexcept {
    return a.low == b.low && a.high == b.high;
  }
  friend bool operator!=(const Digest& a, const Digest& b) noexcept { return !(a == b); }
  /// 32 hexadecimal digits.
  [[nodiscard]] std::string hex() const;
};

/// Collects the fields of one entity. Only values without padding are taken, so that the hash
/// depends on nothing but them: no addresses, no leftovers.
class DigestWriter {
 public:
  /// What kind of entity, and which: two that swap their states change the sum.
  DigestWriter(std::uint32_t kind, std::uint32_t index) { add(kind, index); }

  template <class... T>
  void add(const T&... values) {
    (add_one(values), ...);
  }
  template <class T>
  void add_list(const T& list) {
    add(static_cast<std::uint64_t>(list.size()));
    for (const auto& item : list) add(item);
  }
  /// The hash of all that was added (XXH3, 128 bits).
  [[nodiscard]] Digest finish() const noexcept;

 private:
  template <class T>
  void add_one(const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    static_assert(std::has_unique_object_representations_v<T>, "padding has no meaning");
    const auto at = bytes_.size();
    bytes_.resize(at + sizeof(T));
    std::memcpy(bytes_.data() + at, &value, sizeof(T));
  }

  std::vector<unsigned char> bytes_;
};

}  // namespace chargemill
