// The node that runs the whole: what the others have to do, and what they say came of it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/nodes/continuation.hpp"
#include "app/nodes/node_report.hpp"
#include "app/nodes/words.hpp"
#include "runtime/base/result.hpp"
#include "runtime/cluster/exchange.hpp"

namespace chargemill::app {

/// Asks all other nodes and waits for all answers. After a failure nothing is asked any more and
/// every answer is empty: failure() says why. Threads: one.
class Leader {
 public:
  /// `dead`: names a node whose process has ended, if whoever started them knows; empty: none.
  explicit Leader(runtime::Exchange& exchange, std::function<std::string()> dead = {});

  [[nodiscard]] runtime::Exchange& exchange() noexcept { return exchange_; }
  /// Why the nodes cannot go on together; empty: they can.
  [[nodiscard]] std::string failure();

  /// Of an actor of another node that nobody can do without, as of the last look; empty: none.
  [[nodiscard]] const std::string& actor_failure() const noexcept { return actor_failure_; }

  /// Before anything is built: all nodes go on from where the latest record of any of them is;
  /// none: all begin anew. `here`: what an earlier run has left on this one. Fails if a node's
  /// journal cannot be used.
  [[nodiscard]] Result<std::optional<Continuation>> agree_on_beginning(
      const std::optional<LeftBehind>& here);
  /// Waits until all actors of all nodes are in their places.
  [[nodiscard]] bool await_ready(Nanos patience);
  /// Lets all nodes start; calls `here` once they have been told, and returns when all have.
  void start(const std::function<void()>& here);
  void halt();
  /// Adds how things stand on the other nodes.
  void add_looks(network::Snapshot& snapshot);
  /// Real time: until no message is under way between nodes and no actor runs; `here` freezes this
  /// one. False: they still did after `patience`.
  [[nodiscard]] bool stand_still(const std::function<bool()>& here, Nanos patience);
  /// Lets all nodes bring their records to the disk, waiting for it so long at most; `here` does it
  /// on this one. The sum.
  [[nodiscard]] Written write_down(Nanos patience, const std::function<Written()>& here);
  /// The last words to the other nodes' journals. Requires that all stand still.
  void close_recordings();
  /// What became of the other nodes' journals since the last call, for people.
  [[nodiscard]] std::vector<std::string> take_news() { return std::exchange(news_, {}); }
  /// How it ended, by node; this one's is empty. `at`: time of the count; none: where time stands.
  [[nodiscard]] std::vector<NodeReport> count(std::optional<SimTime> at);
  /// Adds the digests of the other nodes' entities, and puts all in order.
  void add_entities(std::vector<network::EntityDigest>& entities);
  /// The other nodes end, as soon as this one's engine does.
  void finish();

 private:
  using Answers = std::vector<std::string>;  // by node; this one's is empty
  [[nodiscard]] std::optional<Answers> ask(Word word, std::string_view rest = {},
                                           const std::function<void()>& meanwhile = {});

  void note_news(unsigned node, const std::string& lines);

  runtime::Exchange& exchange_;
  const std::function<std::string()> dead_;
  std::uint32_t asked_ = 0;
  unsigned ready_ = 0;
  std::string actor_failure_;
  std::vector<std::string> news_;
};

}  // namespace chargemill::app
