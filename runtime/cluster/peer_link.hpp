// All that one node keeps for one life of another one; the links' thread owns it.
#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <string>
#include <vector>
#include <zmq.hpp>

#include "runtime/cluster/allowance.hpp"
#include "runtime/cluster/held_words.hpp"
#include "runtime/cluster/link_receiver.hpp"
#include "runtime/cluster/link_sender.hpp"
#include "runtime/cluster/links.hpp"
#include "runtime/observe/histogram_recorder.hpp"

namespace chargemill::runtime {

/// One class of frames, both directions: what goes leaves by `socket`, what comes in does by the
/// node's one socket of the class.
struct LinkWay {
  LinkWay(FrameType what, zmq::context_t& context, std::uint32_t window, Nanos patience)
      : type(what),
        socket(context, zmq::socket_type::push),
        allowance(window),
        out(patience),
        in(window) {}

  const FrameType type;
  zmq::socket_t socket;
  Allowance allowance;  // any thread
  LinkSender out;
  LinkReceiver in;
  bool is_blocked = false;  // the socket took no more at the last try
  SimTime owes_since = kNever;
};

struct PeerLink {
  PeerLink(zmq::context_t& context, std::uint32_t window, Nanos patience)
      : data(FrameType::data, context, window, patience),
        control(FrameType::control, context, window, patience) {}

  [[nodiscard]] PeerState state() const noexcept {
    // acquire: what happened before is seen; pairs with release in Links::Thread::change().
    return shown_state.load(std::memory_order_acquire);
  }
  /// It will not hear or say anything any more.
  [[nodiscard]] bool is_gone() const noexcept {
    const PeerState now = state();
    return now == PeerState::lost || now == PeerState::stranger || now == PeerState::left;
  }
  /// It has said that it hears this process.
  [[nodiscard]] bool does_hear() const noexcept {
    return hears.load(std::memory_order_relaxed);  // relaxed: a word of its own
  }

  LinkWay data;
  LinkWay control;
  SlabPtr batch;  // data that waits for more
  SimTime batch_since{};
  std::optional<Incarnation> incarnation;
  SimTime heard_at{};
  SimTime answered_at{};     // when it had last heard this node, as it says
  std::int64_t echo_ns = 0;  // its clock, in the last beat
  SimTime echo_at{};         // when that came
  SimTime beat_at{};         // when it gets the next one
  HeldWords words{Links::kMessageBytesMax};
  std::vector<Incarnation> former;  // processes that were in its place
  std::mutex tell_mutex;    // parts of one message follow each other, and wait for room in turn
  std::string user;         // as whom it passes the ZapHandler
  NodeEndpoints undialled;  // where it is, until this node has called it
  std::atomic<bool> is_given_up{false};  // written by whoever gives it up
  // Written by the links' thread, read by any.
  std::atomic<std::uint32_t> life{0};
  std::atomic<bool> hears{false};  // in its present life
  std::atomic<PeerState> shown_state{PeerState::unknown};
  std::atomic<std::uint64_t> bytes{0};
  std::atomic<std::uint64_t> frames{0};
  std::atomic<std::uint64_t> resent{0};
  std::atomic<std::uint64_t> refused{0};
  HistogramRecorder round_trip;
};

}  // namespace chargemill::runtime
