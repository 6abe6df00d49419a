// A journal writer in a process of its own, to be watched, killed and lied to.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace chargemill::runtime::journal::test {

/// What a child is started with.
struct ChildOrders {
  std::string directory;
  std::uint64_t records = 0;  ///< of each producer; 0: until it is killed
  unsigned producers = 2;
  std::uint64_t give_up_ms = 30'000;
  std::uint64_t keep_bytes = 0;          ///< of closed segments; 0: all
  bool has_heirs = false;                ///< it is given up half way; for one producer
  std::vector<std::string> environment;  ///< "NAME=value"
  bool has_shim = false;                 ///< the disk shim is preloaded
};

/// How a child ended that ended by itself.
struct ChildReport {
  int exit_code = -1;
  std::string state;  ///< "working" or "abandoned"
  std::uint64_t failures = 0;
  std::vector<std::string> told;  ///< to its operator: "STATE TEXT", without text for a recovery
};

/// Runs `journal_writer` and hears what it acknowledges through a pipe, which outlives it.
class Child {
 public:
  explicit Child(const ChildOrders& orders);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// Listens until `patience` is over or the child has ended. True: it has ended.
  bool listen(std::chrono::nanoseconds patience);
  /// Listens until the first acknowledgement, or the child's end.
  void listen_until_it_writes();
  /// Kills it with SIGKILL and hears its last words.
  void kill();
  /// Requires that it has ended.
  [[nodiscard]] const ChildReport& report() const { return report_; }
  [[nodiscard]] pid_t pid() const { return pid_; }
  /// The highest acknowledged number of each producer.
  [[nodiscard]] const std::vector<std::uint64_t>& acknowledged() const { return acknowledged_; }

 private:
  void hear(const std::string& line);
  void take_leave();

  pid_t pid_ = -1;
  int pipe_ = -1;
  std::string rest_;  // of a line that has not come whole
  std::vector<std::uint64_t> acknowledged_;
  ChildReport report_;
};

}  // namespace chargemill::runtime::journal::test
