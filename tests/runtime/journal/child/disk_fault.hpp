// Which calls of a process fail, as its environment orders it.
//
//   DISK_FAULT=CALL:ERRNO:AFTER:TIMES
//                         CALL: open, read, write, sync, meta (a write through O_DSYNC), short (a
//                         write that stops half way), range (a piece of a file that is waited for),
//                         rename, unlink, folder (its sync after a rename), lock (room for LMDB's
//                         lock file), memory
//                         (an allocation of LMDB's), heap (one of C++'s), writer (one of C++'s in
//                         a thread that uses LMDB, but for the first);
//                         AFTER calls go well, then TIMES fail, -1 for all; an ERRNO below 0: the
//                         process gets that signal, and the call is not done
//   DISK_FAULT_IN=PART    only of files and folders whose path has this in it; memory is of none
#pragma once

#include <signal.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace chargemill::runtime::journal::test {

/// Allocates nothing: allocations fail by it too.
/// Threads: one at a time.
class DiskFault {
 public:
  // NOLINTBEGIN(concurrency-mt-unsafe): nobody sets it
  void read_orders() {
    if (const char* const order = std::getenv("DISK_FAULT"))
      (void)std::sscanf(order, "%15[^:]:%d:%ld:%ld", call_.data(), &code_, &after_, &times_);
    if (const char* const part = std::getenv("DISK_FAULT_IN")) part_ = part;
  }
  // NOLINTEND(concurrency-mt-unsafe)

  /// Whether it is in the part of the world that fails.
  [[nodiscard]] bool has(const char* path) const { return std::strstr(path, part_) != nullptr; }
  [[nodiscard]] int code() const { return code_; }

  /// Whether this call is to fail.
  [[nodiscard]] bool fails(const char* call) {
    if (std::strcmp(call_.data(), call) != 0) return false;
    if (after_ > 0) {
      --after_;
      return false;
    }
    if (times_ == 0) return false;
    if (times_ > 0) --times_;
    if (code_ < 0) (void)::kill(::getpid(), -code_);
    errno = code_;
    return true;
  }
  [[nodiscard]] bool fails(const char* call, const char* path) { return has(path) && fails(call); }

 private:
  std::array<char, 16> call_{};
  const char* part_ = "";
  int code_ = 0;
  long after_ = 0;
  long times_ = 0;
};

/// Whose allocations fail on demand: LMDB's, or those of C++.
struct Poor {
  const char* call = nullptr;
  const char* library = nullptr;

  [[nodiscard]] static Poor by_orders() {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody sets it
    const char* const order = std::getenv("DISK_FAULT");
    if (order == nullptr) return {};
    if (std::strncmp(order, "memory:", 7) == 0) return {"memory", "liblmdb"};
    if (std::strncmp(order, "heap:", 5) == 0) return {"heap", "libstdc++"};
    if (std::strncmp(order, "writer:", 7) == 0) return {"writer", "libstdc++"};
    return {};
  }
};

}  // namespace chargemill::runtime::journal::test
