// The connections of one node to all others: two ZeroMQ pairs with each, and one thread.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/result.hpp"
#include "runtime/base/units.hpp"
#include "runtime/cluster/frame.hpp"
#include "runtime/cluster/keys.hpp"
#include "runtime/cluster/slab.hpp"
#include "runtime/observe/latency_histogram.hpp"
#include "runtime/wire/byte_view.hpp"

namespace chargemill::runtime {

/// Where a node can be reached, as ZeroMQ writes it: tcp://10.0.0.1:7101, ipc:///run/x/1.
struct NodeEndpoints {
  std::string data;
  std::string control;
  std::string key;  ///< public, Z85; empty: plain text, on this machine only
};

/// What a node knows of another one.
enum class PeerState : std::uint8_t {
  unknown,  ///< not heard yet
  alive,
  suspect,   ///< silent for longer than it should
  lost,      ///< silent for too long, or another process in its place; it stays so
  stranger,  ///< it simulates something else; it stays so
  left,      ///< it said that it is done
  absent,    ///< nobody has come to that place yet
};

struct LinksOptions {
  /// By number; the same in the same order on all nodes. Without endpoints: a place that nobody has
  /// yet.
  std::vector<NodeEndpoints> nodes;
  std::uint16_t self = 0;
  Incarnation incarnation{};
  std::uint64_t plan = 0;                ///< equal on nodes that may talk
  std::string secret_key;                ///< of this node, Z85; empty: plain text
  std::uint32_t window_bytes = 4 << 20;  ///< that wait for one peer, and as many under way to it
  Nanos beat_every = Millis{200};
  Nanos suspect_after = std::chrono::seconds{2};
  Nanos lost_after = std::chrono::seconds{15};
  Nanos leave_for = std::chrono::seconds{1};  ///< at most, until others have what they were sent
  /// A new process in the place of one that was lost is its next life, and no failure.
  bool may_return = false;
  /// This node joins others that are there already: it calls each of these once that one has
  /// called, for until then it may not know this node's key.
  bool joins = false;
};

/// What comes in. Called by the links' thread only, which must not be kept waiting.
class LinkEvents {
 public:
  LinkEvents() = default;
  LinkEvents(const LinkEvents&) = delete;
  LinkEvents& operator=(const LinkEvents&) = delete;
  virtual ~LinkEvents() = default;

  /// Parcels of one frame, whole and in order.
  virtual void on_data(unsigned node, ByteView parcels) = 0;
  /// A message, after all data that its sender sent before it.
  virtual void on_control(unsigned node, std::string_view message) = 0;
  virtual void on_peer(unsigned node, PeerState state) = 0;
  /// Where nodes may return: a process has come to that place, the first or another one. Nothing
  /// of the former will be heard any more, and what has not reached it never will. What the new
  /// one is told first.
  [[nodiscard]] virtual std::string on_life(unsigned) { return {}; }
};

/// Figures of one peer, for looking at.
struct LinkFigures {
  PeerState state{};
  std::uint64_t bytes = 0;    ///< sent and received, whole frames
  std::uint64_t frames = 0;   ///< likewise
  std::uint64_t resent = 0;   ///< frames
  std::uint64_t refused = 0;  ///< frames that were none, or not its own
  std::int64_t waiting_bytes = 0;
  LatencyHistogram round_trip;
};

/// For each ordered pair of nodes a PUSH to a PULL for data, and one for control. Over them
/// LinkSender and LinkReceiver: each frame once and in order, whatever connections do, as long as
/// both processes live. Data are parcels of bytes, gathered into frames of 16 to 64 KiB or for a
/// millisecond. Whoever sends waits while more than the window is on its way to a peer, so memory
/// is bounded: a slow peer slows those who write to it.
///
/// Threads: any may send and tell; sockets belong to a thread of its own.
class Links {
 public:
  static constexpr std::size_t kParcelBytesMax = FrameLayout::kBodyBytesMax;
  static constexpr std::size_t kMessageBytesMax = std::size_t{256} << 20U;
  /// Whichever life the peer is in.
  static constexpr std::uint32_t kAnyLife = UINT32_MAX;

  /// Binds, and begins to connect. `events` outlives the result. Fails when it cannot bind, when a
  /// key is none, or when plain text would leave this machine.
  [[nodiscard]] static Result<std::unique_ptr<Links>> open(LinksOptions options,
                                                           LinkEvents& events);
  /// Takes leave: what was sent is delivered, and whoever has been heard hears of this node before
  /// it goes; leave_for at most.
  ~Links();
  Links(const Links&) = delete;
  Links& operator=(const Links&) = delete;

  /// Room for a parcel; fill it with at most kParcelBytesMax.
  [[nodiscard]] SlabPtr parcel();
  /// Data. What one thread sends to one node arrives in that order. Waits while the peer is slow;
  /// what is sent to one that is lost goes nowhere. Where nodes may return, `life` says to which of
  /// its processes, counted from 1 as on_life() is called: another one does not get it.
  void send(unsigned node, SlabPtr parcel, std::uint32_t life = kAnyLife);
  /// Control: a message of at most kMessageBytesMax, after all that was sent before. Waits
  /// likewise.
  void tell(unsigned node, std::string_view message, std::uint32_t life = kAnyLife);
  void tell_all(std::string_view message);
  /// The same inside a call of LinkEvents, to whoever is in that place now, and without waiting.
  void send_at_once(unsigned node, ByteView parcel);
  void tell_at_once(unsigned node, std::string_view message);

  /// That node is lost, whatever the links still hear of it: what it sends from now on is no data
  /// and no message, and what is sent to it goes nowhere. For good, unless somebody else is let in.
  void give_up(unsigned node);
  /// Whoever is in that place now is gone, as is known elsewhere: nobody waits for room on the way
  /// to it any more, and what would be sent there goes nowhere. What has come of it is heard, until
  /// it is given up. Any thread, also one that holds others up: it waits for nobody.
  void let_nobody_wait(unsigned node);
  /// From now on, and for good, no parcel is sent any more, to whichever node, and nobody waits for
  /// room for one. What is told goes as before. Any thread.
  void let_no_sender_wait();
  /// Somebody new is in a place that nobody had, or whose process is gone: it is heard, and what is
  /// sent there from now on goes to it and to nobody who was there before. Requires that nobody
  /// sends there meanwhile. False: nobody can be reached so, and the place stays as it was. Waits
  /// for the links' thread; not inside a call of LinkEvents.
  [[nodiscard]] bool let_in(unsigned node, const NodeEndpoints& where);

  [[nodiscard]] unsigned nodes() const noexcept;
  [[nodiscard]] unsigned self() const noexcept;
  [[nodiscard]] PeerState state_of(unsigned node) const noexcept;
  /// That node has said that it hears this process: it will hear, too, that this one leaves.
  [[nodiscard]] bool is_heard_by(unsigned node) const noexcept;
  [[nodiscard]] LinkFigures figures_of(unsigned node) const;
  /// Handshakes that keys did not pass.
  [[nodiscard]] std::uint64_t handshakes_refused() const noexcept;

 private:
  class Thread;
  explicit Links(std::unique_ptr<Thread> thread);

  std::unique_ptr<Thread> thread_;
};

/// Nobody has that place.
[[nodiscard]] bool is_absent(const NodeEndpoints& node) noexcept;
/// Whether bytes for `endpoint` stay on this machine.
[[nodiscard]] bool is_on_this_machine(std::string_view endpoint) noexcept;

}  // namespace chargemill::runtime
