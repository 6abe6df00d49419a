// A segment's file, read into memory ahead of a scan that turned out to wait for the disk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "runtime/journal/environment.hpp"
#include "runtime/journal/file_ahead.hpp"

namespace chargemill::runtime::journal {

/// Pages that this thread has asked the disk for, ever.
[[nodiscard]] long pages_read() noexcept;

/// Watches a scan over a segment's records, which lie in the file nearly as they follow one
/// another. Once it has waited for pages, the file is read on from there (FileAhead). A scan that
/// finds its pages in memory, or is short, costs nothing.
/// Threads: one. The environment outlives it.
class ScanAhead {
 public:
  explicit ScanAhead(const Environment& environment) noexcept : environment_(environment) {}

  /// The scan has come to `at`, a value in the mapped file.
  void reach(const std::byte* at) noexcept {
    if (++reached_ % kLookEvery == 0 && !is_reading()) look(at);
  }
  [[nodiscard]] bool is_reading() const noexcept { return ahead_.has_value(); }

 private:
  /// So many records are a few dozen pages.
  static constexpr std::uint32_t kLookEvery = 512;
  /// Who waits for so many of them finds the others on disk too.
  static constexpr long kColdPages = 8;

  void look(const std::byte* at) noexcept;

  const Environment& environment_;
  std::uint32_t reached_ = 0;
  long pages_before_ = -1;  // at the last look; -1: there was none
  std::optional<FileAhead> ahead_;
};

}  // namespace chargemill::runtime::journal
