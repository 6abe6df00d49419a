// Stands between a process and its disk (LD_PRELOAD): writes down, in order, what is done to
// segment files, to those that say what is disowned and what is said on standard output, and fails
// calls on demand: those on segments and folders.
//
//   DISK_LOG=FILE         where it writes, as disk_log.hpp describes; none: nothing is written down
//   DISK_FAULT, DISK_FAULT_IN
//                         what fails, as disk_fault.hpp describes
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <utility>

#include "tests/runtime/journal/child/disk_fault.hpp"
#include "tests/runtime/journal/child/disk_log.hpp"

namespace {

using chargemill::runtime::journal::test::DiskFault;
using chargemill::runtime::journal::test::DiskOp;
using chargemill::runtime::journal::test::DiskOpHeader;
using chargemill::runtime::journal::test::Poor;

constexpr int kFilesMax = 1024;
constexpr std::size_t kNameMax = 64;

/// What is known of a file descriptor.
struct OpenFile {
  bool is_watched = false;
  bool is_direct = false;  // O_DSYNC: a write returns when it is on disk
  bool is_folder = false;
  bool may_fail = false;
  std::array<char, kNameMax> name{};
};

struct Shim {
  std::recursive_mutex mutex;  // one order of events, as the log has it
  std::array<OpenFile, kFilesMax> files;
  int log = -1;
  DiskFault fault;
  bool is_ready = false;
  bool has_renamed = false;  // and has not synced the folder since
};
Shim& shim() {
  static Shim instance;
  return instance;
}
using Guard = std::lock_guard<std::recursive_mutex>;

template <class F>
F real(const char* name) {
  return reinterpret_cast<F>(::dlsym(RTLD_NEXT, name));
}
using WriteCall = ssize_t (*)(int, const void*, std::size_t);
using PwriteCall = ssize_t (*)(int, const void*, std::size_t, off_t);
using WritevCall = ssize_t (*)(int, const iovec*, int);
using OpenCall = int (*)(const char*, int, ...);
using FileCall = int (*)(int);
using TruncateCall = int (*)(int, off_t);
using PathCall = int (*)(const char*);
using PreadCall = ssize_t (*)(int, void*, std::size_t, off_t);
using RangeCall = int (*)(int, off64_t, off64_t, unsigned);
using AllocateCall = int (*)(int, off_t, off_t);
using RenameCall = int (*)(const char*, const char*);
using TemporaryCall = int (*)(char*, int);

void prepare(Shim& s) {
  if (s.is_ready) return;
  s.is_ready = true;
  s.fault.read_orders();
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody sets it
  if (const char* const path = std::getenv("DISK_LOG"))
    s.log = real<OpenCall>("open")(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
}

bool fails(Shim& s, const char* call, const OpenFile* file) {
  return file != nullptr && file->may_fail && s.fault.fails(call);
}
/// Of one that is not watched, and so not known by its path.
bool fails(Shim& s, const char* call, int file) {
  std::array<char, 32> link{};
  std::array<char, 4096> path{};
  (void)std::snprintf(link.data(), link.size(), "/proc/self/fd/%d", file);
  if (::readlink(link.data(), path.data(), path.size() - 1) < 0) return false;
  return s.fault.fails(call, path.data());
}

void note(const Shim& s, const DiskOpHeader& header, const iovec& part) {
  if (s.log < 0) return;
  const auto write = real<WriteCall>("write");
  if (write(s.log, &header, sizeof header) < 0 || write(s.log, part.iov_base, part.iov_len) < 0)
    std::abort();
}
DiskOpHeader entry(DiskOp op, const char* name, const char* other = "") {
  DiskOpHeader header{};
  header.op = op;
  (void)std::snprintf(header.name, sizeof header.name, "%s", name);
  (void)std::snprintf(header.other, sizeof header.other, "%s", other);
  return header;
}

const char* base_of(const char* path) {
  const char* const slash = std::strrchr(path, '/');
  return slash == nullptr ? path : slash + 1;
}
bool is_segment(const char* path) {
  const char* const base = base_of(path);
  return std::strstr(base, ".segment") != nullptr && std::strstr(base, "-lock") == nullptr;
}
bool is_of_disowned(const char* path) { return std::strstr(base_of(path), "disowned") != nullptr; }
OpenFile* watched(Shim& s, int file) {
  if (file < 0 || file >= kFilesMax) return nullptr;
  OpenFile& known = s.files[static_cast<std::size_t>(file)];
  return known.is_watched ? &known : nullptr;
}

int watch(Shim& s, int file, const char* path, int flags) {
  const bool is_folder = (flags & O_DIRECTORY) != 0;
  const bool is_noted = is_segment(path) || is_of_disowned(path) || is_folder;
  if (file < 0 || file >= kFilesMax || !is_noted) return file;
  OpenFile& known = s.files[static_cast<std::size_t>(file)];
  known = {};
  known.is_watched = true;
  known.is_folder = is_folder;
  known.may_fail = !is_of_disowned(path) && s.fault.has(path);
  known.is_direct = (flags & O_DSYNC) != 0;
  (void)std::snprintf(known.name.data(), kNameMax, "%s", base_of(path));
  return file;
}

int open_file(const char* path, int flags, mode_t mode) {
  Shim& s = shim();
  const Guard lock(s.mutex);
  prepare(s);
  if (is_segment(path) && s.fault.fails("open", path)) return -1;
  return watch(s, real<OpenCall>("open")(path, flags, mode), path, flags);
}
int open_temporary(char* path, int flags) {
  Shim& s = shim();
  const Guard lock(s.mutex);
  prepare(s);
  return watch(s, real<TemporaryCall>("mkostemp")(path, flags), path, flags);
}

/// A write of several parts at `offset`: fails, stops half way, or happens and is noted.
ssize_t write_parts(Shim& s, const OpenFile& file, int number, const iovec* parts, int count,
                    off_t offset) {
  if (fails(s, file.is_direct ? "meta" : "write", &file)) return -1;
  const bool is_short = fails(s, "short", &file);
  ssize_t done = 0;
  for (int i = 0; i < count; ++i) {
    const std::size_t bytes = is_short ? parts[i].iov_len / 2 : parts[i].iov_len;
    const ssize_t written =
        real<PwriteCall>("pwrite")(number, parts[i].iov_base, bytes, offset + done);
    if (written < 0) return -1;
    DiskOpHeader header = entry(DiskOp::write, file.name.data());
    header.is_direct = file.is_direct ? 1 : 0;
    header.offset = static_cast<std::uint64_t>(offset + done);
    header.bytes = static_cast<std::uint64_t>(written);
    note(s, header, {parts[i].iov_base, static_cast<std::size_t>(written)});
    done += written;
    if (is_short) break;
  }
  return done;
}

/// Noted, but not done: what is on disk is what the log says, not what this disk does.
int sync_file(int file, const char* call) {
  Shim& s = shim();
  const Guard lock(s.mutex);
  const OpenFile* const known = watched(s, file);
  if (known == nullptr) return real<FileCall>(call)(file);
  // Of folders only that of a new segment's name: whoever cannot make the folder does not begin.
  const bool is_of_name = known->is_folder && std::exchange(s.has_renamed, false);
  if (is_of_name && fails(s, "folder", known)) return -1;
  if (!known->is_folder && fails(s, "sync", known)) return -1;
  note(s, entry(known->is_folder ? DiskOp::sync_folder : DiskOp::sync, known->name.data()), {});
  return 0;
}

thread_local bool is_writer = false;

[[maybe_unused]] bool has_memory_for(const void* caller) {
  static const Poor poor = Poor::by_orders();
  Dl_info known{};
  if (poor.call == nullptr || ::dladdr(caller, &known) == 0) return true;
  if (std::strstr(known.dli_fname, "liblmdb") != nullptr && ::gettid() != ::getpid())
    is_writer = true;
  if (std::strstr(known.dli_fname, poor.library) == nullptr) return true;
  if (std::strcmp(poor.call, "writer") == 0 && !is_writer) return true;
  Shim& s = shim();
  const Guard lock(s.mutex);
  prepare(s);
  return !s.fault.fails(poor.call);
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return open_file(path, flags, mode);
}
int open64(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return open_file(path, flags, mode);
}
int mkostemp(char* path, int flags) { return open_temporary(path, flags); }
int mkostemp64(char* path, int flags) { return open_temporary(path, flags); }
int close(int file) {
  Shim& s = shim();
  const Guard lock(s.mutex);
  if (OpenFile* const known = watched(s, file)) known->is_watched = false;
  return real<FileCall>("close")(file);
}
ssize_t pwrite(int file, const void* bytes, std::size_t count, off_t offset) {
  Shim& s = shim();
  const Guard lock(s.mutex);
  const OpenFile* const known = watched(s, file);
  if (known == nullptr) return real<PwriteCall>("pwrite")(file, bytes, count, offset);
  const iovec part{const_cast<void*>(bytes), count};
  return write_parts(s, *known, file, &part, 1, offset);
}
ssize_t pwrite64(int file, const void* bytes, std::size_t count, off_t offset) {
  return pwrite(file, bytes, count, offset);
}
ssize_t writev(int file, const iovec* parts, int count) {
  Shim& s = shim();
  const Guard lock(s.mutex);
  const OpenFile* const known = watched(s, file);
  if (known == nullptr) return real<WritevCall>("writev")(file, parts, count);
  // LMDB seeks before each of these, so the position need not move on.
  return write_parts(s, *known, file, parts, count, ::lseek(file, 0, SEEK_CUR));
}
ssize_t write(int file, const void* bytes, std::size_t count) {
  Shim& s = shim();
  const Guard lock(s.mutex);
  prepare(s);
  const iovec part{const_cast<void*>(bytes), count};
  if (const OpenFile* const known = watched(s, file))
    return write_parts(s, *known, file, &part, 1, ::lseek(file, 0, SEEK_CUR));
  if (file == STDOUT_FILENO) {
    DiskOpHeader header = entry(DiskOp::said, "");
    header.bytes = count;
    note(s, header, part);
  }
  return real<WriteCall>("write")(file, bytes, count);
}
ssize_t pread(int file, void* bytes, std::size_t count, off_t offset) {
  {
    Shim& s = shim();
    const Guard lock(s.mutex);
    if (fails(s, "read", watched(s, file))) return -1;
  }
  return real<PreadCall>("pread")(file, bytes, count, offset);
}
ssize_t pread64(int file, void* bytes, std::size_t count, off_t offset) {
  return pread(file, bytes, count, offset);
}
int sync_file_range(int file, off64_t offset, off64_t bytes, unsigned flags) {
  {
    Shim& s = shim();
    const Guard lock(s.mutex);
    if (fails(s, "range", watched(s, file))) return -1;
  }
  return real<RangeCall>("sync_file_range")(file, offset, bytes, flags);
}
/// Returns its error. Nobody here asks for room but for lock files.
int posix_fallocate(int file, off_t offset, off_t bytes) {
  {
    Shim& s = shim();
    const Guard lock(s.mutex);
    if (fails(s, "lock", file)) return s.fault.code();
  }
  return real<AllocateCall>("posix_fallocate")(file, offset, bytes);
}
int posix_fallocate64(int file, off_t offset, off_t bytes) {
  return posix_fallocate(file, offset, bytes);
}
int ftruncate(int file, off_t size) {
  Shim& s = shim();
  const Guard lock(s.mutex);
  if (const OpenFile* const known = watched(s, file)) {
    DiskOpHeader header = entry(DiskOp::truncate, known->name.data());
    header.offset = static_cast<std::uint64_t>(size);
    note(s, header, {});
  }
  return real<TruncateCall>("ftruncate")(file, size);
}
int fdatasync(int file) { return sync_file(file, "fdatasync"); }
int fsync(int file) { return sync_file(file, "fsync"); }
int rename(const char* from, const char* to) noexcept {
  Shim& s = shim();
  const Guard lock(s.mutex);
  if (is_segment(from) && s.fault.fails("rename", from)) return -1;
  const int code = real<RenameCall>("rename")(from, to);
  s.has_renamed = s.has_renamed || (code == 0 && is_segment(from));
  if (code == 0 && (is_segment(from) || is_of_disowned(from)))
    note(s, entry(DiskOp::rename, base_of(from), base_of(to)), {});
  return code;
}
int link(const char* from, const char* to) noexcept {
  Shim& s = shim();
  const Guard lock(s.mutex);
  const int code = real<RenameCall>("link")(from, to);
  if (code == 0 && is_of_disowned(from))
    note(s, entry(DiskOp::link, base_of(from), base_of(to)), {});
  return code;
}
int unlink(const char* path) noexcept {
  Shim& s = shim();
  const Guard lock(s.mutex);
  if (is_segment(path) && s.fault.fails("unlink", path)) return -1;
  const int code = real<PathCall>("unlink")(path);
  if (code == 0 && (is_segment(path) || is_of_disowned(path)))
    note(s, entry(DiskOp::unlink, base_of(path)), {});
  return code;
}

// A free() takes only what its own malloc() gave: a sanitizer's, or that of a program which brings
// one along.
#if !defined(CHARGEMILL_SANITIZED) && !defined(CHARGEMILL_LEAVES_MALLOC)
// NOLINTBEGIN: glibc's own, which need no dlsym
void* __libc_malloc(std::size_t bytes);
void* __libc_calloc(std::size_t count, std::size_t bytes);
void* __libc_realloc(void* old, std::size_t bytes);
// NOLINTEND

void* malloc(std::size_t bytes) noexcept {
  return has_memory_for(__builtin_return_address(0)) ? __libc_malloc(bytes) : nullptr;
}
void* calloc(std::size_t count, std::size_t bytes) noexcept {
  return has_memory_for(__builtin_return_address(0)) ? __libc_calloc(count, bytes) : nullptr;
}
void* realloc(void* old, std::size_t bytes) noexcept {
  return has_memory_for(__builtin_return_address(0)) ? __libc_realloc(old, bytes) : nullptr;
}
#endif

}  // extern "C"
