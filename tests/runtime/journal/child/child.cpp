#include "tests/runtime/journal/child/child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <stdexcept>
#include <tuple>

namespace chargemill::runtime::journal::test {

Child::Child(const ChildOrders& orders) : acknowledged_(orders.producers) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  std::vector<std::string> words{
      CHARGEMILL_JOURNAL_WRITER,         orders.directory,
      std::to_string(orders.producers),  std::to_string(orders.records),
      std::to_string(orders.give_up_ms), std::to_string(orders.keep_bytes),
      orders.has_heirs ? "1" : "0"};
  std::vector<std::string> settings = orders.environment;
  if (orders.has_shim) {
    settings.emplace_back("LD_PRELOAD=" CHARGEMILL_DISK_SHIM);
    settings.emplace_back("ASAN_OPTIONS=verify_asan_link_order=0");
  }
  // Of two settings of one name the first counts.
  for (char** at = environ; *at != nullptr; ++at) settings.emplace_back(*at);
  std::vector<char*> argv;
  std::vector<char*> envp;
  argv.reserve(words.size() + 1);
  envp.reserve(settings.size() + 1);
  for (auto& word : words) argv.push_back(word.data());
  for (auto& setting : settings) envp.push_back(setting.data());
  argv.push_back(nullptr);
  envp.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  const int code =
      posix_spawn(&pid_, CHARGEMILL_JOURNAL_WRITER, &actions, nullptr, argv.data(), envp.data());
  posix_spawn_file_actions_destroy(&actions);
  (void)::close(ends[1]);
  pipe_ = ends[0];
  if (code != 0) throw std::runtime_error("cannot start " CHARGEMILL_JOURNAL_WRITER);
}

Child::~Child() {
  kill();
  (void)::close(pipe_);
}

bool Child::listen(std::chrono::nanoseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (pid_ > 0) {
    const auto left = deadline - std::chrono::steady_clock::now();
    if (left.count() <= 0) return false;
    const timespec timeout{left.count() / 1'000'000'000, left.count() % 1'000'000'000};
    pollfd waiting{pipe_, POLLIN, 0};
    if (::ppoll(&waiting, 1, &timeout, nullptr) <= 0) continue;
    std::array<char, 4096> text{};
    const ssize_t bytes = ::read(pipe_, text.data(), text.size());
    if (bytes <= 0) {
      take_leave();
      break;
    }
    rest_.append(text.data(), static_cast<std::size_t>(bytes));
    for (std::size_t end = 0; (end = rest_.find('\n')) != std::string::npos;) {
      hear(rest_.substr(0, end));
      rest_.erase(0, end + 1);
    }
  }
  return true;
}

void Child::listen_until_it_writes() {
  const auto wrote = [this] {
    for (const std::uint64_t n : acknowledged_) {
      if (n > 0) return true;
    }
    return false;
  };
  while (!wrote() && !listen(std::chrono::milliseconds{1})) {
  }
}

void Child::kill() {
  if (pid_ <= 0) return;
  (void)::kill(pid_, SIGKILL);
  (void)listen(std::chrono::seconds{60});
}

void Child::hear(const std::string& line) {
  unsigned producer = 0;
  unsigned long long number = 0;
  std::array<char, 32> state{};
  if (std::sscanf(line.c_str(), "ack %u %llu", &producer, &number) == 2)
    acknowledged_.at(producer) = number;
  else if (std::sscanf(line.c_str(), "end %31s %llu", state.data(), &number) == 2)
    std::tie(report_.state, report_.failures) = std::tuple{state.data(), number};
  else if (line.rfind("told ", 0) == 0)
    report_.told.push_back(line.substr(5));
}

void Child::take_leave() {
  int status = 0;
  (void)::waitpid(pid_, &status, 0);
  pid_ = -1;
  report_.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace chargemill::runtime::journal::test
