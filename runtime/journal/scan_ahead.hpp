// A segment's file, read into memory ahead of a scan that turned out to wait for the disk.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <thread>

#include "runtime/journal/environment.hpp"

namespace chargemill::runtime::journal {

/// Pages that this thread has asked the disk for, ever.
[[nodiscard]] long pages_read() noexcept;

/// Watches a scan over a segment's records, which lie in the file nearly as they follow one
/// another. Once it has waited for pages, a thread reads the file on from there, in pieces of a
/// MiB: one page after the other takes ten times as long, and of a wish for more (posix_fadvise)
/// the kernel grants what it reads ahead at most, 128 KiB to 8 MiB. A scan that finds its pages in
/// memory, or is short, costs nothing. Threads: one, beside its own. The environment outlives it.
class ScanAhead {
 public:
  explicit ScanAhead(const Environment& environment) noexcept : environment_(environment) {}
  ~ScanAhead();
  ScanAhead(const ScanAhead&) = delete;
  ScanAhead& operator=(const ScanAhead&) = delete;

  /// The scan has come to `at`, a value in the mapped file.
  void reach(const std::byte* at) noexcept {
    if (++reached_ % kLookEvery == 0 && !is_reading()) look(at);
  }
  [[nodiscard]] bool is_reading() const noexcept { return thread_.joinable(); }

 private:
  /// So many records are a few dozen pages.
  static constexpr std::uint32_t kLookEvery = 512;
  /// Who waits for so many of them finds the others on disk too.
  static constexpr long kColdPages = 8;
  static constexpr std::size_t kPieceBytes = std::size_t{1} << 20U;

  void look(const std::byte* at) noexcept;
  void read_on(int file, std::int64_t from) noexcept;

  const Environment& environment_;
  std::uint32_t reached_ = 0;
  long pages_before_ = -1;              // at the last look; -1: there was none
  std::unique_ptr<std::byte[]> piece_;  // the thread's, once it runs
  std::atomic<bool> is_over_{false};    // written by the destructor
  std::thread thread_;
};

}  // namespace chargemill::runtime::journal
