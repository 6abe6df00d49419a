// What a node keeps in virtual time so that one that was lost can return: README, "A lost node
// returns".
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/cluster/exchange_words.hpp"
#include "runtime/cluster/meeting_log.hpp"
#include "runtime/cluster/saved_life.hpp"

namespace chargemill::runtime {

/// Of each meeting and the one before: what was sent to whom, until all have written down that they
/// have it. And the log of this node, to live by again after its own death.
///
/// A node writes down a meeting, with the mail that came for it, before it acts on its grant. So
/// whoever proposes meeting r + 1 has r on record, and nobody needs from the others what they sent
/// before r. Whoever is asked for more says that it is gone, and the run ends.
///
/// Threads: the links' thread calls begin_life() and hear(); whoever runs the node settle(),
/// write_word() and remove(); the workers the rest, as Frontier says.
class Recall {
 public:
  struct Options {
    std::string log;     ///< where; empty: this node cannot return (node 0, which leads)
    MeetingLogHead own;  ///< `run` is this process's life; it counts on node 0 only
  };
  /// What it was told before one meeting, and at it.
  struct Resend {
    std::vector<std::byte> mail;  ///< parcels
    std::string meeting;          ///< empty: it has not been told yet
  };
  /// What came of a greeting.
  struct Greeted {
    bool has_returned = false;  ///< another process was in its place before
    std::string trouble;        ///< why it cannot go on; empty: it can
    std::vector<Resend> again;  ///< meeting by meeting
  };

  /// What is to be said to a node, in one of its lives.
  struct Owed {
    unsigned node = 0;
    std::uint32_t life = 0;
    Resend what;
  };

  /// Looks at the log and the state that a former life has left.
  explicit Recall(Options options);

  /// A process has come to the place of `node`; what to greet it with.
  [[nodiscard]] std::string begin_life(unsigned node);
  /// What it greets with itself, once a life. None: those are no bytes of a greeting.
  [[nodiscard]] std::optional<Greeted> hear(unsigned node, std::string_view greeting);
  /// Of which meeting the first word of `node` is missing.
  [[nodiscard]] std::uint64_t missing_from(unsigned node) const;
  void note_meeting(unsigned node, std::uint64_t round);
  /// Whether it has greeted in its present life.
  [[nodiscard]] bool has_greeted(unsigned node) const;

  /// Once all have greeted: this node goes on from its log, or begins one. Fails if its place needs
  /// a log that is not there.
  [[nodiscard]] Result<void> settle();
  /// After that: what this node had said last when its state was saved, to those who need it. Once.
  [[nodiscard]] std::vector<Owed> take_owed();
  /// Why it will fail, as far as that is known before; empty: it may not.
  [[nodiscard]] std::string obstacle() const;
  /// The meetings of the log are being lived through again.
  [[nodiscard]] bool is_replaying() const noexcept {
    // acquire: what ended it is seen; pairs with release in end_replay().
    return is_replaying_.load(std::memory_order_acquire);
  }
  // release: all of the log has been lived through; pairs with acquire in is_replaying().
  void end_replay() noexcept { is_replaying_.store(false, std::memory_order_release); }
  /// While it is, and first of all: the state to go on from. Once; none: it lives from the
  /// beginning.
  [[nodiscard]] std::optional<SavedMeeting> take_saved();
  /// While it is: what comes next.
  [[nodiscard]] std::optional<LoggedEntry> next() { return reader_.next(); }
  /// The words before the next meeting.
  [[nodiscard]] std::vector<std::string> next_words();

  /// Keeps a copy of `parcel` for `node`, sent before meeting `round`; in which of its lives it may
  /// be sent now, 0: in none.
  [[nodiscard]] std::uint32_t keep(unsigned node, ByteView parcel, std::uint64_t round);
  /// Keeps what this node says at meeting `round`; to whom to say it now, and in which life.
  [[nodiscard]] std::vector<std::pair<unsigned, std::uint32_t>> keep(std::uint64_t round,
                                                                     const std::string& text);

  /// Adds to the sum of records sent since the last meeting. Any worker.
  void add_sent(std::uint64_t sum) noexcept {
    mail_sum_.fetch_add(sum, std::memory_order_relaxed);  // relaxed: the barrier orders it
  }
  [[nodiscard]] std::uint64_t take_sent() noexcept {
    return mail_sum_.exchange(0, std::memory_order_relaxed);  // relaxed: likewise
  }
  [[nodiscard]] Result<void> write(const LoggedMeeting& meeting, const MeetingLog::Mail& mail) {
    return log_ ? log_->write(meeting, mail) : Result<void>{};
  }
  [[nodiscard]] Result<void> write_word(std::string_view word) {
    return log_ ? log_->write(word) : Result<void>{};
  }
  /// The same, and from now on nothing before that meeting is needed: `state` is what this node was
  /// when it came there. While nobody writes a word.
  [[nodiscard]] Result<void> write(const LoggedMeeting& meeting, const MeetingLog::Mail& mail,
                                   std::vector<std::byte> state);
  /// Whoever returns has to hear `word`, from whatever it goes on.
  void keep_word(std::string_view word);
  /// Those of the state.
  [[nodiscard]] std::vector<std::string> kept_words() const;
  [[nodiscard]] bool has_log() const noexcept { return log_ != nullptr; }
  void remove_log() noexcept;

 private:
  using Kept = KeptMeeting;
  /// What is known of another node.
  struct Peer {
    std::uint32_t life = 0;     // which of its processes, from 1
    std::uint32_t greeted = 0;  // in which of them it has greeted
    Greeting greeting;
    std::uint64_t need = 1;   // what it was sent from there on
    std::uint64_t heard = 0;  // the last meeting that it spoke at, to this process
  };

  [[nodiscard]] std::uint64_t need_of(const Peer& peer) const noexcept;
  [[nodiscard]] std::string why_not_own() const;
  [[nodiscard]] std::string without_log(const std::string& why) const;
  [[nodiscard]] std::string find_state(std::uint64_t first);
  [[nodiscard]] Result<void> go_on();
  [[nodiscard]] Result<void> note_owed();
  void forget_state() noexcept;
  [[nodiscard]] std::string state_path() const;
  void send_again(unsigned node, Greeted& to) const;
  [[nodiscard]] Kept& kept_of(std::uint64_t round);

  const Options options_;
  const MappedLog found_;    // what a former life has left
  MeetingLogReader reader_;  // of it
  std::size_t sound_bytes_ = 0;
  std::uint64_t saved_round_ = 0;           // of the state that was found; 0: none that may be used
  bool is_log_older_ = false;               // than that state: nothing of it is lived through again
  std::string state_trouble_;               // why the log, which needs a state, has none
  std::optional<SavedLife> saved_;          // taken by the last worker at a meeting
  std::vector<std::string> words_;          // kept_words(); written before there are workers
  std::unique_ptr<MeetingLog> log_;         // written by settle()
  std::atomic<bool> is_replaying_;          // written by settle() and the last worker at a meeting
  std::atomic<std::uint64_t> mail_sum_{0};  // written by workers and the last one at a meeting
  mutable std::mutex mutex_;                // once a parcel and once a meeting
  // All below is guarded by mutex_.
  std::uint64_t base_ = 0;  // the last meeting on record from a former life
  Incarnation run_{};       // 0: not known yet
  bool is_settled_ = false;
  std::vector<Peer> peers_;
  std::array<Kept, 2> kept_;  // by the parity of the meeting
  std::vector<Owed> owed_;
};

}  // namespace chargemill::runtime
