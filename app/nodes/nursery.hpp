// A process without threads that starts the nodes of a run, and starts them again.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "runtime/base/result.hpp"

namespace chargemill::app {

/// Node 0 has threads by the time a node is killed, and a process with threads had better not fork.
/// So it forks this one before, which forks the nodes and waits. One that a signal has ended it
/// starts again, so often at most; one that ended by itself knew why.
class Nursery {
 public:
  /// In all, of each node: whoever dies more often dies of something else.
  static constexpr unsigned kReturnsMax = 16;

  /// What happened to a node's process.
  struct Ending {
    std::uint32_t node = 0;
    std::int32_t status = 0;     ///< as waitpid() has it
    std::uint32_t returned = 0;  ///< 1: it was started again
  };
  /// Of one node, its exit code. `parent`: whose child it is.
  using Life = std::function<int(unsigned node, pid_t parent)>;

  /// Starts it, and in it the nodes 1 to `nodes` - 1. Requires that this process has no other
  /// thread yet.
  [[nodiscard]] static Result<std::unique_ptr<Nursery>> start(unsigned nodes, const Life& life);
  ~Nursery();
  Nursery(const Nursery&) = delete;
  Nursery& operator=(const Nursery&) = delete;

  /// What has happened and not been told yet. Never waits.
  [[nodiscard]] std::optional<Ending> take_ending() noexcept;
  /// All nodes have ended for good, or it has.
  [[nodiscard]] bool is_empty() noexcept;
  /// It has ended before its nodes, and they with it.
  [[nodiscard]] bool is_lost() noexcept { return is_empty() && status_ != 0; }
  /// Ends what still runs.
  void end() noexcept;

 private:
  Nursery(pid_t pid, int news) : pid_(pid), news_(news) {}

  const pid_t pid_;
  const int news_;  // the end of a pipe that it reads
  bool has_ended_ = false;
  int status_ = 0;  // once it has
};

}  // namespace chargemill::app
