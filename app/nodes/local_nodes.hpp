// Nodes as processes of this machine, started for one run.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "runtime/base/result.hpp"
#include "runtime/cluster/links.hpp"

namespace chargemill::app {

/// This process is node 0; the others are forked from it, and meet in a folder that only this user
/// can enter: plain text stays there. They end with this process, whatever ends it.
class LocalNodes {
 public:
  /// What a child does, as the node of that number, with the way to meet the others; its exit code.
  using Life = std::function<int(unsigned node, const std::vector<runtime::NodeEndpoints>&)>;

  /// Starts `nodes` - 1 children. Requires that this process has no other thread yet.
  [[nodiscard]] static Result<std::unique_ptr<LocalNodes>> start(unsigned nodes, const Life& life);
  /// Waits a while for children to end, then makes them.
  ~LocalNodes();
  LocalNodes(const LocalNodes&) = delete;
  LocalNodes& operator=(const LocalNodes&) = delete;

  [[nodiscard]] const std::vector<runtime::NodeEndpoints>& endpoints() const noexcept {
    return endpoints_;
  }
  /// The first node whose process has ended before its time, and how; empty: none has.
  [[nodiscard]] std::string dead();

 private:
  struct Child {
    unsigned node = 0;
    pid_t pid = 0;
    bool has_ended = false;
  };
  LocalNodes() = default;
  bool reap(Child& child, int& status);

  std::filesystem::path folder_;
  std::vector<runtime::NodeEndpoints> endpoints_;
  std::vector<Child> children_;
  std::string dead_;
};

}  // namespace chargemill::app
