// A file that nobody writes any more, read in pieces here and there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "runtime/base/result.hpp"

namespace chargemill::runtime::journal {

/// By a descriptor, not through a mapping, unless there is none to spare: who touches each page
/// once pays for a page fault each, which costs 1 us on a bare machine and 20 in a guest whose page
/// tables its host keeps, where reading a page that is in memory costs 0.5 and 2. And a disk that
/// fails is an error here, where a mapping ends the process.
/// Threads: any.
class FilePieces {
 public:
  enum class Access { descriptor, mapping };

  /// Null if it cannot be opened, or is empty.
  [[nodiscard]] static std::unique_ptr<FilePieces> open(const std::string& path, Access access);
  ~FilePieces();
  FilePieces(const FilePieces&) = delete;
  FilePieces& operator=(const FilePieces&) = delete;

  [[nodiscard]] Access access() const noexcept {
    return file_ >= 0 ? Access::descriptor : Access::mapping;
  }
  /// As long as it was when it was opened.
  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }
  /// Copies `bytes` from `at` on. Errors: the file ends before, or the disk's own.
  [[nodiscard]] Result<void> read(std::uint64_t at, std::size_t bytes, void* to) const;
  /// Asks the disk for the pages of these bytes, and for no others. Does not wait: a page that is
  /// waited for on its own costs 80 us here, one of a hundred that were asked for together 13.
  void foresee(std::uint64_t at, std::size_t bytes) const noexcept;

 private:
  FilePieces(std::string path, int file) noexcept;
  /// Takes a mapping for the descriptor. False: there is none.
  [[nodiscard]] bool map() noexcept;

  std::string path_;
  int file_;  // -1: it is mapped
  std::uint64_t bytes_ = 0;
  std::byte* mapping_ = nullptr;
};

}  // namespace chargemill::runtime::journal
