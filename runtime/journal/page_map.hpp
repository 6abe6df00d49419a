// The pages of a segment as they lie in its mapped file, past LMDB's search.
#pragma once

#include <cstdint>
#include <optional>

#include "runtime/journal/record.hpp"
#include "runtime/journal/record_layout.hpp"

namespace chargemill::runtime::journal {

/// Tells the kernel that these bytes of a mapped file will be read soon. Does not wait. A page that
/// is waited for on its own costs 80 us here, one of a hundred that were asked for together 13.
void foresee(Bytes bytes) noexcept;

/// The number of the page that `at`, a value in the mapped file, is in.
[[nodiscard]] std::uint32_t page_number_of(const std::byte* at) noexcept;
/// The beginning of that page.
[[nodiscard]] const std::byte* page_of(const std::byte* at) noexcept;

/// The bytes of record `sequence` in `page`, the PageLayout::kBytes of leaf page `number`; none if
/// it is another page, is damaged, or does not hold it.
[[nodiscard]] Bytes record_in(const std::byte* page, std::uint64_t number,
                              Sequence sequence) noexcept;

/// Finds what is in a page whose number is known. It follows nothing blindly: in a damaged file it
/// finds nothing, and LMDB's search says what is wrong. The mapping outlives it.
class PageMap {
 public:
  /// Knows no file, and finds nothing.
  PageMap() noexcept = default;
  PageMap(const std::byte* base, std::uint64_t pages) noexcept : base_(base), pages_(pages) {}

  [[nodiscard]] bool has(std::uint64_t page) const noexcept {
    return base_ != nullptr && page < pages_;
  }
  /// The bytes of record `sequence`, if leaf page `page` holds it; else none.
  [[nodiscard]] Bytes record(std::uint64_t page, Sequence sequence) const noexcept;
  /// Where branch page `page` leads for `sequence`.
  [[nodiscard]] std::optional<std::uint64_t> child(std::uint64_t page,
                                                   Sequence sequence) const noexcept;
  void foresee_page(std::uint64_t page) const noexcept;

 private:
  [[nodiscard]] const std::byte* at(std::uint64_t page) const noexcept;

  const std::byte* base_ = nullptr;  // where the file begins in memory
  std::uint64_t pages_ = 0;
};

}  // namespace chargemill::runtime::journal
