#include "runtime/journal/page_finder.hpp"

#include <sys/stat.h>

#include <algorithm>

#include "runtime/journal/page_layout.hpp"

namespace chargemill::runtime::journal {

PageFinder::PageFinder(const Environment& environment, const Transaction& transaction) noexcept
    : environment_(environment), transaction_(transaction) {
  const MDB_val any = table("records");
  mdb_filehandle_t file = -1;
  struct stat about {};
  if (any.mv_data == nullptr || mdb_env_get_fd(environment.handle(), &file) != 0 ||
      ::fstat(file, &about) != 0)
    return;
  // A page knows its own number, hence where the file begins in memory. A sealed one may be longer
  // than LMDB's map of it.
  const std::byte* const page = page_of(static_cast<const std::byte*>(any.mv_data));
  const auto bytes = std::min(static_cast<std::uint64_t>(about.st_size), environment.map_bytes());
  map_ = {page - load<std::uint64_t>(page) * PageLayout::kBytes, bytes / PageLayout::kBytes};
}

/// What the main tree says of a table.
MDB_val PageFinder::table(std::string_view name) const noexcept {
  MDB_val key{name.size(), const_cast<char*>(name.data())};
  MDB_val value{};
  const int code = mdb_get(transaction_.get(), environment_.main(), &key, &value);
  return code == 0 && value.mv_size == TreeLayout::kBytes ? value : MDB_val{};
}

/// Empty if it has none, or none that makes sense.
std::optional<PageFinder::Tree> PageFinder::tree(std::string_view name) const noexcept {
  const MDB_val found = table(name);
  if (found.mv_data == nullptr) return std::nullopt;
  const auto* const bytes = static_cast<const std::byte*>(found.mv_data);
  const Tree tree{load<std::uint64_t>(bytes + TreeLayout::kRoot),
                  load<std::uint16_t>(bytes + TreeLayout::kDepth)};
  if (!map_.has(tree.root) || tree.depth == 0 || tree.depth > TreeLayout::kDepthMax)
    return std::nullopt;
  return tree;
}

void PageFinder::foresee_roots() const noexcept {
  for (const std::string_view name : {"postings", "records"}) {
    if (const auto found = tree(name)) map_.foresee_page(found->root);
  }
}

void PageFinder::foresee_records(const std::vector<Sequence>& sequences) const noexcept {
  if (sequences.empty()) return;
  const auto records = tree("records");
  if (!records) return;
  std::vector<std::uint64_t> level(sequences.size(), records->root);
  for (unsigned depth = records->depth; depth > 1; --depth) {
    for (std::size_t i = 0; i < level.size(); ++i) {
      const auto next = map_.child(level[i], sequences[i]);
      if (!next) return;
      level[i] = *next;
    }
    for (const std::uint64_t page : level) map_.foresee_page(page);
  }
}

}  // namespace chargemill::runtime::journal
