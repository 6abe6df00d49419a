// 64 bytes as a plain array: what a Block of block_kernels.hpp is, for any processor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "runtime/wire/block_kernels.hpp"

namespace chargemill::runtime {

/// Lets the loops over blocks of 64 bytes run where there is no AVX-512: only what this type does
/// in its stead is then not tested.
struct ModelBlock {
  static constexpr std::size_t kBytes = 64;
  using Mask = std::uint64_t;
  struct Flags {
    Mask bits;
    Flags operator^(Flags other) const { return {bits ^ other.bits}; }
    Flags operator|(Flags other) const { return {bits | other.bits}; }
  };

  std::byte at[kBytes];

  static ModelBlock zero() { return {}; }
  static Flags all_flags(bool set) { return {set ? ~Mask{0} : Mask{0}}; }
  static ModelBlock load(const std::byte* p) { return load_first(p, kBytes); }
  static ModelBlock load_first(const std::byte* p, std::size_t bytes) {
    ModelBlock block{};
    std::memcpy(block.at, p, bytes);
    return block;
  }
  void store(std::byte* p) const { std::memcpy(p, at, kBytes); }

  template <class Is>
  [[nodiscard]] Flags where(Is is) const {
    Flags flags{0};
    for (std::size_t i = 0; i < kBytes; ++i) flags.bits |= Mask{is(at[i])} << i;
    return flags;
  }
  [[nodiscard]] Flags specials() const { return where(is_special); }
  [[nodiscard]] Flags escapes() const {
    return where([](std::byte b) { return b == kEsc; });
  }
  static Flags moved_up(Flags flags, Flags before) {
    return {flags.bits << 1U | before.bits >> 63U};
  }
  static bool any(Flags flags) { return flags.bits != 0; }
  static Mask mask(Flags flags) { return flags.bits; }

  [[nodiscard]] ModelBlock first(std::size_t bytes) const { return load_first(at, bytes); }
  [[nodiscard]] ModelBlock flipped(Flags flags) const {
    ModelBlock block = *this;
    for (std::size_t i = 0; i < kBytes; ++i) {
      if ((flags.bits >> i & 1U) != 0) block.at[i] ^= kEscapeFlip;
    }
    return block;
  }
  void store_without(std::byte* p, Mask dropped) const {
    std::byte kept[kBytes]{};
    std::size_t size = 0;
    for (std::size_t i = 0; i < kBytes; ++i) {
      if ((dropped >> i & 1U) == 0) kept[size++] = at[i];
    }
    std::memcpy(p, kept, kBytes);
  }
  void store_escaped(std::byte* p, Mask specials) const {
    std::byte all[3 * kBytes]{};
    std::size_t size = 0;
    for (std::size_t i = 0; i < kBytes; ++i) {
      const bool special = (specials >> i & 1U) != 0;
      if (special) all[size++] = kEsc;
      all[size++] = special ? at[i] ^ kEscapeFlip : at[i];
    }
    std::memcpy(p, all, sizeof all);
  }

  [[nodiscard]] std::byte xor_of_bytes() const {
    std::byte sum{};
    for (const std::byte b : at) sum ^= b;
    return sum;
  }
  [[nodiscard]] bool has_high() const {
    return any(where([](std::byte b) { return b >= std::byte{0x80}; }));
  }
  ModelBlock operator^(const ModelBlock& other) const {
    ModelBlock block = *this;
    for (std::size_t i = 0; i < kBytes; ++i) block.at[i] ^= other.at[i];
    return block;
  }
  ModelBlock operator|(const ModelBlock& other) const {
    ModelBlock block = *this;
    for (std::size_t i = 0; i < kBytes; ++i) block.at[i] |= other.at[i];
    return block;
  }

  static std::size_t lowest(Mask mask) {
    return mask == 0 ? kBytes : static_cast<std::size_t>(__builtin_ctzll(mask));
  }
  static std::size_t count(Mask mask) {
    return static_cast<std::size_t>(__builtin_popcountll(mask));
  }
};

inline constexpr FrameKernels kModelKernels{"model", scan_blocks<ModelBlock>,
                                            unescape_blocks<ModelBlock>, escape_blocks<ModelBlock>};

}  // namespace chargemill::runtime
