#include "runtime/journal/writer_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>

namespace chargemill::runtime::journal {
namespace {

constexpr mode_t kFileMode = 0644;

/// The pid that the holder wrote, or "unknown" in the instant before it does.
std::string holder_of(int file) {
  std::array<char, 32> text{};
  const ssize_t bytes = ::pread(file, text.data(), text.size(), 0);
  std::string_view pid{text.data(), bytes > 0 ? static_cast<std::size_t>(bytes) : 0};
  while (!pid.empty() && pid.back() == '\n') pid.remove_suffix(1);
  return pid.empty() ? "unknown" : std::string{pid};
}

}  // namespace

Result<WriterLock> WriterLock::take(const std::string& directory) {
  const std::string path = directory + "/writer.lock";
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kFileMode);
  if (file < 0)
    return failure(ErrorKind::environment,
                   "cannot open " + path + ": " + std::generic_category().message(errno));
  WriterLock lock{file};
  const int code = ::flock(file, LOCK_EX | LOCK_NB) == 0 ? 0 : errno;
  if (code != 0 && code != EWOULDBLOCK)
    return failure(ErrorKind::environment,
                   "cannot lock " + path + ": " + std::generic_category().message(code));
  if (code != 0)
    return failure(ErrorKind::environment, "the journal in " + directory +
                                               " is being written by process " + holder_of(file));
  const std::string pid = std::to_string(::getpid()) + "\n";
  const bool written = ::ftruncate(file, 0) == 0 && ::pwrite(file, pid.data(), pid.size(), 0) > 0;
  if (!written) return failure(ErrorKind::environment, "cannot write " + path);
  return lock;
}

WriterLock::WriterLock(WriterLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

WriterLock& WriterLock::operator=(WriterLock&& other) noexcept {
  std::swap(file_, other.file_);
  return *this;
}

WriterLock::~WriterLock() {
  if (file_ >= 0) (void)::close(file_);
}

}  // namespace chargemill::runtime::journal
