#include "app/nodes/local_nodes.hpp"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <utility>

namespace chargemill::app {
namespace {

constexpr std::chrono::seconds kGoodbye{5};

Error cannot(const std::string& what) {
  return {ErrorKind::environment, what + ": " + std::strerror(errno)};  // NOLINT: one thread
}

/// The child from here on. Signals of the terminal are the parent's business.
int live(unsigned node, pid_t parent, const LocalNodes::Life& life,
         const std::vector<runtime::NodeEndpoints>& endpoints,
         const std::filesystem::path& folder) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);  // it went before the line above
  std::signal(SIGINT, SIG_IGN);           // NOLINT(cert-err33-c): it cannot fail
  std::signal(SIGTERM, SIG_IGN);          // NOLINT(cert-err33-c): likewise
  const int code = life(node, endpoints, folder);
  (void)std::fflush(stderr);
  return code;
}

std::string how_it_ended(unsigned node, int status) {
  return "node " + std::to_string(node) +
         (WIFSIGNALED(status) ? " was ended by signal " + std::to_string(WTERMSIG(status))
                              : " ended with exit code " + std::to_string(WEXITSTATUS(status)));
}

}  // namespace

Result<std::unique_ptr<LocalNodes>> LocalNodes::start(unsigned nodes, bool may_return,
                                                      const Life& life) {
  std::unique_ptr<LocalNodes> result{new LocalNodes};
  std::string folder = (std::filesystem::temp_directory_path() / "chargemill-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) return tl::unexpected<Error>(cannot(folder));
  result->folder_ = folder;
  for (unsigned node = 0; node < nodes; ++node) {
    const std::string stem = "ipc://" + folder + "/" + std::to_string(node);
    result->endpoints_.push_back({stem + ".data", stem + ".control", {}});
  }
  if (may_return) {
    auto nursery = Nursery::start(nodes, [&](unsigned node, pid_t parent) {
      return live(node, parent, life, result->endpoints_, result->folder_);
    });
    if (!nursery) return tl::unexpected<Error>(nursery.error());
    result->nursery_ = std::move(*nursery);
    return result;
  }
  const pid_t parent = ::getpid();
  for (unsigned node = 1; node < nodes; ++node) {
    const pid_t pid = ::fork();
    if (pid < 0) return tl::unexpected<Error>(cannot("fork"));
    if (pid == 0) ::_exit(live(node, parent, life, result->endpoints_, result->folder_));
    result->children_.push_back({node, pid, false});
  }
  return result;
}

bool LocalNodes::reap(Child& child, int& status) {
  if (child.has_ended) return false;
  if (::waitpid(child.pid, &status, WNOHANG) != child.pid) return false;
  child.has_ended = true;
  return true;
}

std::vector<ChildWatch::Child> LocalNodes::children() const {
  std::vector<ChildWatch::Child> living;
  for (const Child& child : children_) {
    if (!child.has_ended) living.push_back({child.node, child.pid});
  }
  return living;
}

std::string LocalNodes::dead() {
  for (Child& child : children_) {
    int status = 0;
    if (!reap(child, status) || status == 0 || !dead_.empty()) continue;
    dead_ = how_it_ended(child.node, status);
  }
  hear_nursery();
  return dead_;
}

void LocalNodes::hear_nursery() {
  if (!nursery_) return;
  while (const auto ending = nursery_->take_ending()) {
    const std::string how = how_it_ended(ending->node, ending->status);
    if (ending->returned != 0) returns_.push_back(how + ", and is started again");
    if (ending->returned == 0 && ending->status != 0 && dead_.empty()) dead_ = how;
  }
  if (dead_.empty() && nursery_->is_lost()) dead_ = "the process that starts nodes has ended";
}

std::vector<std::string> LocalNodes::take_returns() {
  hear_nursery();
  return std::exchange(returns_, {});
}

LocalNodes::~LocalNodes() {
  const auto deadline = std::chrono::steady_clock::now() + kGoodbye;
  for (Child& child : children_) {
    int status = 0;
    while (!child.has_ended && !reap(child, status)) {
      if (std::chrono::steady_clock::now() > deadline) ::kill(child.pid, SIGKILL);
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
  }
  while (nursery_ && !nursery_->is_empty()) {
    if (std::chrono::steady_clock::now() > deadline) nursery_->end();
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  std::error_code ignored;  // a folder that stays behind harms nobody
  std::filesystem::remove_all(folder_, ignored);
}

}  // namespace chargemill::app
