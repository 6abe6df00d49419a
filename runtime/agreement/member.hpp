// One node's part in the agreement, as a state machine: no I/O, no clock. Events in, actions out.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "runtime/agreement/machine_time.hpp"
#include "runtime/agreement/requests.hpp"
#include "runtime/agreement/shard_table.hpp"
#include "runtime/agreement/token_gate.hpp"
#include "runtime/base/roles.hpp"

namespace chargemill::runtime::agreement {

/// What becomes of the first table.
enum class Course : std::uint8_t {
  open,   ///< whoever comes gets shards, whoever is lost leaves its own to the others
  heirs,  ///< exactly as many as expected begin; later ones join once the central says Welcome
  fixed,  ///< exactly as many as expected begin, and it stays until all of them are gone
};

struct MemberOptions {
  std::string prefix;  ///< of all keys of this network: "/chargemill/town/"
  std::string name;    ///< is_node_name()
  std::string card;    ///< what the others are told of it
  std::chrono::seconds lease{5};
  unsigned expected = 1;  ///< nobody has a shard before so many are there
  Course course = Course::open;
  std::size_t shards = kShards;         ///< so many of the table's are used, from the first on
  std::size_t moves_at_once = kShards;  ///< so many move at a time, and never more than a tenth
  std::size_t places = kPlaces;         ///< Course::heirs: so many nodes at a time
  /// What the node is there for that has this card; null: each for everything. Only who has the
  /// role `central` is elected, only who has the role `shards` gets any, or `drivers` their fleets.
  std::function<Roles(std::string_view card)> roles_of = {};
};

/// A node as the store knows it.
struct Peer {
  Owner who;
  std::string card;
  LeaseId lease{};
  Roles roles;
};
/// What the store said when it was at `revision`. A node's view never goes back.
struct View {
  Revision revision{};
  std::vector<Peer> members;     ///< by incarnation: who came first is first
  std::optional<Owner> central;  ///< who holds its key
  Revision token{};              ///< when it got that key: what its orders are fenced with
  std::vector<Owner> leaving;    ///< members that wait for others to have their shards
  ShardTable table;              ///< without owners: there is none
  Revision epoch{};              ///< of the table
  [[nodiscard]] const Peer* find(std::string_view name) const noexcept;
  [[nodiscard]] bool has(const Owner& one) const noexcept;
  [[nodiscard]] bool is_leaving(const Owner& one) const noexcept;
  /// It is there for that, has part in the table, and stays.
  [[nodiscard]] bool could_lead(const Owner& one) const noexcept;
  /// It has part in the table, or leads and has given all away to leave: what nobody else could
  /// have it takes back.
  [[nodiscard]] bool belongs(const Owner& one) const noexcept;
  /// Of a member; of who is none, all.
  [[nodiscard]] Roles roles_of(const Owner& one) const noexcept;
};

/// Those who begin a network of so many nodes, once they are there: who leads, then the others as
/// they came.
[[nodiscard]] std::vector<Peer> founders(const View& view, std::size_t expected);
/// What none of them is there for, so that it cannot begin; empty: nothing, or that is not known
/// yet.
[[nodiscard]] std::optional<Role> missing_role(const View& view, std::size_t expected);

/// What those who belong to the network are there for.
[[nodiscard]] std::vector<Roles> roles_left(const View& view);

/// Of a question to the store. Later ones are greater.
enum class CallId : std::uint64_t {};

// clang-format off
// In.
struct Tick       {};                                 ///< it is time: wake_at()
struct Answered   { CallId call{}; Answer answer; };
struct Unanswered { CallId call{}; std::string why; };  ///< a write may have happened all the same
struct WatchLost  { std::string why; };
struct Drained    { Revision epoch{}; };              ///< what Drain asked for is done
struct LetGo      { Owner from; Revision epoch{}; };  ///< in: a node has let go of what it gives away
struct PartWith   {};                                 ///< this node wants to leave once others have its shards
struct Welcome    { Owner who; };                     ///< one that has a number may have shards: it is ready
struct HandOn     { Owner to; };                      ///< this central orders nothing any more: that one is to lead
struct LeadOn     {};                                 ///< nobody does: once that one is gone, this central orders as before
struct Leave      {};                                 ///< this node ends in peace
using Event = std::variant<Tick, Answered, Unanswered, Changes, WatchLost, Drained, LetGo, PartWith, Welcome, HandOn, LeadOn, Leave>;

// Out. Every Ask is followed by one Answered or Unanswered, within a fifth of the lease.
struct Ask        { CallId call{}; Request request; };
struct BeginWatch { Revision from{}; };               ///< of the prefix, instead of an older one
struct Drain      { Revision epoch{}; };              ///< finish with the shards that are given away
struct TellLetGo  { Owner to; LetGo what; };          ///< may be lost: it is said again
struct Note       { bool is_warning = false; std::string text; };
struct Stop       { std::string why; };               ///< it may not act any more, now and for good
using Action = std::variant<Ask, BeginWatch, Drain, TellLetGo, Note, Stop>;
// clang-format on

/// Rules it keeps (K-01, FE-01 to FE-04):
///
/// - A node is a key that hangs on its lease; the central is whoever has the key `central`, which
///   hangs on the same lease. The revision at which it got it is the central's fencing token.
/// - A central that leaves writes another node into that key, on that node's lease, in a
///   transaction that holds its token and that node's place against the store. Before, it has
///   stopped ordering; and it does not begin again, unless that node's place is gone: then the
///   transaction, wherever it is, has come about already or never will.
/// - The lease counts from before it was asked for. A node that has no answer when nine tenths of
/// it
///   are over stops for good: etcd takes it for lost only after all ten.
/// - The shard table is written by the central alone, in a transaction that holds its token and the
///   table's revision against the store.
/// - Who has a shard acts for it until it sees that it is to give it away; who is to have it acts
/// once
///   the table says that it has it. In between lies LetGo of that very epoch, or the end of the
///   lease.
/// - Of heirs (Course::heirs) nobody joins unasked: the table gives a newcomer a number, and its
///   share of the shards once the central's node has said that it is ready. Those of a node that
///   wants to leave go to the others. Both ways a tenth of all at a time, or fewer
///   (moves_at_once).
/// - Who has not the role for it is not elected, and gets no shard, or no fleet. What is said of a
///   shard here is said of its fleet as well: it goes with it where it may, else for itself.
/// - A write without an answer is followed by a look at the store, never by a guess.
class Member {
 public:
  Member(MemberOptions options, MachineTime now);

  [[nodiscard]] std::vector<Action> on(const Event& event, MachineTime now);
  /// When it wants a Tick.
  [[nodiscard]] MachineTime wake_at() const;

  /// It has a place among the others, and its lease cannot have run out.
  [[nodiscard]] bool may_act(MachineTime now) const noexcept { return now < acts_until(); }
  /// When that is over, if nothing renews it until then; min: it may not act now.
  [[nodiscard]] MachineTime acts_until() const noexcept;
  /// And it has not been told to hand that on.
  [[nodiscard]] bool is_central(MachineTime now) const noexcept;
  /// It alone acts for that shard.
  [[nodiscard]] bool acts_for(std::size_t shard, MachineTime now) const noexcept;
  /// It alone acts for the fleet of that shard, which may be another one's.
  [[nodiscard]] bool acts_for_fleet(std::size_t shard, MachineTime now) const noexcept;

  [[nodiscard]] const View& view() const noexcept { return view_; }
  /// Itself, since it has a place; incarnation 0: it has none yet.
  [[nodiscard]] const Owner& self() const noexcept { return self_; }
  [[nodiscard]] bool is_stopped() const noexcept { return is_stopped_; }
  /// Why etcd seems not to answer; empty: it does.
  [[nodiscard]] const std::string& trouble() const noexcept { return trouble_; }
  /// Another process has this node's name, or had it until lately.
  [[nodiscard]] bool is_name_taken() const noexcept;
  [[nodiscard]] const MemberOptions& options() const noexcept { return options_; }

 private:
  struct Call {
    CallId id{};  // 0: none is under way
    MachineTime sent{};
    Request request;
  };

  void handle(const Tick&) {}
  void handle(const Answered& event);
  void handle(const Unanswered& event);
  void handle(const Changes& event);
  void handle(const WatchLost& event);
  void handle(const Drained& event);
  void handle(const LetGo& event);
  void handle(const PartWith&) { wants_to_leave_ = true; }
  void handle(const Welcome& event);
  void handle(const HandOn& event);
  void handle(const LeadOn&);
  void handle(const Leave&);

  void think();
  void think_of_the_lease();
  void think_of_the_store();
  void think_of_letting_go();
  void note_trouble();
  [[nodiscard]] std::optional<Request> wish() const;
  [[nodiscard]] std::optional<Request> wish_of_an_heir() const;
  [[nodiscard]] std::optional<ShardTable> wanted_table() const;
  [[nodiscard]] std::optional<ShardTable> table_of_heirs() const;
  [[nodiscard]] ShardTable without_let_go() const;
  [[nodiscard]] bool is_network_there() const;
  [[nodiscard]] std::optional<ShardTable> first_table() const;
  [[nodiscard]] bool may_be_central() const;

  void take_lease(const Answer& answer);
  void lose_unused_lease();
  void take_range(const Answer& answer);
  void apply(const Change& change);
  void view_changed(Revision epoch_before);
  void ask(Call& slot, Request request);
  void stop(const std::string& why);
  [[nodiscard]] Nanos share(std::int64_t parts_of_a_hundred) const noexcept;
  [[nodiscard]] Roles roles_in(std::string_view card) const {
    return options_.roles_of ? options_.roles_of(card) : Roles{};
  }
  [[nodiscard]] std::string key(std::string_view name) const {
    return options_.prefix + std::string{name};
  }

  const MemberOptions options_;
  MachineTime now_{};  // of the event in hand
  std::vector<Action> actions_;
  std::uint64_t calls_ = 0;

  LeaseId lease_{};
  std::chrono::seconds ttl_;
  MachineTime fence_at_ = MachineTime::max();  // it stops then; max: it has no lease
  MachineTime renew_at_;                       // the next word about the lease
  Call lease_call_;

  MachineTime store_at_;     // nothing of the store before: something went wrong
  MachineTime look_at_{};    // at the whole store, though nothing asks for it
  bool is_look_due_ = true;  // at once
  bool is_watching_ = false;
  View view_;
  Owner self_;
  Call store_call_;

  bool wants_to_leave_ = false;
  std::optional<Owner> heir_;  // who is to lead instead, until somebody does
  Revision drain_asked_{};     // epoch
  Revision drained_{};         // epoch
  MachineTime tell_at_ = MachineTime::max();
  std::vector<LetGo> let_go_;  // of this epoch, as the central has heard
  std::vector<Owner> ready_;   // newcomers that may have shards, as it has said itself

  MachineTime heard_at_;  // the store's last answer
  std::string last_why_;
  std::string trouble_;
  bool is_stopped_ = false;
};

}  // namespace chargemill::runtime::agreement
