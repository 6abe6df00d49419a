#include "app/nodes/child_watch.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <utility>
#include <vector>

namespace chargemill::app {
namespace {

/// A child that ends when it is told to.
class Child {
 public:
  explicit Child(int code) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe(ends.data()), 0);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::close(ends[1]);
      char nothing = 0;
      while (::read(ends[0], &nothing, 1) < 0) {
      }
      ::_exit(code);
    }
    ::close(ends[0]);
    end_ = ends[1];
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    let_end();
    if (!was_awaited_) (void)await();
  }
  [[nodiscard]] pid_t pid() const { return pid_; }
  void let_end() {
    if (end_ >= 0) ::close(std::exchange(end_, -1));
  }
  int await() {
    int status = 0;
    EXPECT_EQ(::waitpid(pid_, &status, 0), pid_);
    was_awaited_ = true;
    return status;
  }

 private:
  pid_t pid_ = -1;
  int end_ = -1;
  bool was_awaited_ = false;
};

/// What has been said so far.
class Ends {
 public:
  void add(unsigned node) {
    const std::lock_guard lock{mutex_};
    nodes_.push_back(node);
    changed_.notify_all();
  }
  [[nodiscard]] std::vector<unsigned> first(std::size_t count) {
    std::unique_lock lock{mutex_};
    (void)changed_.wait_for(lock, std::chrono::seconds{60}, [&] { return nodes_.size() >= count; });
    return nodes_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<unsigned> nodes_;
};

// A parent that waits for room on the way to a child looks at nothing else.
TEST(ChildWatch, SaysWhichChildHasEndedAndLeavesItToItsParent) {
  Ends ends;
  Child second{0};
  Child first{5};  // the last: a child keeps the pipes open of those that were there before
  const ChildWatch watch{{{1, first.pid()}, {2, second.pid()}},
                         [&](unsigned node) { ends.add(node); }};
  first.let_end();
  EXPECT_EQ(ends.first(1), std::vector<unsigned>{1});
  const int status = first.await();
  EXPECT_EQ(WEXITSTATUS(status), 5) << "nobody has waited for it";
  EXPECT_EQ(::kill(second.pid(), SIGKILL), 0);
  EXPECT_EQ(ends.first(2), (std::vector<unsigned>{1, 2}));
  EXPECT_EQ(WTERMSIG(second.await()), SIGKILL);
}

TEST(ChildWatch, HearsOfOneThatHadEndedBefore) {
  Ends ends;
  Child child{0};
  child.let_end();
  const ChildWatch watch{{{3, child.pid()}}, [&](unsigned node) { ends.add(node); }};
  EXPECT_EQ(ends.first(1), std::vector<unsigned>{3});
}

TEST(ChildWatch, EndsThoughAllChildrenLive) {
  Child child{0};
  const ChildWatch watch{{{1, child.pid()}}, [](unsigned) {}};
  const ChildWatch nobody{{}, [](unsigned) {}};
}

}  // namespace
}  // namespace chargemill::app
