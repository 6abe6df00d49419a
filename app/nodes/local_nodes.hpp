// Nodes as processes of this machine, started for one run.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/nodes/child_watch.hpp"
#include "app/nodes/nursery.hpp"
#include "runtime/base/result.hpp"
#include "runtime/cluster/links.hpp"

namespace chargemill::app {

/// This process is node 0; the others are forked from it, and meet in a folder that only this user
/// can enter: plain text stays there. They end with this process, whatever ends it.
class LocalNodes {
 public:
  /// What a child does, as the node of that number, with the way to meet the others and the folder;
  /// its exit code.
  using Life = std::function<int(unsigned node, const std::vector<runtime::NodeEndpoints>&,
                                 const std::filesystem::path&)>;

  /// Starts `nodes` - 1 children. `may_return`: one that is killed is started again. Requires that
  /// this process has no other thread yet.
  [[nodiscard]] static Result<std::unique_ptr<LocalNodes>> start(unsigned nodes, bool may_return,
                                                                 const Life& life);
  /// Waits a while for children to end, then makes them.
  ~LocalNodes();
  LocalNodes(const LocalNodes&) = delete;
  LocalNodes& operator=(const LocalNodes&) = delete;

  [[nodiscard]] const std::vector<runtime::NodeEndpoints>& endpoints() const noexcept {
    return endpoints_;
  }
  /// Those that live; none where they may return: this process is not the parent of these.
  [[nodiscard]] std::vector<ChildWatch::Child> children() const;
  /// The first node whose process has ended before its time, and how; empty: none has. One that was
  /// started again has not.
  [[nodiscard]] std::string dead();
  /// Which nodes were started again since the last call, and why, for people.
  [[nodiscard]] std::vector<std::string> take_returns();

 private:
  struct Child {
    unsigned node = 0;
    pid_t pid = 0;
    bool has_ended = false;
  };
  LocalNodes() = default;
  bool reap(Child& child, int& status);
  void hear_nursery();

  std::filesystem::path folder_;
  std::vector<runtime::NodeEndpoints> endpoints_;
  std::vector<Child> children_;
  std::unique_ptr<Nursery> nursery_;  // null: this process is the parent of all
  std::vector<std::string> returns_;
  std::string dead_;
};

}  // namespace chargemill::app
