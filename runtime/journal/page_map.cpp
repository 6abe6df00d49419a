#include "runtime/journal/page_map.hpp"

#include <sys/mman.h>

#include "runtime/journal/page_layout.hpp"

namespace chargemill::runtime::journal {
namespace {

/// Node `i` of a page with keys of eight bytes; null if it would leave the page. The first of a
/// branch has no key, and may be the last eight bytes of its page.
const std::byte* node_at(const std::byte* page, std::size_t i, bool has_key = true) noexcept {
  const auto offset = load<std::uint16_t>(page + PageLayout::kHeader + 2 * i);
  const std::size_t bytes = NodeLayout::kHeader + (has_key ? sizeof(Sequence) : 0);
  return offset + bytes > PageLayout::kBytes ? nullptr : page + offset;
}
Sequence key_of(const std::byte* node) noexcept {
  return load<Sequence>(node + NodeLayout::kHeader);
}

/// In `page`, number `number`, of the kind `flag`, the last node whose key is not above `sequence`;
/// in a branch at least the first, which leads to all below the second. Null: there is none.
const std::byte* find(const std::byte* page, std::uint64_t number, std::uint16_t flag,
                      Sequence sequence) noexcept {
  const auto lower = load<std::uint16_t>(page + PageLayout::kLower);
  if (load<std::uint64_t>(page) != number ||
      load<std::uint16_t>(page + PageLayout::kFlags) != flag || lower <= PageLayout::kHeader ||
      lower > PageLayout::kBytes)
    return nullptr;
  std::size_t low = 0;
  std::size_t high = (lower - PageLayout::kHeader) / 2;
  while (high - low > 1) {
    const std::size_t middle = low + (high - low) / 2;
    const std::byte* const node = node_at(page, middle);
    if (node == nullptr) return nullptr;
    (key_of(node) <= sequence ? low : high) = middle;
  }
  const bool has_key = flag == PageLayout::kLeaf || low > 0;
  return high == 0 ? nullptr : node_at(page, low, has_key);
}

}  // namespace

const std::byte* page_of(const std::byte* at) noexcept {
  return at - reinterpret_cast<std::uintptr_t>(at) % PageLayout::kBytes;
}

std::uint32_t page_number_of(const std::byte* at) noexcept {
  return static_cast<std::uint32_t>(load<std::uint64_t>(page_of(at)));
}

void foresee(Bytes bytes) noexcept {
  if (bytes.count == 0) return;
  const std::byte* const page = page_of(bytes.at);
  const auto all = static_cast<std::size_t>(bytes.at - page) + bytes.count;
  (void)::madvise(const_cast<std::byte*>(page), all, MADV_WILLNEED);
}

Bytes record_in(const std::byte* page, std::uint64_t number, Sequence sequence) noexcept {
  const std::byte* const node = find(page, number, PageLayout::kLeaf, sequence);
  if (node == nullptr || key_of(node) != sequence ||
      load<std::uint16_t>(node + NodeLayout::kFlags) != 0 ||
      load<std::uint16_t>(node + NodeLayout::kKeySize) != sizeof(Sequence))
    return {};
  const std::byte* const data = node + NodeLayout::kHeader + sizeof(Sequence);
  const std::size_t bytes = load<std::uint32_t>(node);
  if (bytes > static_cast<std::size_t>(page + PageLayout::kBytes - data)) return {};
  return {data, bytes};
}

const std::byte* PageMap::at(std::uint64_t page) const noexcept {
  return base_ + page * PageLayout::kBytes;
}

Bytes PageMap::record(std::uint64_t page, Sequence sequence) const noexcept {
  return has(page) ? record_in(at(page), page, sequence) : Bytes{};
}

std::optional<std::uint64_t> PageMap::child(std::uint64_t page, Sequence sequence) const noexcept {
  const std::byte* const node =
      has(page) ? find(at(page), page, PageLayout::kBranch, sequence) : nullptr;
  if (node == nullptr) return std::nullopt;
  const std::uint64_t high = load<std::uint16_t>(node + NodeLayout::kFlags);
  return load<std::uint32_t>(node) | high << 32U;
}

void PageMap::foresee_page(std::uint64_t page) const noexcept {
  if (has(page)) foresee({at(page), PageLayout::kBytes});
}

}  // namespace chargemill::runtime::journal
