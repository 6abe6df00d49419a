// The thread behind Links: what it sends, what it hears, and what time it is.
#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>
#include <zmq.hpp>

#include "runtime/base/cache_line.hpp"
#include "runtime/cluster/links.hpp"
#include "runtime/cluster/peer_link.hpp"
#include "runtime/cluster/zap_handler.hpp"
#include "runtime/engine/inbound_queue.hpp"

namespace chargemill::runtime {

class Links::Thread {
 public:
  // Before the bytes of a control message.
  static constexpr std::size_t kMarkAt = PartLayout::kMarkAt;
  static constexpr std::size_t kIsLastAt = PartLayout::kIsLastAt;
  static constexpr std::size_t kPartHead = PartLayout::kHeadBytes;
  /// Of one socket, before the other one has its turn.
  static constexpr int kFramesPerTurn = 64;
  /// Before what is not acknowledged is sent again, at least.
  static constexpr Nanos kPatience = Millis{300};
  /// Bulk cannot hold up control.
  static constexpr std::uint64_t kDataIo = 1, kControlIo = 2;
  /// Of the thread, for who looks at the process.
  static constexpr const char* kName = "links";

  Thread(LinksOptions options, LinkEvents& events);
  ~Thread();
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;

  /// Binds and connects; throws zmq::error_t when it cannot.
  void start();
  // Any thread.
  void hand_over(unsigned node, SlabPtr slab, bool is_control);
  void tell(unsigned node, std::string_view message, std::uint32_t life);
  void give_up(unsigned node);
  void let_nobody_wait(unsigned node);
  void let_no_sender_wait();
  [[nodiscard]] bool let_in(unsigned node, const NodeEndpoints& where);
  // Its own.
  void send_at_once(unsigned node, ByteView parcel);
  void tell_at_once(unsigned node, std::string_view message);

  [[nodiscard]] const LinksOptions& options() const noexcept { return options_; }
  [[nodiscard]] SlabPool& pool() noexcept { return pool_; }
  /// Whoever is in that place now; null: this node, or nobody. It stays where it is until the end.
  [[nodiscard]] PeerLink* peer(unsigned node) const noexcept {
    return peers_[node].load(
        std::memory_order_acquire);  // acquire: pairs with release in welcome()
  }
  [[nodiscard]] std::uint64_t handshakes_refused() const noexcept {
    return zap_ ? zap_->refused() : 0;
  }

 private:
  /// Somebody waits until it is let in.
  struct Newcomer {
    unsigned node = 0;
    NodeEndpoints where;
    bool is_done = false;
    bool is_in = false;
  };

  void run();
  void wake() const;
  /// Somebody is there from now on; whoever was is let go. `dials`: else it calls first.
  void welcome(unsigned node, const NodeEndpoints& where, bool dials);
  /// Throws zmq::error_t when nobody can be reached so.
  static void dial(PeerLink& peer);
  [[nodiscard]] std::vector<Newcomer*> take_newcomers();
  void answer(const std::vector<Newcomer*>& newcomers);
  bool take_handed_over();
  void add_parcel(PeerLink& peer, SlabPtr parcel);
  void flush(PeerLink& peer);
  void frame(PeerLink& peer, LinkWay& way, SlabPtr slab);
  void frame_control(PeerLink& peer, SlabPtr slab);
  bool push_out(PeerLink& peer, LinkWay& way);
  bool put_on_the_wire(LinkWay& way, const SlabPtr& slab);
  bool receive(zmq::socket_t& socket);
  void hear(const zmq::message_t& message);
  void hear_beat(unsigned node, PeerLink& peer, const Frame& frame);
  void note_hearing(unsigned node, PeerLink& peer);
  void begin_life(unsigned node, PeerLink& peer, Incarnation incarnation);
  [[nodiscard]] bool is_meant(const Frame& frame) const noexcept;
  void hear_control(PeerLink& peer, ByteView body);
  void show_held(unsigned node, PeerLink& peer);
  void acknowledge(PeerLink& peer, LinkWay& way, const Ack& ack);
  [[nodiscard]] bool is_from_itself(const zmq::message_t& message, const PeerLink& peer) const;
  void keep_time();
  void send_beat(PeerLink& peer, bool is_leaving);
  void change(unsigned node, PeerLink& peer, PeerState to);
  [[nodiscard]] bool is_done();
  void wait();
  [[nodiscard]] SimTime next_deadline() const;
  static void count(std::atomic<std::uint64_t>& counter, std::uint64_t by = 1) noexcept {
    // relaxed, both: a counter with one writer.
    counter.store(counter.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
  }
  [[nodiscard]] FrameHead head(const PeerLink& peer, FrameType type,
                               std::uint64_t sequence) const noexcept;
  void configure(zmq::socket_t& socket, std::uint64_t io_threads) const;
  template <class F>
  void each_peer(F f) {
    for (unsigned node = 0; node < peers_.size(); ++node) {
      if (PeerLink* const one = peer(node); one != nullptr) f(node, *one);
    }
  }

  const LinksOptions options_;
  LinkEvents& events_;
  SlabPool pool_;  // before the context, which lets go of slabs when it ends
  zmq::context_t context_;
  std::unique_ptr<ZapHandler> zap_;
  zmq::socket_t data_in_;
  zmq::socket_t control_in_;
  std::vector<std::unique_ptr<PeerLink>> lives_;  // of all peers, as they came
  // By node. Written by the links' thread; read by any.
  std::vector<std::atomic<PeerLink*>> peers_;
  std::mutex newcomers_mutex_;              // seldom taken
  std::vector<Newcomer*> newcomers_;        // guarded by newcomers_mutex_, and what they point to
  std::atomic<bool> has_newcomers_{false};  // written by whoever brings them, and the links' thread
  std::condition_variable let_in_;
  const int wake_fd_;
  SimTime now_{};
  SimTime leaving_until_ = kNever;
  std::thread thread_;
  alignas(kCacheLine) InboundQueue inbound_;
  std::atomic<bool> is_leaving_{false};  // written by the destructor
};

}  // namespace chargemill::runtime
