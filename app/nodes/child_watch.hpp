// Who hears at once that a child has ended, whatever its parent is busy with.
#pragma once

#include <sys/types.h>

#include <functional>
#include <thread>
#include <vector>

namespace chargemill::app {

/// Waits for no child (its parent does that, and learns how it ended): it says that one has gone.
/// Where the system cannot tell (Linux before 5.3) it says nothing.
class ChildWatch {
 public:
  struct Child {
    unsigned node = 0;
    pid_t pid = 0;
  };
  /// `on_end` is called once for each that ends, or has, on a thread of its own. Requires children
  /// that nobody has waited for.
  ChildWatch(const std::vector<Child>& children, std::function<void(unsigned node)> on_end);
  /// Nothing is called any more when it returns.
  ~ChildWatch();
  ChildWatch(const ChildWatch&) = delete;
  ChildWatch& operator=(const ChildWatch&) = delete;

 private:
  struct Watched {
    unsigned node = 0;
    int fd = -1;
  };
  void run();

  const std::function<void(unsigned)> on_end_;
  std::vector<Watched> watched_;  // the thread's, once it runs
  int stop_fd_ = -1;
  std::thread thread_;
};

}  // namespace chargemill::app
