// The node that runs the whole: what the others have to do, and what they say came of it.
#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "actors/network/others.hpp"
#include "app/nodes/continuation.hpp"
#include "app/nodes/hand_on_words.hpp"
#include "app/nodes/moves.hpp"
#include "app/nodes/node_report.hpp"
#include "app/nodes/refused_move.hpp"
#include "app/nodes/succession.hpp"
#include "app/nodes/words.hpp"
#include "runtime/base/result.hpp"
#include "runtime/cluster/peers.hpp"

namespace chargemill::app {

/// What this node does itself when shards change hands.
struct Heir {
  std::function<Adopted(const TakeOver&)> adopt;
  std::function<void(const TakeOver&)> route;
  /// And when they move from a node that lives (app/simulation/hand_over.hpp).
  using IsOver = std::function<bool()>;
  std::function<std::optional<std::uint64_t>(const Move&)> hold;
  std::function<Given(const Marks&, const IsOver&)> give;
  std::function<bool(const Marks&, const IsOver&)> hear;
  std::function<bool(Luggage, const IsOver&)> take;
  /// And when somebody joins: how this node has begun, and the model time as it is now.
  std::function<Beginning()> beginning;
  std::vector<Roles> roles;  ///< of the nodes that began; empty: each is there for everything
  std::function<SimTime()> now;
  /// An order for a point that was not where it was sent.
  std::function<void(const network::Order&)> pass_on;
};

/// What comes of a leader's wish that another one leads.
struct Handing {
  enum class End : std::uint8_t {
    failed,  ///< there is a failure
    stays,   ///< nobody has been named: it leads as before
    left,    ///< it has left, and acts for nobody any more
  };
  End end = End::failed;
  std::string leader;  ///< once it has left: who leads now; empty: that is not known
};

/// Asks all other nodes and waits for all answers. After a failure nothing is asked any more and
/// every answer is empty: failure() says why. Threads: one, but for what Others gives to any.
class Leader final : public network::Others {
 public:
  /// `dead`: names a node whose process has ended, if whoever started them knows; empty: none.
  explicit Leader(runtime::Peers& exchange, std::function<std::string()> dead = {});

  /// `succession`: who of the nodes is there, once they may be lost; it outlives this. Null:
  /// whoever is lost ends the run.
  explicit Leader(runtime::Peers& exchange, Succession* succession);
  /// What orders of central are fenced with; 0: nobody follows it.
  [[nodiscard]] std::int64_t token() const noexcept;
  /// From now on nodes may be lost and the run goes on. Of a network of so many shards, all of
  /// whose nodes have started.
  void outlive_losses(std::size_t shards);
  /// The same in place of a leader that was lost, and that said `former` last; or that has named
  /// this node: what it said to it (none: it has not).
  void follow(const LeaderSays& former, const std::optional<HandedOn>& handed_on = {});
  /// What has been said to it already, by nodes that knew it sooner: orders that were sent back.
  void hear_early(const std::deque<runtime::Peers::Message>& messages);
  /// Says how long nobody has ordered anything, if one has handed the lead on; once, and not before
  /// all know who leads.
  void tell_gap();

  // ---- this node leaves, and another one is to lead
  /// Whether others could go on without this node.
  [[nodiscard]] bool may_hand_on() const;
  /// All that was lost lives elsewhere by now.
  [[nodiscard]] bool is_settled() const {
    return succession_ == nullptr || succession_->is_settled();
  }
  /// Its shards go to others, as attend() finds; until it has_nothing(). Requires may_hand_on().
  void want_to_leave();
  [[nodiscard]] bool has_nothing() const;
  /// While all workers stand, since `stood_ns` (UTC): lets another one lead, waiting so long at
  /// most, and leaves. `own`: how things stand here. Once it has left nobody is asked anything, and
  /// nobody hears what actors of this node say. `may_stay`: where nobody can be named it does not
  /// leave, for the others would have nobody; else it does all the same.
  [[nodiscard]] Handing hand_on(const network::Snapshot& own, std::int64_t stood_ns, Nanos patience,
                                bool may_stay);
  /// Says it on stderr and in the log, if nodes may be lost.
  void say(bool is_warning, const std::string& text) const;

  /// Gives shards of lost nodes to others, if any were lost. Real time, while it runs.
  void mend(const Heir& here);
  /// Besides, lets nodes join, and lets shards move to those and from nodes that want to leave, and
  /// tells these when they may.
  void attend(const Heir& here);
  /// Whether that node is one of us: it is asked, and counted. Any thread.
  [[nodiscard]] bool is_present(unsigned node) const noexcept {
    // relaxed: who reads it late asks somebody who does not answer yet, or does not ask him yet.
    const std::uint32_t outsiders = outsiders_.load(std::memory_order_relaxed);
    return !exchange_.is_given_up(node) && (outsiders >> node & 1U) == 0;
  }
  /// What nodes that were lost have counted. Any thread.
  [[nodiscard]] network::Snapshot left() const;
  /// Loses nobody any more without failing: it is over, and will be counted.
  void end_course();

  [[nodiscard]] runtime::Peers& exchange() noexcept { return exchange_; }
  [[nodiscard]] const runtime::Peers& exchange() const noexcept { return exchange_; }
  /// Why the nodes cannot go on together; empty: they can.
  [[nodiscard]] std::string failure();

  /// Of an actor of another node that nobody can do without, as of the last look; empty: none.
  [[nodiscard]] const std::string& actor_failure() const noexcept { return actor_failure_; }

  /// Before anything is built: all nodes go on from where the latest record of any of them is;
  /// none: all begin anew. `here`: what an earlier run has left on this one. `remembers`: nodes
  /// without a journal keep in memory what happens. Fails if a node's journal cannot be used.
  [[nodiscard]] Result<std::optional<Continuation>> agree_on_beginning(
      const std::optional<LeftBehind>& here, bool remembers);
  /// Whether that failed because of a journal; else nodes are lost.
  [[nodiscard]] bool has_refused() const noexcept { return has_refused_; }
  /// Waits until all actors of all nodes are in their places.
  [[nodiscard]] bool await_ready(Nanos patience);
  /// Lets all nodes start; calls `here` once they have been told, and returns when all have.
  void start(const std::function<void()>& here);
  void hurry();
  void halt();
  /// Adds how things stand on the other nodes, and remembers it. All: whatever is said of the run
  /// must be the same in every run; heard: nobody waits for one that is silent.
  enum class Whom : std::uint8_t { all, heard };
  void add_looks(network::Snapshot& snapshot, Whom whom);
  /// Of nodes that have fallen silent or are heard again since the last call, for people.
  [[nodiscard]] std::vector<std::string> take_silences() { return std::exchange(silences_, {}); }
  /// How things stand on this node, for the table of all.
  void note_own(NodeReport report);
  /// Remembers how things stand there, for those outside.
  void refresh();
  /// Whoever outside waits for what other nodes answer hears nothing instead.
  void answer_nobody();
  /// Hears what other nodes answer to those outside, for so long.
  void listen(Nanos time);
  /// As of the last look, by node. Any thread.
  [[nodiscard]] std::vector<NodeReport> last_looks() const;
  /// Real time: until no message is under way between nodes and no actor runs; `here` freezes this
  /// one. False: they still did after `patience`.
  [[nodiscard]] bool stand_still(const std::function<bool()>& here, Nanos patience);
  /// Lets all nodes bring their records to the disk, waiting for it so long at most; `here` does it
  /// on this one. The sum.
  [[nodiscard]] Written write_down(Nanos patience, const std::function<Written()>& here);
  /// The last words to the other nodes' journals. Requires that all stand still. `at`: as of
  /// count().
  void close_recordings(std::optional<SimTime> at);
  /// What became of the other nodes' journals since the last call, for people; of too
  /// many the first ones, and how many more there were.
  [[nodiscard]] std::vector<std::string> take_news();
  /// How it ended, by node; this one's is empty. `at`: time of the count; none: where time stands.
  [[nodiscard]] std::vector<NodeReport> count(std::optional<SimTime> at);
  /// Adds the digests of the other nodes' entities, and puts all in order.
  void add_entities(std::vector<network::EntityDigest>& entities);
  /// The other nodes end, as soon as this one's engine does.
  void finish();

  // Others
  void copy(unsigned node, const network::CopyWanted& wanted, Done done) override;
  [[nodiscard]] std::string copy_now(unsigned node, const network::CopyWanted& wanted) override;
  void order(unsigned node, const network::Order& order) override;
  /// What has happened on that node: bytes of a PastQuestion, and of its answer, on the driving
  /// thread; no answer if the node is lost.
  void ask_past(unsigned node, const std::string& question, Done done);
  [[nodiscard]] network::Snapshot look() const override;
  [[nodiscard]] network::Detail detail() const override;
  void serve() override;

 private:
  using Answers = std::vector<std::string>;  // by node; this one's is empty
  [[nodiscard]] std::optional<Answers> ask(Word word, std::string_view rest = {},
                                           const std::function<void()>& meanwhile = {});
  using Deadline = std::optional<std::chrono::steady_clock::time_point>;
  /// The other nodes that are there.
  [[nodiscard]] std::vector<bool> others() const;
  /// `awaited`: those that were asked. Who returns meanwhile is asked again. None: there is a
  /// failure, as there is if a node takes for ever; or it is later than `until`.
  [[nodiscard]] std::optional<Answers> answers_to(const std::string& question,
                                                  std::vector<bool> awaited,
                                                  Deadline until = std::nullopt,
                                                  Whom whom = Whom::all);
  /// That one alone, of all nodes.
  [[nodiscard]] std::vector<bool> only(unsigned node) const;
  /// Of those that have said nothing yet, one that is there; none: nobody is awaited any more.
  [[nodiscard]] std::optional<unsigned> first_of(const std::vector<bool>& awaited, Whom whom) const;
  /// Not heard for longer than it should be, and not lost yet.
  [[nodiscard]] bool is_silent(unsigned node) const noexcept {
    return exchange_.state_of(node) == runtime::PeerState::suspect;
  }
  void note_silence();
  [[nodiscard]] std::optional<std::string> ask_one(unsigned node, Word word, std::string_view rest,
                                                   Deadline until = std::nullopt);
  void tell_others(std::string_view text);
  // Nodes that join.
  void welcome_one(const Heir& here);
  [[nodiscard]] bool do_all_hear(const Arrival& arrival);
  void let_enter(const Heir& here, const Arrival& arrival);
  void note_outsiders();
  void pass_orders_on(const Heir& here);
  /// Why it did not come about; empty: the others have them, once all know.
  [[nodiscard]] std::string carry(const Move& move, const Heir& here, Given& given);
  /// Tells all where shards are now.
  [[nodiscard]] bool tell_where(const Heir& here, const TakeOver& order);
  void note_moved(const Move& move, const Given& given);
  void note_under_way(const network::Totals& what);
  void tell_move(const Move& move, const TakeOver& now, std::chrono::steady_clock::time_point begun,
                 const Given& given, const std::string& trouble) const;
  void part_with(unsigned node);
  void note_losses();
  [[nodiscard]] LeaderSays says(const network::Snapshot& own) const;
  void take_leave_of(unsigned node);
  void hear(const runtime::Peers::Message& message);
  void hear(const Said& said);
  void pose_again(unsigned node);
  void pose(unsigned node, Word word, std::string_view rest, Done done);
  [[nodiscard]] std::uint32_t next_number() noexcept;

  void hear_late_look(unsigned node, std::string_view bytes);
  static constexpr std::size_t kNewsMax = 1'000, kNewsBytesMax = 1'024;  // of each
  void note_news(unsigned node, std::string_view lines);

  runtime::Peers& exchange_;
  const std::function<std::string()> dead_;
  /// A question of somebody outside.
  struct Waiting {
    unsigned node = 0;
    std::string question;
    Done done;
  };

  Succession* const successors_ = nullptr;
  Succession* succession_ = nullptr;  // once nodes may be lost; null: who is lost ends the run
  std::uint32_t noted_ = 0;           // lost nodes whose last look is part of left_, by bit
  std::uint32_t parted_ = 0;          // nodes that were told to leave, by bit
  std::atomic<std::uint32_t> outsiders_{0};  // by bit; written by whoever runs the node
  /// Somebody who joins.
  struct Guest {
    Arrival arrival;
    std::uint32_t invited = 0;           // the number of the word
    std::optional<std::string> trouble;  // what it has answered; empty text: it is ready
    std::chrono::steady_clock::time_point since;
  };
  std::optional<Guest> guest_;
  RefusedMove refused_;
  std::optional<HandedOn> handed_on_;     // by the one that led before, until all know
  std::vector<network::Order> returned_;  // their points had moved
  SimTime seen_ = SimTime::max();         // when those that are lost and not mended were last seen
  std::atomic<std::uint32_t> asked_{0};   // written by whoever asks
  std::vector<bool> are_ready_;           // by node
  bool has_refused_ = false;
  std::string actor_failure_;
  std::vector<std::string> news_;  // kNewsMax at most
  std::size_t news_left_out_ = 0;  // since they were taken
  std::vector<bool> are_silent_;   // by node: that has been told
  std::vector<bool> owe_look_;     // by node: it has been asked for one since its last
  std::vector<std::string> silences_;
  mutable std::mutex mutex_;
  std::unordered_map<std::uint32_t, Waiting> waiting_;  // guarded by mutex_; by its number
  std::vector<NodeReport> looks_;                       // likewise; by node
  network::Snapshot left_;                              // likewise; of nodes that were lost
  network::Totals under_way_;                           // likewise; of shards on their way
};

}  // namespace chargemill::app
