// The parts of LMDB 0.9's file format that its reader follows blindly, on 64-bit machines.
// Source: mdb.c of 0.9.24 (MDB_page, MDB_node, MDB_db, MDB_meta).
#pragma once

#include <cstddef>
#include <cstdint>

namespace chargemill::runtime::journal {

///     page | number:64 | pad:16 | flags:16 | lower:16 | upper:16 | node offsets:16 ... nodes |
///            an overflow page has its number of pages:32 where lower and upper are
///     node | low:16 | high:16 | flags:16 | key_size:16 | key | data |
///            in a branch low, high and flags are the child's page number
///     meta | page header | magic:32 | version:32 | address:64 | map_size:64 |
///          | tree of free pages | main tree | last_page:64 | transaction:64 |
///     tree | pad:32 | flags:16 | depth:16 | four counts:64 | root:64 |
struct PageLayout {
  static constexpr std::size_t kBytes = 4096;
  static constexpr std::size_t kHeader = 16;
  static constexpr std::size_t kFlags = 10;
  static constexpr std::size_t kLower = 12;
  static constexpr std::size_t kUpper = 14;
  static constexpr std::size_t kPages = 12;

  static constexpr std::uint16_t kBranch = 1;
  static constexpr std::uint16_t kLeaf = 2;
  static constexpr std::uint16_t kOverflow = 4;
  static constexpr std::uint16_t kMeta = 8;
  static constexpr std::uint64_t kMetas = 2;
};

struct NodeLayout {
  static constexpr std::size_t kFlags = 4;
  static constexpr std::size_t kKeySize = 6;
  static constexpr std::size_t kHeader = 8;
  static constexpr std::uint16_t kBig = 1;   ///< the data is the number of an overflow page
  static constexpr std::uint16_t kTree = 2;  ///< the data is a tree of its own
};

struct TreeLayout {
  static constexpr std::size_t kFlags = 4;
  static constexpr std::size_t kDepth = 6;
  static constexpr std::size_t kRoot = 40;
  static constexpr std::size_t kBytes = 48;
  static constexpr std::uint16_t kIntegerKeys = 8;
  static constexpr std::uint16_t kDepthMax = 32;
  static constexpr std::uint64_t kEmpty = ~std::uint64_t{0};  ///< as a root
};

struct MetaLayout {
  static constexpr std::size_t kMagicAt = PageLayout::kHeader;
  static constexpr std::size_t kVersionAt = kMagicAt + 4;
  static constexpr std::size_t kAddress = kVersionAt + 4;
  static constexpr std::size_t kMapSize = kAddress + 8;
  static constexpr std::size_t kFree = kMapSize + 8;
  static constexpr std::size_t kMain = kFree + TreeLayout::kBytes;
  static constexpr std::size_t kLastPage = kMain + TreeLayout::kBytes;
  static constexpr std::size_t kTransaction = kLastPage + 8;
  static constexpr std::uint32_t kMagic = 0xBEEFC0DE;
  static constexpr std::uint32_t kVersion = 1;
  static constexpr std::uint16_t kNoSubDirectory = 0x4000;  ///< LMDB keeps its open flags here
  static constexpr std::uint64_t kMapSizeMax = std::uint64_t{1} << 40U;
};
static_assert(MetaLayout::kTransaction + 8 == 152);

}  // namespace chargemill::runtime::journal
