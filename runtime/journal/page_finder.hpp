// The pages of a segment as they lie in its file, past LMDB's search.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "runtime/journal/environment.hpp"
#include "runtime/journal/record.hpp"

namespace chargemill::runtime::journal {

/// Tells the kernel that these bytes of a mapped file will be read soon. Does not wait. A page that
/// is waited for on its own costs 80 us here, one of a hundred that were asked for together 13.
void foresee(const std::byte* at, std::size_t bytes) noexcept;

/// The number of the page that `at`, a value in the mapped file, is in.
[[nodiscard]] std::uint32_t page_number_of(const std::byte* at) noexcept;

/// Finds a record by the number of its page, and asks for pages before they are needed. It follows
/// nothing blindly: in a damaged file it finds nothing, and LMDB's search says what is wrong.
/// Environment and transaction outlive it.
class PageFinder {
 public:
  PageFinder(const Environment& environment, const Transaction& transaction) noexcept;

  /// The bytes of record `sequence`, if leaf page `page` holds it; else null.
  [[nodiscard]] MDB_val record(std::uint64_t page, Sequence sequence) const noexcept;

  void foresee_page(std::uint64_t page) const noexcept;
  /// The pages of these records and those that lead to them, all of a level of the tree together:
  /// the disk is waited for once a level.
  void foresee_records(const std::vector<Sequence>& sequences) const noexcept;

 private:
  /// Where a table's tree begins.
  struct Tree {
    std::uint64_t root = 0;
    unsigned depth = 0;
  };

  [[nodiscard]] MDB_val table(std::string_view name) const noexcept;
  [[nodiscard]] std::optional<Tree> tree(std::string_view name) const noexcept;
  [[nodiscard]] std::optional<std::uint64_t> child(std::uint64_t page,
                                                   Sequence sequence) const noexcept;
  [[nodiscard]] const std::byte* find(std::uint64_t page, std::uint16_t flag,
                                      Sequence sequence) const noexcept;

  const Environment& environment_;
  const Transaction& transaction_;
  std::uint64_t end_ = 0;            // pages that the file has
  const std::byte* base_ = nullptr;  // where it begins in memory; null: not known
};

}  // namespace chargemill::runtime::journal
