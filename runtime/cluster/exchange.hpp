// One engine among those of other nodes: what its actors send there, and where all agree on time.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/cluster/exchange_words.hpp"
#include "runtime/cluster/held_mail.hpp"
#include "runtime/cluster/letter_kind.hpp"
#include "runtime/cluster/links.hpp"
#include "runtime/cluster/peers.hpp"
#include "runtime/cluster/recall.hpp"
#include "runtime/engine/coordinator.hpp"
#include "runtime/engine/frontier.hpp"
#include "runtime/observe/histogram_recorder.hpp"

namespace chargemill::runtime {

/// Joins an engine to the others over Links: messages of actors as data, meetings and what those
/// who run the nodes tell each other as control.
///
/// Virtual time: every node tells every other its proposal for a meeting once all that it sent
/// before is on its way, and takes what all have proposed. Links show a control message after the
/// data that were sent before it, so whoever has heard all proposals has all messages: there is
/// nobody to ask, and one way through the network per window.
///
/// Threads: see Frontier for the workers'; receive() and await_all() belong to whoever runs the
/// node; tell(), abandon() and let_nobody_wait() to any.
class Exchange final : public Frontier, public Peers, private LinkEvents {
 public:
  struct Options {
    LinksOptions links;
    std::vector<std::string> names;  ///< of the nodes, for people; empty: "node 3"
    std::vector<LetterKind> kinds;   ///< the same on all nodes, 128 at most
    unsigned workers = 1;            ///< of this node
    bool is_virtual = true;
    /// Virtual time, with links.may_return: where this node writes down what it lives through, so
    /// that another process in its place can; empty: it cannot return, as node 0, which leads.
    std::string log;
    /// Likewise: at every so many meetings it saves its state, and its log begins anew; 0: never.
    std::uint64_t save_every = 0;
  };
  /// While so much waits to be received nobody says more: a node that does is a failure. One
  /// message may be larger, and counts as kCountedBytesMax: so much was asked for. Besides, so much
  /// of bulk waits, and one of it may be larger; of more the heads come.
  static constexpr std::size_t kWaitingBytesMax = std::size_t{64} << 20U;
  static constexpr std::size_t kCountedBytesMax = std::size_t{4} << 20U;

  /// Fails as Links::open does.
  [[nodiscard]] static Result<std::unique_ptr<Exchange>> open(Options options);
  ~Exchange() override;

  /// The engine whose actors receive. Before any other node may send.
  void attach(Coordinator& engine) override;
  /// Nobody receives any more when it returns; before the engine is gone.
  void detach() override;

  /// Waits until all other nodes are there and each has heard this one, so that whoever goes on and
  /// then leaves is missed by all; false: not within `patience`, or one never will be.
  [[nodiscard]] bool await_all(Nanos patience);
  /// The nodes that have not been heard, or not with the same plan, or that do not hear this one.
  [[nodiscard]] std::vector<unsigned> missing() const;
  /// Where nodes may return, once all are there and before the engine: this one begins anew, or
  /// receives what it was told in a former life and lives through its windows again.
  [[nodiscard]] Result<void> begin();
  /// Before that: why it cannot return; empty: it can, or nobody knows yet.
  [[nodiscard]] std::string obstacle() const { return recall_ ? recall_->obstacle() : ""; }
  [[nodiscard]] bool may_return() const noexcept override { return recall_ != nullptr; }
  /// Writes down a message that changes what actors do, before it is obeyed.
  void note(std::string_view text) override;
  /// Likewise, and whoever returns has to hear it, whatever it goes on from.
  void keep_word(std::string_view text);
  /// From now on states are saved: `save` is called while all workers stand at a meeting, on one of
  /// theirs. What it cannot save then it is asked for again at the next one. Null: not any more.
  void save_by(Save save) override;
  /// As long as it lives nothing is saved.
  [[nodiscard]] std::unique_lock<std::mutex> hold_saving() override {
    return std::unique_lock<std::mutex>{saving_mutex_};
  }
  /// A message that is_recalled has been obeyed.
  void obeyed() override;
  /// Nobody will return any more: the log goes.
  void forget() override;

  /// Not any more once this node may not act (tenure()).
  void tell(unsigned node, std::string_view text) override;
  void tell_all(std::string_view text);
  /// The same, of what the other node can do without: where more of such waits there than its
  /// runner receives, nothing comes but the first `head` bytes.
  void tell_bulk(unsigned node, std::string_view text, std::uint8_t head) override;
  /// The next message; none within `patience`, or a node has failed.
  [[nodiscard]] std::optional<Message> receive(Nanos patience) override;

  /// Why the nodes cannot go on together; empty: they can.
  [[nodiscard]] std::string failure() const override;
  /// Nobody agrees on anything any more: workers that wait are told to stop, and none waits for
  /// room to send.
  void abandon(const std::string& why) override;
  /// The same, and the others hear why: they fail with it, where they would know only that this
  /// node has left. Whoever fails because of another node tells them so unasked when it goes, so
  /// that all name the one that was first, as far as anybody knows.
  void call_off(const std::string& why) override;
  /// From now on a node that is lost or has left is no failure: whoever runs the nodes gives it up.
  void outlive_losses() noexcept override {
    outlives_.store(true, std::memory_order_relaxed);  // relaxed: see outlives_losses()
  }
  /// Real time. Nobody hears `node` any more when it returns, nor waits for it; the sums of
  /// messages are those of the others. For good, unless somebody else is let in.
  void give_up(unsigned node) override;
  /// Any thread. It is known that whoever is in that place is gone: the runner and workers that
  /// wait for room on the way to it go on at once, and so the runner comes to give it up, or the
  /// run. Requires that nobody is let in there meanwhile, or returns.
  void let_nobody_wait(unsigned node) { links_->let_nobody_wait(node); }
  /// Nobody is in that place, or whoever was has been given up.
  [[nodiscard]] bool is_given_up(unsigned node) const noexcept override {
    // relaxed: whoever runs the node writes it, and nothing is sent there when it is taken back.
    return counts_[node].is_given_up.load(std::memory_order_relaxed);
  }
  /// Real time. A process that nothing was sent to is in a place that is given up: it is heard and
  /// counted from zero. Requires that no actor lives there, as all workers know since a
  /// hold_still(). False: it cannot be reached so.
  [[nodiscard]] bool let_in(unsigned node, const NodeEndpoints& where) override;
  /// Calls `f` while no message of another node arrives: where actors live may change.
  void hold_arrivals(const std::function<void()>& f) override;
  /// Real time, in Coordinator::hold_still(): what is sent from here to actors with these numbers
  /// waits until release(); more of it than waits for a slow peer, and the workers stand.
  void hold(const std::vector<Entity>& actors) override { held_.hold(actors); }
  /// Likewise, not while arrivals are held: what has waited goes to where those actors live now, in
  /// order, before anything that is sent later. It may wait for a slow node.
  void release() override;
  [[nodiscard]] std::size_t held_bytes() const noexcept { return held_.bytes(); }
  /// Messages to that node's actors, and from them, so far: what was sent has come once who was
  /// sent it has received as many.
  [[nodiscard]] std::uint64_t sent_to(unsigned node) const noexcept override {
    return counts_[node].sent.load(std::memory_order_relaxed);  // relaxed: all workers stood since
  }
  [[nodiscard]] std::uint64_t received_from(unsigned node) const noexcept override {
    // acquire: it lies in mailboxes; pairs with release in count_arrival().
    return counts_[node].received.load(std::memory_order_acquire);
  }
  /// Counts messages that nobody will handle.
  void note_strays(std::uint64_t count) noexcept override {
    strays_.fetch_add(count, std::memory_order_relaxed);  // relaxed: a counter
  }
  /// Messages for actors that are nowhere, or were not here: dropped, and their senders' time-outs
  /// are what is left of them.
  [[nodiscard]] std::uint64_t strays() const noexcept override;
  /// From now on nodes may leave without being missed.
  void expect_leaving() noexcept override {
    may_leave_.store(true, std::memory_order_relaxed);  // relaxed: a word of its own
  }

  /// Messages to and from actors of other nodes, but those given up: the sums over all nodes are
  /// equal when none is under way.
  [[nodiscard]] std::uint64_t sent() const noexcept override;
  [[nodiscard]] std::uint64_t received() const noexcept override;
  /// Real time: how long messages of other nodes were on their way, in wall time, from the batch
  /// that sent them on; as good as the nodes' clocks agree. Any thread.
  [[nodiscard]] LatencyHistogram transit() const override { return transit_.snapshot(); }
  [[nodiscard]] unsigned nodes() const noexcept override { return links_->nodes(); }
  [[nodiscard]] unsigned self() const noexcept override { return links_->self(); }
  /// For people.
  [[nodiscard]] std::string name_of(unsigned node) const override;
  [[nodiscard]] Incarnation incarnation() const noexcept override {
    return options_.links.incarnation;
  }
  [[nodiscard]] const Links& links() const noexcept { return *links_; }
  [[nodiscard]] Nanos lost_after() const noexcept override { return options_.links.lost_after; }
  [[nodiscard]] PeerState state_of(unsigned node) const noexcept override {
    return links_->state_of(node);
  }
  [[nodiscard]] bool is_heard_by(unsigned node) const noexcept override {
    return links_->is_heard_by(node);
  }
  [[nodiscard]] Clock::time_point now() const noexcept override { return Clock::now(); }
  void pause(Nanos time) override;
  void set_up(EngineOptions& options) override;

  // Frontier
  void send(unsigned node, MailBag& bag) override;
  void send(unsigned node, const std::vector<Arrival>& next,
            const std::vector<Arrival>& later) override;
  [[nodiscard]] WindowGrant agree(const WindowGrant& here) override;
  [[nodiscard]] Arrived& arrived(unsigned worker) override;
  void on_end_of_tenure() override;

 private:
  class Writer;
  struct Meeting {
    std::vector<std::optional<WindowProposal>> said;  // by node
    unsigned missing = 0;
  };
  /// On a line of its own: one worker's, and what the links' thread files for it.
  struct alignas(2 * kCacheLine) Inbox {
    std::array<Arrived, 2> halves;  // by the parity of the meeting
  };

  /// Of one other node.
  struct Counts {
    std::atomic<std::uint64_t> sent{0};      // written by workers
    std::atomic<std::uint64_t> received{0};  // written by the links' thread
    std::atomic<bool> is_given_up{false};    // written by whoever runs the nodes
  };

  explicit Exchange(Options options);

  // LinkEvents
  void on_data(unsigned node, ByteView parcels) override;
  void on_control(unsigned node, std::string_view message) override;
  void on_peer(unsigned node, PeerState state) override;
  [[nodiscard]] std::string on_life(unsigned node) override;

  [[nodiscard]] bool outlives_losses() const noexcept {
    return outlives_.load(std::memory_order_relaxed);  // relaxed: set before anybody may be lost
  }
  void count_arrival(unsigned node) noexcept;
  void note_transit(std::int64_t sent_ns) noexcept;
  [[nodiscard]] bool read_parcels(unsigned node, ByteView parcels);
  [[nodiscard]] bool read_parcel(unsigned node, std::uint64_t stamp, ByteView records);
  [[nodiscard]] bool take(unsigned node, std::uint64_t stamp, const RecordView& record);
  [[nodiscard]] bool hear_meeting(unsigned node, std::string_view message);
  [[nodiscard]] bool hear_farewell(unsigned node, std::string_view message);
  void hand_over(unsigned node, std::uint64_t stamp, SlabPtr parcel);
  [[nodiscard]] WindowGrant hear_all(const WindowGrant& here, std::uint64_t round);
  // Where nodes may return.
  void tell_meeting(std::uint64_t round, const WindowProposal& here);
  [[nodiscard]] bool hear_greeting(unsigned node, std::string_view message);
  void tell_again(unsigned node, const Recall::Resend& what);
  void recall_words(std::vector<std::string> words);
  /// `is_told`: the others have heard that proposal, or will.
  [[nodiscard]] std::optional<WindowGrant> replay(const LoggedMeeting& here,
                                                  const WindowProposal& proposal, bool is_told);
  void say_again(const Recall::Owed& owed);
  /// This node is what it was when it saved its state: `here` is what it brought there. False:
  /// there is a failure.
  [[nodiscard]] bool go_on_from(SavedMeeting saved, LoggedMeeting& here, WindowProposal& proposal);
  [[nodiscard]] std::optional<std::vector<std::byte>> state_at(std::uint64_t round);
  /// Until the runner has obeyed all words of the log so far; false: there is a failure.
  [[nodiscard]] bool await_obedience();
  [[nodiscard]] bool take_logged_mail(ByteView mail);
  void end_replay();
  void write_down(const LoggedMeeting& meeting);
  [[nodiscard]] std::uint8_t kind_of(std::uint64_t tag) const noexcept;
  [[nodiscard]] static std::size_t bytes_of(const Message& message) noexcept {
    const std::size_t bytes = sizeof message + message.text.size();
    return message.is_bulk ? bytes : std::min(bytes, kCountedBytesMax);
  }
  /// What waits of its kind. Requires mutex_.
  [[nodiscard]] std::size_t& waiting_beside(const Message& message) noexcept {
    return message.is_bulk ? waiting_bulk_bytes_ : waiting_bytes_;
  }
  /// Of a runner; false: too much waits.
  [[nodiscard]] bool keep(Message message);
  [[nodiscard]] bool hear_bulk(unsigned node, std::string_view message);
  void fail(std::string why) { fail(std::move(why), {}); }
  /// `for_others`: the message by which they are to hear it before this node leaves.
  void fail(std::string why, std::string for_others);
  void pass_on();

  const Options options_;
  std::mutex engine_mutex_;               // once a frame; contended at the end only
  Coordinator* engine_ = nullptr;         // guarded by engine_mutex_
  std::vector<Inbox> inboxes_;            // by worker
  HeldMail held_;                         // of actors that are on their way
  std::atomic<std::uint64_t> round_{0};   // of the last meeting begun; written by who is last there
  std::vector<Counts> counts_;            // by node; never grows
  std::atomic<std::uint64_t> strays_{0};  // written by workers and the links' thread
  std::atomic<bool> may_leave_{false};    // written by whoever runs the nodes
  std::atomic<bool> outlives_{false};     // likewise
  HistogramRecorder transit_;             // written by the links' thread
  mutable std::mutex mutex_;              // once a meeting and once a message of runners
  std::condition_variable changed_;
  std::array<Meeting, 2> meetings_;     // guarded by mutex_; by parity
  std::deque<Message> messages_;        // guarded by mutex_
  std::size_t waiting_bytes_ = 0;       // guarded by mutex_: of messages_, without bulk
  std::size_t waiting_bulk_bytes_ = 0;  // likewise: of bulk
  std::deque<Message> recalled_;        // guarded by mutex_
  unsigned unobeyed_ = 0;               // guarded by mutex_: recalled, and not obeyed yet
  std::unique_ptr<Recall> recall_;      // null: no node returns
  std::mutex saving_mutex_;             // tried once a meeting that saves
  Save save_;                           // guarded by saving_mutex_
  std::uint64_t saved_at_ = 0;          // the last worker's at a meeting
  // Where nodes may return, guarded by engine_mutex_: what came for the log, by the parity of the
  // meeting and by node; and what came before its turn, while the log was lived through again.
  std::array<MeetingLog::Mail, 2> mail_;
  std::vector<std::pair<unsigned, std::string>> early_;
  std::string failure_;           // guarded by mutex_
  std::string for_others_;        // likewise; empty: they know it, or need not
  bool has_failed_ = false;       // guarded by mutex_
  std::unique_ptr<Links> links_;  // last: its thread calls the rest
};

}  // namespace chargemill::runtime
