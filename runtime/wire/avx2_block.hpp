// 32 bytes in a register of AVX2. To be compiled for such processors only.
#pragma once

#include <immintrin.h>

#include <cstdint>
#include <cstring>

#include "runtime/wire/block_tables.hpp"
#include "runtime/wire/frame_layout.hpp"

namespace chargemill::runtime {

struct Avx2Block {
  static constexpr std::size_t kBytes = 32;
  using Mask = std::uint32_t;  ///< one bit a byte, the first byte lowest
  using Flags = Avx2Block;     ///< for each byte FF or 00

  __m256i v;

  static Avx2Block zero() noexcept { return {_mm256_setzero_si256()}; }
  static Flags all_flags(bool set) noexcept { return {_mm256_set1_epi8(set ? -1 : 0)}; }
  static Avx2Block load(const std::byte* p) noexcept {
    return {_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p))};
  }
  /// The `bytes` < 32 bytes at `p`, and zeros. Reads nothing beyond them: two reads that overlap in
  /// the middle give any length between theirs and twice that.
  static Avx2Block load_first(const std::byte* p, std::size_t bytes) noexcept {
    if (bytes < 16) return {_mm256_zextsi128_si256(load_half(p, bytes))};
    const __m128i low = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    const __m128i last = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + bytes - 16));
    const auto* const down = reinterpret_cast<const __m128i*>(kShiftDown.at + (32 - bytes));
    return {_mm256_set_m128i(_mm_shuffle_epi8(last, _mm_loadu_si128(down)), low)};
  }
  void store(std::byte* p) const noexcept { _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), v); }

  /// STX, ETX and ESC. Looks each byte up by its low half: it is special exactly if it equals what
  /// is found. Bytes from 80 on find zero, which they are not.
  [[nodiscard]] Flags specials() const noexcept {
    const __m256i table = _mm256_broadcastsi128_si256(row(kSpecialByLowHalf.at));
    return {_mm256_cmpeq_epi8(_mm256_shuffle_epi8(table, v), v)};
  }
  [[nodiscard]] Flags escapes() const noexcept {
    return {_mm256_cmpeq_epi8(v, _mm256_set1_epi8(static_cast<char>(kEsc)))};
  }
  /// The flags one byte further on; the first is the last of the block `before`.
  static Flags moved_up(Flags flags, Flags before) noexcept {
    const __m256i middle = _mm256_permute2x128_si256(before.v, flags.v, 0x21);
    return {_mm256_alignr_epi8(flags.v, middle, 15)};
  }
  static bool any(Flags flags) noexcept { return _mm256_testz_si256(flags.v, flags.v) == 0; }
  static Mask mask(Flags flags) noexcept {
    return static_cast<Mask>(_mm256_movemask_epi8(flags.v));
  }

  /// The bytes before `bytes`; zeros from there on.
  [[nodiscard]] Avx2Block first(std::size_t bytes) const noexcept {
    return {_mm256_and_si256(v, load(kOnesThenZeros.at + (32 - bytes)).v)};
  }
  /// With kEscapeFlip in the bytes that are flagged.
  [[nodiscard]] Avx2Block flipped(Flags flags) const noexcept {
    const __m256i flip = _mm256_set1_epi8(static_cast<char>(kEscapeFlip));
    return {_mm256_xor_si256(v, _mm256_and_si256(flags.v, flip))};
  }
  /// Writes the bytes that are not in `dropped`, and up to kBytes in all.
  void store_without(std::byte* p, Mask dropped) const noexcept {
    store_half_without(p, _mm256_castsi256_si128(v), dropped & 0xFFFFU);
    store_half_without(p + 16 - count(dropped & 0xFFFFU), _mm256_extracti128_si256(v, 1),
                       dropped >> 16U);
  }
  /// Writes the bytes with an ESC before each of `specials` and those flipped; touches 3 * kBytes.
  void store_escaped(std::byte* p, Mask specials) const noexcept {
    if (specials == 0) return store(p);
    store_half_escaped(p, _mm256_castsi256_si128(v), specials & 0xFFFFU);
    store_half_escaped(p + 16 + count(specials & 0xFFFFU), _mm256_extracti128_si256(v, 1),
                       specials >> 16U);
  }

  [[nodiscard]] std::byte xor_of_bytes() const noexcept {
    const __m128i half = _mm_xor_si128(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
    return xor_of_bytes_in(
        static_cast<std::uint64_t>(_mm_cvtsi128_si64(half) ^ _mm_extract_epi64(half, 1)));
  }
  [[nodiscard]] bool has_high() const noexcept { return mask(*this) != 0; }

  // Members, not friends: to a friend gcc does not give the features that are asked for.
  Avx2Block operator^(Avx2Block other) const noexcept { return {_mm256_xor_si256(v, other.v)}; }
  Avx2Block operator|(Avx2Block other) const noexcept { return {_mm256_or_si256(v, other.v)}; }

  /// The number of the lowest bit; 32 if there is none.
  static std::size_t lowest(Mask mask) noexcept { return _tzcnt_u32(mask); }
  static std::size_t count(Mask mask) noexcept {
    return static_cast<std::size_t>(__builtin_popcount(mask));
  }

 private:
  static __m128i row(const std::byte* table) noexcept {  // 16 bytes of a table
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(table));
  }
  static void store_half(std::byte* p, __m128i half) noexcept {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p), half);
  }

  template <class T>
  static std::uint64_t number_at(const std::byte* p) noexcept {
    T number;
    std::memcpy(&number, p, sizeof number);
    return number;
  }
  static __m128i load_half(const std::byte* p, std::size_t bytes) noexcept {
    const auto shift = static_cast<unsigned>(8 * bytes);
    if (bytes >= 8) {
      const std::uint64_t last = number_at<std::uint64_t>(p + bytes - 8);
      const std::uint64_t high = bytes == 8 ? 0 : last >> (128 - shift);
      return _mm_set_epi64x(static_cast<long long>(high),
                            static_cast<long long>(number_at<std::uint64_t>(p)));
    }
    std::uint64_t low = 0;
    if (bytes >= 4) {
      low = number_at<std::uint32_t>(p) | number_at<std::uint32_t>(p + bytes - 4) << (shift - 32);
    } else if (bytes > 0) {
      low = number_at<std::uint8_t>(p) | number_at<std::uint8_t>(p + bytes - 1) << (shift - 8);
      low |= number_at<std::uint8_t>(p + bytes / 2) << (8 * (bytes / 2));
    }
    return _mm_cvtsi64_si128(static_cast<long long>(low));
  }
  // One byte to drop in 16 is the rule where there are any: no branch for it, a loop for more.
  static void store_half_without(std::byte* p, __m128i half, Mask dropped) noexcept {
    half = _mm_shuffle_epi8(half, row(kDropOne.at + 16 * lowest(dropped | 0x10000U)));
    dropped &= dropped - 1;
    for (dropped >>= 1U; dropped != 0; dropped = (dropped & (dropped - 1)) >> 1U)
      half = _mm_shuffle_epi8(half, row(kDropOne.at + 16 * lowest(dropped)));
    store_half(p, half);
  }
  // At each special byte an ESC, and behind it all the rest again, the first byte flipped.
  static void store_half_escaped(std::byte* p, __m128i half, Mask specials) noexcept {
    const __m128i flip_first = _mm_cvtsi32_si128(static_cast<int>(kEscapeFlip));
    store_half(p, half);
    for (; specials != 0; specials &= specials - 1, ++p) {
      const std::size_t at = lowest(specials);
      p[at] = kEsc;
      const __m128i rest = _mm_shuffle_epi8(half, row(kShiftDown.at + at));
      store_half(p + at + 1, _mm_xor_si128(rest, flip_first));
    }
  }
};

}  // namespace chargemill::runtime
