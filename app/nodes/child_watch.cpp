#include "app/nodes/child_watch.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <utility>

// glibc 2.36 forgets to say there that its functions are of C.
extern "C" {
#include <sys/pidfd.h>
}

namespace chargemill::app {

ChildWatch::ChildWatch(const std::vector<Child>& children, std::function<void(unsigned)> on_end)
    : on_end_(std::move(on_end)), stop_fd_(::eventfd(0, EFD_CLOEXEC)) {
  if (stop_fd_ < 0) return;
  for (const Child& child : children) {
    const int fd = ::pidfd_open(child.pid, 0);  // closed by exec
    if (fd >= 0) watched_.push_back({child.node, fd});
  }
  if (!watched_.empty()) thread_ = std::thread{[this] { run(); }};
}

ChildWatch::~ChildWatch() {
  const std::uint64_t one = 1;
  if (thread_.joinable()) {
    (void)!::write(stop_fd_, &one, sizeof one);
    thread_.join();
  }
  for (const Watched& one_of_them : watched_) ::close(one_of_them.fd);
  if (stop_fd_ >= 0) ::close(stop_fd_);
}

void ChildWatch::run() {
  for (;;) {
    std::vector<pollfd> items{{stop_fd_, POLLIN, 0}};
    for (const Watched& child : watched_) items.push_back({child.fd, POLLIN, 0});
    if (::poll(items.data(), items.size(), -1) < 0 && errno != EINTR) return;
    if (items[0].revents != 0) return;
    std::vector<Watched> left;
    for (std::size_t i = 0; i < watched_.size(); ++i) {
      if (items[i + 1].revents == 0) {
        left.push_back(watched_[i]);
        continue;
      }
      ::close(watched_[i].fd);
      on_end_(watched_[i].node);
    }
    watched_ = std::move(left);
  }
}

}  // namespace chargemill::app
