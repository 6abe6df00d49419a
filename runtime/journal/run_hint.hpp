// Where the one run of a sealed segment is, said at the beginning of its file.
#pragma once

#include <array>
#include <optional>

#include "runtime/journal/page_layout.hpp"
#include "runtime/journal/posting_run.hpp"

namespace chargemill::runtime::journal {

/// In the part of the first page that LMDB leaves alone: it writes its own part, 152 bytes, and
/// reads no more.
///      0       4         8      12       16      24                    560
///     | magic | version | page | unused | bytes | head of the run     | crc:32 |
struct HintLayout {
  static constexpr std::uint32_t kMagic = 0x484A4D43;  // "CMJH"
  static constexpr std::uint32_t kVersion = 1;
  static constexpr std::size_t kAt = 2048;  ///< in the file
  static constexpr std::size_t kVersionAt = 4;
  static constexpr std::size_t kPage = 8;
  static constexpr std::size_t kRunBytes = 16;
  static constexpr std::size_t kHead = 24;
  static constexpr std::size_t kCrc = kHead + RunLayout::kHeadBytes;
  static constexpr std::size_t kBytes = kCrc + 4;
};
static_assert(HintLayout::kAt + HintLayout::kBytes <= PageLayout::kBytes);

/// With it a reader finds postings and records without LMDB, and without the pages that lead LMDB
/// to them. It is written after the seal is on disk, and not waited for: what is not there, or not
/// whole, is done without.
struct RunHint {
  std::uint32_t page = 0;   ///< the run begins behind its header
  std::uint64_t bytes = 0;  ///< of the run
  std::array<std::byte, RunLayout::kHeadBytes> head{};
};

using HintBytes = std::array<std::byte, HintLayout::kBytes>;
/// Requires a run of the version with pages.
[[nodiscard]] HintBytes encode_hint(std::uint32_t page, Bytes run) noexcept;
/// Empty unless it is whole, of a known version.
[[nodiscard]] std::optional<RunHint> decode_hint(const HintBytes& bytes) noexcept;

}  // namespace chargemill::runtime::journal
