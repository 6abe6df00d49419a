// The nodes of one run: processes of `run --nodes N`, or machines of `node`.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "actors/network/scenario.hpp"
#include "app/commands/run_succession.hpp"
#include "app/nodes/leader.hpp"
#include "app/nodes/local_nodes.hpp"
#include "app/nodes/membership.hpp"
#include "app/simulation/stop_request.hpp"
#include "runtime/base/result.hpp"
#include "runtime/cluster/exchange.hpp"

namespace chargemill::app {

/// Why a node cannot meet the others, or not go on with them.
struct FollowFailure {
  std::string text;
  /// Its address is in use, or it cannot use its journal; else the others are missing, or were
  /// lost.
  bool is_own = false;
  [[nodiscard]] int exit_code() const noexcept;
};

/// Of the node that leads.
class RunNodes {
 public:
  /// Starts processes that follow this one, and meets them. Requires a checked scenario with more
  /// than one node, and that this process has no other thread yet. `journal`: of this node, the
  /// others have theirs beside it; empty: nothing is kept. `recovery`: a folder for what those
  /// that may return need; empty: it goes with the run.
  [[nodiscard]] static tl::expected<std::unique_ptr<RunNodes>, FollowFailure> start(
      const network::Scenario& scenario, const std::filesystem::path& journal = {},
      const std::filesystem::path& recovery = {});
  /// Meets the other nodes of `membership`, in which this one is the first. `stop`: somebody will
  /// not wait that long.
  [[nodiscard]] static tl::expected<std::unique_ptr<RunNodes>, FollowFailure> meet(
      const network::Scenario& scenario, const Membership& membership, const StopRequest& stop);
  /// Leads those that are left, where this node has followed until now; what it brings along goes
  /// on at once. `promotion` keeps what the run itself is made of.
  [[nodiscard]] static std::unique_ptr<RunNodes> lead(Promotion& promotion,
                                                      const Membership& membership);
  ~RunNodes();
  RunNodes(const RunNodes&) = delete;
  RunNodes& operator=(const RunNodes&) = delete;

  /// The run does not begin, because of `why`: those who wait for this node hear it. The exit code.
  [[nodiscard]] int call_off(const std::string& why);

  [[nodiscard]] Leader& leader() noexcept { return *leader_; }
  [[nodiscard]] const Leader& leader() const noexcept { return *leader_; }
  [[nodiscard]] const runtime::Exchange& exchange() const noexcept { return *exchange_; }
  /// What they are called, and where they are, by now. Any thread.
  [[nodiscard]] Membership membership() const {
    return succession_ != nullptr ? succession_->members() : membership_;
  }
  /// Which of them were started again since the last call, and why; which are silent, and which are
  /// heard again. People have been told.
  [[nodiscard]] std::vector<std::string> take_news();
  /// All are processes of this machine.
  [[nodiscard]] bool are_local() const noexcept { return processes_ != nullptr; }

 private:
  RunNodes() = default;
  [[nodiscard]] std::string look_after();

  Membership membership_;
  std::unique_ptr<LocalNodes> processes_;  // null: others have started them
  std::unique_ptr<runtime::Exchange> exchange_;
  std::unique_ptr<Bound> bound_;
  std::unique_ptr<ChildWatch> child_watch_;  // null: others have started them
  std::unique_ptr<Succession> succession_;   // null: whoever is lost ends the run
  std::unique_ptr<Leader> leader_;
  std::vector<std::string> news_;
};

/// Tells why etcd seems not to answer (empty text: it does); empty: nobody has to agree on
/// anything.
[[nodiscard]] std::function<std::string()> trouble_of(const Membership* membership);

/// The life of a node that does not lead. `journal`: of the node that leads, were it on this
/// machine; this one's is beside it; empty: nothing is kept. Comes back with nothing when the run
/// is over, and with all that goes with it if this node leads now.
[[nodiscard]] tl::expected<std::unique_ptr<Promotion>, FollowFailure> follow_others(
    const network::Scenario& scenario, const Membership& membership, const StopRequest* stop,
    const std::filesystem::path& journal = {});

}  // namespace chargemill::app
