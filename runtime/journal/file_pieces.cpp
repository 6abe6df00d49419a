#include "runtime/journal/file_pieces.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "runtime/journal/page_layout.hpp"

namespace chargemill::runtime::journal {

std::unique_ptr<FilePieces> FilePieces::open(const std::string& path, Access access) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return nullptr;
  // The constructor is private.
  std::unique_ptr<FilePieces> opened{new FilePieces(path, file)};
  if (opened->bytes_ == 0 || (access == Access::mapping && !opened->map())) return nullptr;
  return opened;
}

FilePieces::FilePieces(std::string path, int file) noexcept : path_(std::move(path)), file_(file) {
  struct stat about {};
  if (::fstat(file_, &about) == 0 && about.st_size > 0)
    bytes_ = static_cast<std::uint64_t>(about.st_size);
  // Just what is asked for: else the kernel reads around it as far as the disk is set.
  (void)::posix_fadvise(file_, 0, 0, POSIX_FADV_RANDOM);
}

FilePieces::~FilePieces() {
  if (mapping_ != nullptr) (void)::munmap(mapping_, bytes_);
  if (file_ >= 0) (void)::close(file_);
}

bool FilePieces::map() noexcept {
  void* const at = ::mmap(nullptr, bytes_, PROT_READ, MAP_SHARED, file_, 0);
  if (at == MAP_FAILED) return false;
  (void)::madvise(at, bytes_, MADV_RANDOM);
  mapping_ = static_cast<std::byte*>(at);
  (void)::close(std::exchange(file_, -1));
  return true;
}

Result<void> FilePieces::read(std::uint64_t at, std::size_t bytes, void* to) const {
  if (at > bytes_ || bytes > bytes_ - at)
    return failure(ErrorKind::environment, path_ + ": ends before byte " + std::to_string(at));
  if (mapping_ != nullptr) {
    std::memcpy(to, mapping_ + at, bytes);
    return {};
  }
  for (std::size_t done = 0; done < bytes;) {
    const ssize_t more = ::pread(file_, static_cast<std::byte*>(to) + done, bytes - done,
                                 static_cast<off_t>(at + done));
    if (more < 0 && errno == EINTR) continue;
    if (more < 0)
      return failure(ErrorKind::environment,
                     path_ + ": cannot be read: " + std::generic_category().message(errno));
    if (more == 0)
      return failure(ErrorKind::environment, path_ + ": has become shorter while it was read");
    done += static_cast<std::size_t>(more);
  }
  return {};
}

void FilePieces::foresee(std::uint64_t at, std::size_t bytes) const noexcept {
  if (bytes == 0 || at >= bytes_) return;
  if (mapping_ == nullptr) {
    (void)::posix_fadvise(file_, static_cast<off_t>(at), static_cast<off_t>(bytes),
                          POSIX_FADV_WILLNEED);
    return;
  }
  const std::uint64_t in_page = at % PageLayout::kBytes;
  (void)::madvise(mapping_ + (at - in_page), in_page + bytes, MADV_WILLNEED);
}

}  // namespace chargemill::runtime::journal
