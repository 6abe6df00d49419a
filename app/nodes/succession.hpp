// Who of the nodes is still there, who leads them, and what is to be done about those who are lost.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/nodes/arrivals.hpp"
#include "app/nodes/bond.hpp"
#include "app/nodes/membership.hpp"
#include "app/nodes/moves.hpp"
#include "app/nodes/silence.hpp"
#include "app/nodes/take_over.hpp"
#include "runtime/agreement/member.hpp"
#include "runtime/cluster/peers.hpp"

namespace chargemill::app {

/// The number in `owners`, by which the nodes know each other; kNoNode: it is none of them.
[[nodiscard]] unsigned number_in(const std::vector<runtime::agreement::Owner>& owners,
                                 const runtime::agreement::Owner& one);

/// Where shards and fleets go that were on nodes `lost` (by bit): as the table of `view` says.
/// None: it does not say so yet. `where`: where they have been.
[[nodiscard]] std::optional<TakeOver> take_over_of(
    const std::vector<runtime::agreement::Owner>& owners, const runtime::agreement::View& view,
    std::uint32_t lost, const Whereabouts& where);

/// What the table of `view` wants to be moved next from a node that lives; none: nothing. Without
/// shards: only such move as nobody has. All of a move is of one kind.
[[nodiscard]] std::optional<Move> move_of(const std::vector<runtime::agreement::Owner>& owners,
                                          const runtime::agreement::View& view,
                                          const Whereabouts& where);
/// Whether that table says that it has come about.
[[nodiscard]] bool has_come_about(const Move& move,
                                  const std::vector<runtime::agreement::Owner>& owners,
                                  const runtime::agreement::View& view);

/// Whether `self` leads and goes on to, whatever is on its way to etcd: that has no place any more
/// for the one that it has named there. None: it has named nobody.
[[nodiscard]] bool leads_on(const runtime::agreement::View& view,
                            const runtime::agreement::Owner& self,
                            const std::optional<runtime::agreement::Owner>& named);

/// Of one node of a network whose nodes agree through etcd, in real time. A node is lost when etcd
/// has no place for it any more: it has stopped by then (FE-04). Threads: whoever runs the node.
class Succession {
 public:
  /// Between two looks at a table that somebody waits for.
  static constexpr std::chrono::milliseconds kTableEvery{50};

  /// The exchange outlives this. Requires a bond in `membership`.
  Succession(runtime::Peers& exchange, Membership membership);
  /// The same with another one, which outlives this.
  Succession(runtime::Peers& exchange, Membership membership, Bond& bond);

  /// Hears what etcd says. Nodes that are lost are given up; after end() that is a failure.
  void look();
  /// Nobody takes over anything any more: the run is being counted.
  void end() noexcept { is_over_ = true; }
  /// The node that leads; kNoNode: nobody does at the moment.
  [[nodiscard]] unsigned central() const noexcept { return central_; }
  [[nodiscard]] bool leads() const noexcept { return central_ == exchange_.self(); }
  [[nodiscard]] std::int64_t token() const noexcept;
  [[nodiscard]] std::uint32_t lost() const noexcept { return lost_; }

  /// What all nodes are to be told now; none: they have been, or the table is not ready. Requires
  /// leads().
  [[nodiscard]] std::optional<TakeOver> due() const;
  /// How many fleets it gives another home whose shards stay where they are. Before done().
  [[nodiscard]] std::size_t fleets_lost_alone(const TakeOver& order) const;
  /// All that was lost lives elsewhere by now, and all know who leads.
  [[nodiscard]] bool is_settled() const noexcept {
    return lost_ == settled_ && central_ == settled_central_;
  }
  /// This node has done its part.
  void done(const TakeOver& order);

  // ---- shards that move while their node lives
  /// This node waits for that to come about, or not.
  void expect(const Move& move) { expected_ = move; }
  /// The next one, if all know of those who are lost. Requires leads().
  [[nodiscard]] std::optional<Move> next_move() const;
  /// They have let go of it: waits until the table says where it is now. False: this node does not
  /// lead any more, or there is a failure.
  [[nodiscard]] bool let_go(const Move& move);
  /// What all nodes are to be told after that, or when nothing came of it. Requires leads().
  [[nodiscard]] TakeOver outcome() const;
  /// Waits a moment for the table to want something else.
  void await_table(Nanos patience);
  /// Nodes that want to leave and have no shard and no fleet any more, by bit.
  [[nodiscard]] std::uint32_t empty_leavers() const;
  /// Asks for others to have the shards of this node, so that it can leave; whether anybody is
  /// there who could.
  [[nodiscard]] bool part();
  // ---- this node leads, and leaves
  /// Others could go on without it: one that leads, and all that is needed besides.
  [[nodiscard]] bool may_hand_on() const;
  /// Asks for others to have the shards of this node. Requires leads().
  void part_as_leader();
  /// That is done: nothing is left with it.
  [[nodiscard]] bool is_empty() const;
  /// Who is to lead after it; none: nobody can. `refused`: nodes that are not asked, by bit.
  [[nodiscard]] std::optional<unsigned> heir(std::uint32_t refused) const;
  /// From now on etcd is asked to let that one lead, and this node orders nothing. False: it still
  /// has not seen that another one does, and that one is lost, or there is a failure, or it is
  /// late.
  [[nodiscard]] bool hand_on(unsigned node, std::chrono::steady_clock::time_point deadline);
  /// This node leads, and nobody whom it has named can any more.
  [[nodiscard]] bool leads_on() const;
  /// And so it does, as if it had named nobody. Requires leads_on().
  void lead_on();
  /// This node has no place any more. The last that is asked.
  void leave();
  /// That one has left with nothing: there is no need to wait until etcd knows.
  void miss(unsigned node);

  /// Of a network of so many shards, which are dealt out now. Before the first look().
  void begin(std::size_t shards);
  [[nodiscard]] std::size_t shards() const noexcept { return where_.lives.size(); }

  // ---- nodes that join while the network runs
  /// The next one that has a place in the table and nothing else, if all know of those who are
  /// lost. Requires leads().
  [[nodiscard]] std::optional<Arrival> arrival() const;
  /// It is in its place from now on, if whoever was there before is gone for all; whether it has
  /// been heard.
  [[nodiscard]] bool let_in(const Arrival& arrival);
  /// It is one of us, and may have shards; or it is not welcome. Of its life this is said once.
  void settle(const Arrival& arrival, bool is_welcome);
  /// Places of those who have no part in the network yet, by bit: nobody asks them anything.
  [[nodiscard]] std::uint32_t outsiders() const;
  /// Of the one that joins, while it waits: knows who else comes and goes. Why it need not wait any
  /// more; empty: it is worth it.
  [[nodiscard]] std::string look_from_outside();
  /// And once it is one of the others.
  void enter(const TakeOver& where);
  /// All that have a place, or had one; of places that nobody has had the names are empty. Any
  /// thread.
  [[nodiscard]] Membership members() const;

  /// Whether another node has said by that, which may be any bytes, whom it does not hear.
  [[nodiscard]] bool hears(std::string_view message);

  /// Says it on stderr and in the log.
  void say(bool is_warning, const std::string& text) const;
  [[nodiscard]] const std::string& name_of(unsigned node) const { return membership_.names[node]; }

 private:
  void lose(unsigned node);
  /// Shards are with that node, or are to be, as the table or this node knows.
  [[nodiscard]] bool has_any(unsigned node) const;
  [[nodiscard]] bool is_known(unsigned node) const;
  [[nodiscard]] bool open_place(unsigned node, const runtime::NodeEndpoints& where);
  void take_place(const Arrival& arrival);
  [[nodiscard]] Whereabouts whereabouts_now() const;
  void look_at_links();
  void tell(std::string_view news_of_silence);
  [[nodiscard]] Scene scene() const;
  void look_at_roles();
  void look_for_the_network();

  runtime::Peers& exchange_;
  Bond& bond_;
  mutable std::mutex
      members_mutex_;      // written by whoever runs the node, who need not take it to read
  Membership membership_;  // guarded by members_mutex_
  runtime::agreement::View view_;
  unsigned central_ = kNoNode;
  std::uint32_t lost_ = 0;             // by bit
  std::uint32_t leaving_ = 0;          // those who want to leave, gone or not, by bit
  std::uint32_t settled_ = 0;          // of them, those whose shards live elsewhere
  std::uint32_t settled_central_ = 0;  // the node that all know as central
  Whereabouts where_;
  std::optional<runtime::agreement::Owner> named_;  // the last one that etcd was to let lead
  std::optional<Move> expected_;                    // of which it is not known what came of it
  std::vector<runtime::agreement::Owner> settled_arrivals_;  // lives that it has decided about
  Silence silence_;
  bool is_over_ = false;
};

}  // namespace chargemill::app
