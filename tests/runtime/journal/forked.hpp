// A second process for a test, which plays its part and stays until it is killed.
#pragma once

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <stdexcept>
#include <utility>

namespace chargemill::runtime::journal::test {

/// A process that does something, says that it has, and waits to be killed, or goes on.
class Forked {
 public:
  using Deed = std::function<void()>;
  explicit Forked(const std::function<void(const Deed& wait, const Deed& say)>& play) {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) throw std::runtime_error("no pipe");
    pid_ = ::fork();
    if (pid_ == 0) {
      const Deed say = [&] {
        if (::write(ends[1], "!", 1) != 1) ::_exit(1);
      };
      const Deed wait = [&] {
        say();
        for (;;) ::pause();
      };
      play(wait, say);
      ::_exit(1);
    }
    (void)::close(ends[1]);
    char said = 0;
    EXPECT_EQ(::read(ends[0], &said, 1), 1);
    (void)::close(ends[0]);
  }
  ~Forked() { kill(); }
  Forked(const Forked&) = delete;
  Forked& operator=(const Forked&) = delete;

  void kill() {
    if (pid_ <= 0) return;
    (void)::kill(pid_, SIGKILL);
    (void)::waitpid(std::exchange(pid_, -1), nullptr, 0);
  }
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
};

}  // namespace chargemill::runtime::journal::test
