#include "app/nodes/nursery.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>
#include <vector>

namespace chargemill::app {
namespace {

struct Place {
  pid_t pid = 0;  // 0: empty
  unsigned returns = 0;
};

/// The nursery's own life.
class Keeper {
 public:
  Keeper(unsigned nodes, int news, const Nursery::Life& life)
      : news_(news), life_(life), places_(nodes) {}

  int run() {
    for (unsigned node = 1; node < places_.size(); ++node) {
      if (!start(node)) return 1;
    }
    for (;;) {
      int status = 0;
      const pid_t pid = ::waitpid(-1, &status, 0);
      if (pid < 0 && errno == EINTR) continue;
      if (pid < 0) return 0;  // none is left
      ended(pid, status);
    }
  }

 private:
  bool start(unsigned node) {
    const pid_t self = ::getpid();
    const pid_t pid = ::fork();
    if (pid < 0) return false;
    if (pid == 0) {
      ::close(news_);
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (::getppid() != self) ::_exit(1);  // it went before the line above
      ::_exit(life_(node, self));
    }
    places_[node].pid = pid;
    return true;
  }

  void ended(pid_t pid, int status) {
    for (unsigned node = 1; node < places_.size(); ++node) {
      Place& place = places_[node];
      if (place.pid != pid) continue;
      place.pid = 0;
      const bool may_return = WIFSIGNALED(status) && place.returns < Nursery::kReturnsMax;
      if (may_return) ++place.returns;
      const bool has_returned = may_return && start(node);
      const Nursery::Ending ending{node, status, has_returned ? 1U : 0U};
      // Shorter than PIPE_BUF: whole or not at all.
      (void)!::write(news_, &ending, sizeof ending);
    }
  }

  const int news_;
  const Nursery::Life& life_;
  std::vector<Place> places_;  // by node
};

}  // namespace

Result<std::unique_ptr<Nursery>> Nursery::start(unsigned nodes, const Life& life) {
  const auto cannot = [](const char* what) {
    return failure(ErrorKind::environment,
                   std::string{what} + ": " + std::strerror(errno));  // NOLINT: one thread
  };
  int ends[2];  // NOLINT(modernize-avoid-c-arrays): as pipe2() has it
  if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return cannot("pipe");
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) {
    ::close(ends[0]);
    ::close(ends[1]);
    return cannot("fork");
  }
  if (pid > 0) {
    ::close(ends[1]);
    return std::unique_ptr<Nursery>{new Nursery{pid, ends[0]}};
  }
  ::close(ends[0]);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);  // it went before the line above
  std::signal(SIGINT, SIG_IGN);           // NOLINT(cert-err33-c): it cannot fail
  std::signal(SIGTERM, SIG_IGN);          // NOLINT(cert-err33-c): likewise
  ::_exit(Keeper{nodes, ends[1], life}.run());
}

Nursery::~Nursery() {
  end();
  ::close(news_);
}

std::optional<Nursery::Ending> Nursery::take_ending() noexcept {
  Ending ending;
  if (::read(news_, &ending, sizeof ending) != static_cast<ssize_t>(sizeof ending))
    return std::nullopt;
  return ending;
}

bool Nursery::is_empty() noexcept {
  if (!has_ended_ && ::waitpid(pid_, &status_, WNOHANG) == pid_) has_ended_ = true;
  return has_ended_;
}

void Nursery::end() noexcept {
  if (is_empty()) return;
  ::kill(pid_, SIGKILL);  // and its children with it
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) continue;
  has_ended_ = true;
}

}  // namespace chargemill::app
