#include "runtime/journal/writer_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>

namespace chargemill::runtime::journal {
namespace {

constexpr mode_t kFileMode = 0644;

/// Takes the kernel's other lock on the file, the one whose owner it tells. It keeps nobody out by
/// itself: of one process all are its owners, and whichever descriptor of the file that process
/// closes, it is gone. But it names its owner from the instant in which it is taken, where the text
/// of the file names the holder before until the new one has written its own. Returns whose it is:
/// 0: ours, or nobody can say.
pid_t claim(int file) noexcept {
  constexpr int kTriesMax = 100;  // each time the owner has gone in between
  for (int i = 0; i < kTriesMax; ++i) {
    struct flock all {};  // of no length: to the end, wherever that is
    all.l_type = F_WRLCK;
    all.l_whence = SEEK_SET;
    const bool is_ours = ::fcntl(file, F_SETLK, &all) == 0;
    const bool is_taken = !is_ours && (errno == EACCES || errno == EAGAIN);
    if (!is_taken || ::fcntl(file, F_GETLK, &all) != 0) return 0;
    // One that this process cannot see, in another container, has no pid here.
    if (all.l_type != F_UNLCK) return std::max<pid_t>(all.l_pid, 0);
  }
  return 0;
}

/// The pid that the holder wrote, or "unknown" if it has not.
std::string pid_in(int file) {
  std::array<char, 32> text{};
  const ssize_t bytes = ::pread(file, text.data(), text.size(), 0);
  std::string_view pid{text.data(), bytes > 0 ? static_cast<std::size_t>(bytes) : 0};
  while (!pid.empty() && pid.back() == '\n') pid.remove_suffix(1);
  return pid.empty() ? "unknown" : std::string{pid};
}

tl::unexpected<Error> is_written_by(const std::string& holder, const std::string& directory) {
  return failure(ErrorKind::environment,
                 "the journal in " + directory + " is being written by process " + holder);
}

}  // namespace

Result<WriterLock> WriterLock::take(const std::string& directory) {
  const std::string path = directory + "/writer.lock";
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kFileMode);
  if (file < 0)
    return failure(ErrorKind::environment,
                   "cannot open " + path + ": " + std::generic_category().message(errno));
  WriterLock lock{file};
  if (const pid_t owner = claim(file); owner != 0)
    return is_written_by(std::to_string(owner), directory);
  const int code = ::flock(file, LOCK_EX | LOCK_NB) == 0 ? 0 : errno;
  if (code != 0 && code != EWOULDBLOCK)
    return failure(ErrorKind::environment,
                   "cannot lock " + path + ": " + std::generic_category().message(code));
  if (code != 0) return is_written_by(pid_in(file), directory);
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
