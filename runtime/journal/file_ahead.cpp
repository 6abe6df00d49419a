#include "runtime/journal/file_ahead.hpp"

#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <memory>
#include <new>
#include <system_error>
#include <utility>

#include "runtime/journal/directory.hpp"

namespace chargemill::runtime::journal {
namespace {

/// An open file that will be read from end to end; for each thread its own, as the kernel reads on
/// by what was read through it before.
class OpenFile {
 public:
  OpenFile() = default;
  ~OpenFile() { close(); }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  void open(const std::string& path) noexcept {
    close();
    file_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file_ >= 0) (void)::posix_fadvise(file_, 0, 0, POSIX_FADV_SEQUENTIAL);
  }
  /// Whether the byte at `at` is in memory; false if nobody knows.
  [[nodiscard]] bool has(std::int64_t at) const noexcept {
    char byte = 0;
    const iovec to{&byte, 1};
    return ::preadv2(file_, &to, 1, at, RWF_NOWAIT) == 1;
  }
  void read(std::byte* to, std::size_t bytes, std::int64_t at) const noexcept {
    // What it reads is there already, as pages of the mapping: that is what it is for.
    if (file_ >= 0) (void)!::pread(file_, to, bytes, at);
  }

 private:
  void close() noexcept {
    if (file_ >= 0) (void)::close(std::exchange(file_, -1));
  }
  int file_ = -1;
};

}  // namespace

FileAhead::FileAhead(std::vector<Part> parts) : parts_(std::move(parts)) {
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    const std::uint64_t end = bytes_of(parts_[i].path);
    for (std::uint64_t at = parts_[i].from; at < end; at += kPieceBytes)
      pieces_.push_back({i, static_cast<std::int64_t>(at)});
  }
  if (pieces_.empty()) return;
  // Without threads it takes longer, or whoever reads waits for the disk itself.
  try {
    for (std::thread& thread : threads_) thread = std::thread{[this] { read(); }};
  } catch (const std::bad_alloc&) {
  } catch (const std::system_error&) {
  }
}

FileAhead::~FileAhead() {
  // relaxed: it orders nothing; the threads are joined.
  is_over_.store(true, std::memory_order_relaxed);
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void FileAhead::read() noexcept {
  constexpr std::size_t kLooks = 4;  // into a piece, beside its last byte
  const std::unique_ptr<std::byte[]> piece{new (std::nothrow) std::byte[kPieceBytes]};
  if (!piece) return;
  OpenFile file;
  std::size_t open_part = parts_.size();
  while (!is_over_.load(std::memory_order_relaxed)) {  // relaxed: see the destructor
    // relaxed: only who takes which piece; they were written before the threads began.
    const std::size_t mine = taken_.fetch_add(1, std::memory_order_relaxed);
    if (mine >= pieces_.size()) return;
    const auto [part, at] = pieces_[mine];
    if (part != open_part) file.open(parts_[part].path);
    open_part = part;
    bool is_there = file.has(at + static_cast<std::int64_t>(kPieceBytes) - 1);
    for (std::size_t i = 0; is_there && i < kLooks; ++i)
      is_there = file.has(at + static_cast<std::int64_t>(i * (kPieceBytes / kLooks)));
    if (!is_there) file.read(piece.get(), kPieceBytes, at);
  }
}

}  // namespace chargemill::runtime::journal
