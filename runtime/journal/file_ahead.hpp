// Files, read into memory ahead of whoever is about to read them from end to end.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace chargemill::runtime::journal {

/// Reads the files in pieces of a MiB, in order: one page after the other takes ten times as long,
/// and of a wish for more (posix_fadvise) the kernel grants what it reads ahead at most, 128 KiB to
/// 8 MiB. Two threads take turns, so that the disk has the next piece to read while one is copied.
/// What is in memory already is passed over: where all is, it costs nothing that could be felt.
/// Threads: one, beside its own two. A file that cannot be read is left to whoever reads it then.
class FileAhead {
 public:
  /// A file, from so many bytes on.
  struct Part {
    std::string path;
    std::uint64_t from = 0;
  };
  explicit FileAhead(std::vector<Part> parts);
  /// Ends it, wherever it is.
  ~FileAhead();
  FileAhead(const FileAhead&) = delete;
  FileAhead& operator=(const FileAhead&) = delete;

 private:
  static constexpr std::size_t kPieceBytes = std::size_t{1} << 20U;
  static constexpr std::size_t kThreads = 2;
  struct Piece {
    std::size_t part = 0;
    std::int64_t at = 0;
  };

  void read() noexcept;

  std::vector<Part> parts_;            // written by the constructor, like the next
  std::vector<Piece> pieces_;          // what of the files was there then
  std::atomic<std::size_t> taken_{0};  // pieces; written by the threads
  std::atomic<bool> is_over_{false};   // written by the destructor
  std::array<std::thread, kThreads> threads_;
};

}  // namespace chargemill::runtime::journal
