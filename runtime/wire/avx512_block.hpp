// 64 bytes in a register of AVX-512. To be compiled for such processors only.
#pragma once

#include <immintrin.h>

#include <cstdint>

#include "runtime/wire/block_tables.hpp"
#include "runtime/wire/frame_layout.hpp"

namespace chargemill::runtime {

/// Does what Avx2Block does, mostly in one instruction. Bytes are always compressed into a register
/// and then stored: into memory at once the instruction takes ten times as long on Zen 4.
struct Avx512Block {
  static constexpr std::size_t kBytes = 64;
  using Mask = std::uint64_t;
  struct Flags {
    Mask bits;

    Flags operator^(Flags other) const noexcept { return {bits ^ other.bits}; }
    Flags operator|(Flags other) const noexcept { return {bits | other.bits}; }
  };

  __m512i v;

  static Avx512Block zero() noexcept { return {_mm512_setzero_si512()}; }
  static Flags all_flags(bool set) noexcept { return {set ? ~Mask{0} : Mask{0}}; }
  static Avx512Block load(const std::byte* p) noexcept { return {_mm512_loadu_si512(p)}; }
  /// Bytes that are masked out are not read.
  static Avx512Block load_first(const std::byte* p, std::size_t bytes) noexcept {
    return {_mm512_maskz_loadu_epi8(low_bits(bytes), p)};
  }
  void store(std::byte* p) const noexcept { _mm512_storeu_si512(p, v); }

  [[nodiscard]] Flags specials() const noexcept {
    // With a mask of all ones: what gcc 12 makes of the plain form it warns of itself (PR 105593).
    const __m512i table = _mm512_maskz_broadcast_i32x4(
        0xFFFF, _mm_load_si128(reinterpret_cast<const __m128i*>(kSpecialByLowHalf.at)));
    return {_mm512_cmpeq_epi8_mask(_mm512_shuffle_epi8(table, v), v)};
  }
  [[nodiscard]] Flags escapes() const noexcept {
    return {_mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8(static_cast<char>(kEsc)))};
  }
  static Flags moved_up(Flags flags, Flags before) noexcept {
    return {flags.bits << 1U | before.bits >> 63U};
  }
  static bool any(Flags flags) noexcept { return flags.bits != 0; }
  static Mask mask(Flags flags) noexcept { return flags.bits; }

  [[nodiscard]] Avx512Block first(std::size_t bytes) const noexcept {
    return {_mm512_maskz_mov_epi8(low_bits(bytes), v)};
  }
  [[nodiscard]] Avx512Block flipped(Flags flags) const noexcept {
    const __m512i flip = _mm512_set1_epi8(static_cast<char>(kEscapeFlip));
    return {_mm512_xor_si512(v, _mm512_maskz_mov_epi8(flags.bits, flip))};
  }
  void store_without(std::byte* p, Mask dropped) const noexcept {
    _mm512_storeu_si512(p, _mm512_maskz_compress_epi8(~dropped, v));
  }
  // At each special byte an ESC, and behind it all the rest again, the first byte flipped.
  void store_escaped(std::byte* p, Mask specials) const noexcept {
    const __m512i flip_first = _mm512_zextsi128_si512(_mm_cvtsi32_si128(0x20));
    store(p);
    for (; specials != 0; specials &= specials - 1, ++p) {
      const std::size_t at = lowest(specials);
      const __m512i rest = _mm512_maskz_compress_epi8(~Mask{0} << at, v);
      p[at] = kEsc;
      _mm512_storeu_si512(p + at + 1, _mm512_xor_si512(rest, flip_first));
    }
  }

  [[nodiscard]] std::byte xor_of_bytes() const noexcept {
    const __m256i half = _mm256_xor_si256(_mm512_maskz_extracti64x4_epi64(0xFF, v, 0),
                                          _mm512_maskz_extracti64x4_epi64(0xFF, v, 1));
    const __m128i quarter =
        _mm_xor_si128(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
    return xor_of_bytes_in(
        static_cast<std::uint64_t>(_mm_cvtsi128_si64(quarter) ^ _mm_extract_epi64(quarter, 1)));
  }
  [[nodiscard]] bool has_high() const noexcept { return _mm512_movepi8_mask(v) != 0; }

  Avx512Block operator^(Avx512Block other) const noexcept { return {_mm512_xor_si512(v, other.v)}; }
  Avx512Block operator|(Avx512Block other) const noexcept { return {_mm512_or_si512(v, other.v)}; }

  static std::size_t lowest(Mask mask) noexcept { return _tzcnt_u64(mask); }
  static std::size_t count(Mask mask) noexcept {
    return static_cast<std::size_t>(__builtin_popcountll(mask));
  }

 private:
  static Mask low_bits(std::size_t count) noexcept {
    return _bzhi_u64(~Mask{0}, static_cast<unsigned>(count));
  }
};

}  // namespace chargemill::runtime
