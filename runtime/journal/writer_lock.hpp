// One writer a directory.
#pragma once

#include <string>

#include "runtime/base/result.hpp"

namespace chargemill::runtime::journal {

/// Holds the file "writer.lock" of a directory as long as it lives; its text is the holder's pid.
/// The kernel lets go of it when the process ends, however it ends. Two locks of the kernel's: its
/// flock keeps all others out, its record lock says to another process who they are kept out by.
class WriterLock {
 public:
  /// Fails at once if somebody else holds it, in this process or another, and says who.
  [[nodiscard]] static Result<WriterLock> take(const std::string& directory);
  WriterLock(WriterLock&& other) noexcept;
  WriterLock& operator=(WriterLock&& other) noexcept;
  ~WriterLock();

 private:
  explicit WriterLock(int file) noexcept : file_(file) {}
  int file_;
};

}  // namespace chargemill::runtime::journal
