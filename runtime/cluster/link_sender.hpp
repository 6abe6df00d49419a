// One direction of a link, where it begins: what is under way, and what must be sent again.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>

#include "runtime/base/units.hpp"
#include "runtime/cluster/frame.hpp"
#include "runtime/cluster/slab.hpp"

namespace chargemill::runtime {

/// Numbers frames from 1 and keeps each until the receiver has acknowledged it. The transport may
/// lose, double and reorder what it is given, and forget all of it at a reconnect: what stands
/// before a gap is sent again from the first such frame on (go back N). Without news the first
/// frame goes again alone, and all only if none but that one has arrived then: on a slow link
/// nothing is lost, and a window that goes twice is in the way of all that comes after it. Patience
/// is what the link is seen to take, several times over, and doubles while nobody answers. At most
/// the receiver's credit is under way; whoever brings frames holds back when too many bytes are
/// kept (Allowance). Pure: no clock, no socket. Threads: one.
class LinkSender {
 public:
  /// TCP is no more patient: by then it has broken the connection, and what was on it is lost.
  static constexpr Nanos kPatienceMax = std::chrono::seconds{5};
  struct Entry {
    SlabPtr frame;
    std::uint64_t sequence = 0;
    std::uint32_t bytes = 0;  ///< of the whole frame
  };

  /// `patience_min`: without any news, before anything is sent again.
  explicit LinkSender(Nanos patience_min) noexcept : patience_min_(patience_min) {}

  /// The number that the next frame will get.
  [[nodiscard]] std::uint64_t next_sequence() const noexcept { return next_sequence_; }
  /// Keeps a sealed frame that bears next_sequence().
  void keep(SlabPtr frame);

  /// What should go on its way now; null: nothing, or the receiver's credit is used.
  [[nodiscard]] const Entry* due() const noexcept;
  /// The transport has taken what due() named.
  void sent(SimTime now);

  /// What a receiver says; false: nobody sent what it claims to have, so it is no peer of ours.
  /// Returns in `freed` how many bytes of frames need not be kept any more.
  [[nodiscard]] bool acknowledge(const Ack& ack, SimTime now, std::uint64_t& freed);
  /// Looks at the time: without news for too long, what is kept will be sent again.
  void tick(SimTime now);
  /// The receiver has been silent, and is heard again: what was lost meanwhile is missed soon.
  void hurry() noexcept { doublings_ = 0; }
  /// When tick() may have something to do; kNever: it has not.
  [[nodiscard]] SimTime deadline() const noexcept;

  /// Another receiver takes the place of this one: from 1 again, and nothing is kept. How many
  /// bytes of frames were.
  [[nodiscard]] std::uint64_t start_over() noexcept;

  [[nodiscard]] std::uint64_t kept_bytes() const noexcept { return kept_bytes_; }
  [[nodiscard]] bool is_idle() const noexcept { return kept_.empty(); }
  [[nodiscard]] std::uint64_t resent() const noexcept { return resent_; }
  /// Without news, before something is sent again.
  [[nodiscard]] Nanos patience() const noexcept;

 private:
  /// Before the receiver has said how much it takes.
  static constexpr std::uint32_t kFirstCredit = 256 * 1'024;

  static constexpr int kTimesTaken = 4;     // of what the link takes
  static constexpr int kDoublingsMax = 10;  // kPatienceMax comes long before

  /// All up to `last` have arrived: how long that took.
  void learn(std::uint64_t last, SimTime now) noexcept;
  void rewind(SimTime now);

  const Nanos patience_min_;
  std::deque<Entry> kept_;  // by sequence; the first `on_the_way_` have been sent
  std::size_t on_the_way_ = 0;
  std::uint64_t on_the_way_bytes_ = 0;
  std::uint64_t kept_bytes_ = 0;
  std::uint64_t next_sequence_ = 1;
  std::uint64_t furthest_ = 0;  // the last sequence that ever went on its way
  std::uint32_t credit_ = kFirstCredit;
  SimTime news_at_{};             // when the last ones had arrived, or the first one went
  bool is_first_ = false;         // nothing had to arrive before what is awaited
  Nanos taken_{0};                // until there were news, lately at most
  int doublings_ = 0;             // since a frame that went once has arrived
  bool asks_again_ = false;       // the first frame goes once more, alone
  std::uint64_t asked_ = 0;       // the one that did last, unless all went since; 0: none
  std::uint64_t once_from_ = 0;   // frames from here on went once
  std::uint64_t rewound_at_ = 0;  // the first sequence of the last repetition for a gap
  std::uint64_t resent_ = 0;
};

}  // namespace chargemill::runtime
