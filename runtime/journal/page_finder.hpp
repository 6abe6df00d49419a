// The pages of a segment that LMDB has open.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "runtime/journal/environment.hpp"
#include "runtime/journal/page_map.hpp"

namespace chargemill::runtime::journal {

/// Finds a record by the number of its page, and asks for pages before they are needed.
/// Environment and transaction outlive it.
class PageFinder {
 public:
  PageFinder(const Environment& environment, const Transaction& transaction) noexcept;

  [[nodiscard]] const PageMap& map() const noexcept { return map_; }
  /// Asks for the pages in which the searches of both tables begin.
  void foresee_roots() const noexcept;
  /// Asks for the pages of these records and those that lead to them, all of a level of the tree
  /// together: the disk is waited for once a level.
  void foresee_records(const std::vector<Sequence>& sequences) const noexcept;

 private:
  /// Where a table's tree begins.
  struct Tree {
    std::uint64_t root = 0;
    unsigned depth = 0;
  };

  [[nodiscard]] MDB_val table(std::string_view name) const noexcept;
  [[nodiscard]] std::optional<Tree> tree(std::string_view name) const noexcept;

  const Environment& environment_;
  const Transaction& transaction_;
  PageMap map_;
};

}  // namespace chargemill::runtime::journal
