#include "runtime/journal/page_finder.hpp"

#include <sys/mman.h>
#include <sys/stat.h>

#include "runtime/journal/page_layout.hpp"
#include "runtime/journal/record_layout.hpp"

namespace chargemill::runtime::journal {
namespace {

/// The beginning of the page that `at` is in.
const std::byte* page_of(const std::byte* at) noexcept {
  return at - reinterpret_cast<std::uintptr_t>(at) % PageLayout::kBytes;
}

/// Node `i` of a page with keys of eight bytes; null if it would leave the page.
const std::byte* node_at(const std::byte* page, std::size_t i) noexcept {
  const auto offset = load<std::uint16_t>(page + PageLayout::kHeader + 2 * i);
  constexpr std::size_t kNode = NodeLayout::kHeader + sizeof(Sequence);
  return offset + kNode > PageLayout::kBytes ? nullptr : page + offset;
}
Sequence key_of(const std::byte* node) noexcept {
  return load<Sequence>(node + NodeLayout::kHeader);
}

}  // namespace

void foresee(const std::byte* at, std::size_t bytes) noexcept {
  const std::byte* const page = page_of(at);
  const auto all = static_cast<std::size_t>(at - page) + bytes;
  (void)::madvise(const_cast<std::byte*>(page), all, MADV_WILLNEED);
}

std::uint32_t page_number_of(const std::byte* at) noexcept {
  return static_cast<std::uint32_t>(load<std::uint64_t>(page_of(at)));
}

PageFinder::PageFinder(const Environment& environment, const Transaction& transaction) noexcept
    : environment_(environment), transaction_(transaction) {
  const MDB_val any = table("records");
  mdb_filehandle_t file = -1;
  struct stat about {};
  if (any.mv_data == nullptr || mdb_env_get_fd(environment.handle(), &file) != 0 ||
      ::fstat(file, &about) != 0)
    return;
  end_ = static_cast<std::uint64_t>(about.st_size) / PageLayout::kBytes;
  // A page knows its own number, hence where the file begins in memory.
  const std::byte* const page = page_of(static_cast<const std::byte*>(any.mv_data));
  base_ = page - load<std::uint64_t>(page) * PageLayout::kBytes;
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
  if (base_ == nullptr || found.mv_data == nullptr) return std::nullopt;
  const auto* const bytes = static_cast<const std::byte*>(found.mv_data);
  const Tree tree{load<std::uint64_t>(bytes + TreeLayout::kRoot),
                  load<std::uint16_t>(bytes + TreeLayout::kDepth)};
  if (tree.root >= end_ || tree.depth == 0 || tree.depth > TreeLayout::kDepthMax)
    return std::nullopt;
  return tree;
}

/// In a page of the kind `flag`, the last node whose key is not above `sequence`; in a branch at
/// least the first, which leads to all below the second. Null: there is none.
const std::byte* PageFinder::find(std::uint64_t page, std::uint16_t flag,
                                  Sequence sequence) const noexcept {
  if (base_ == nullptr || page >= end_) return nullptr;
  const std::byte* const at = base_ + page * PageLayout::kBytes;
  const auto lower = load<std::uint16_t>(at + PageLayout::kLower);
  if (load<std::uint64_t>(at) != page || load<std::uint16_t>(at + PageLayout::kFlags) != flag ||
      lower <= PageLayout::kHeader || lower > PageLayout::kBytes)
    return nullptr;
  std::size_t low = 0;
  std::size_t high = (lower - PageLayout::kHeader) / 2;
  while (high - low > 1) {
    const std::size_t middle = low + (high - low) / 2;
    const std::byte* const node = node_at(at, middle);
    if (node == nullptr) return nullptr;
    (key_of(node) <= sequence ? low : high) = middle;
  }
  return high == 0 ? nullptr : node_at(at, low);
}

MDB_val PageFinder::record(std::uint64_t page, Sequence sequence) const noexcept {
  const std::byte* const node = find(page, PageLayout::kLeaf, sequence);
  if (node == nullptr || key_of(node) != sequence ||
      load<std::uint16_t>(node + NodeLayout::kFlags) != 0 ||
      load<std::uint16_t>(node + NodeLayout::kKeySize) != sizeof(Sequence))
    return {};
  const std::byte* const data = node + NodeLayout::kHeader + sizeof(Sequence);
  const std::size_t bytes = load<std::uint32_t>(node);
  const std::byte* const end = base_ + (page + 1) * PageLayout::kBytes;
  if (bytes > static_cast<std::size_t>(end - data)) return {};
  return {bytes, const_cast<std::byte*>(data)};
}

std::optional<std::uint64_t> PageFinder::child(std::uint64_t page,
                                               Sequence sequence) const noexcept {
  const std::byte* const node = find(page, PageLayout::kBranch, sequence);
  if (node == nullptr) return std::nullopt;
  const std::uint64_t high = load<std::uint16_t>(node + NodeLayout::kFlags);
  return load<std::uint32_t>(node) | high << 32U;
}

void PageFinder::foresee_page(std::uint64_t page) const noexcept {
  if (base_ != nullptr && page < end_)
    foresee(base_ + page * PageLayout::kBytes, PageLayout::kBytes);
}

void PageFinder::foresee_records(const std::vector<Sequence>& sequences) const noexcept {
  const auto records = tree("records");
  if (!records) return;
  std::vector<std::uint64_t> level(sequences.size(), records->root);
  for (unsigned depth = records->depth; depth > 1; --depth) {
    for (std::size_t i = 0; i < level.size(); ++i) {
      const auto next = child(level[i], sequences[i]);
      if (!next) return;
      level[i] = *next;
    }
    for (const std::uint64_t page : level) foresee_page(page);
  }
}

}  // namespace chargemill::runtime::journal
