// What the links' thread does with what comes in.
#include <zmq.h>

#include <algorithm>
#include <cstring>

#include "runtime/cluster/links_thread.hpp"
#include "runtime/cluster/masked_signals.hpp"

namespace chargemill::runtime {

bool Links::Thread::receive(zmq::socket_t& socket) {
  bool any = false;
  for (int i = 0; i < kFramesPerTurn; ++i) {
    zmq::message_t message;
    const auto heard =
        despite_signals([&] { return socket.recv(message, zmq::recv_flags::dontwait); });
    if (!heard) break;
    hear(message);
    any = true;
  }
  return any;
}

// The key that a connection was let in with says who speaks; a frame must not say otherwise. That
// enforces the domain too (the option to do so is not in Debian's libzmq): a connection that was
// let in without asking the ZapHandler has no User-Id.
bool Links::Thread::is_from_itself(const zmq::message_t& message, const PeerLink& peer) const {
  if (!zap_) return true;
  const char* const user = ::zmq_msg_gets(message.handle(), "User-Id");
  return user != nullptr && peer.user == user;
}

void Links::Thread::hear(const zmq::message_t& message) {
  const auto frame = read_frame({static_cast<const std::byte*>(message.data()), message.size()});
  if (!frame) return;
  const unsigned node = frame->head.node;
  if (node >= peers_.size() || this->peer(node) == nullptr) return;
  PeerLink& peer = *this->peer(node);
  if (message.more() || !is_from_itself(message, peer)) return count(peer.refused);
  // acquire: pairs with release in give_up().
  if (peer.is_gone() || peer.is_given_up.load(std::memory_order_acquire)) return;
  count(peer.frames);
  count(peer.bytes, message.size());
  if (frame->head.type == FrameType::beat) return hear_beat(node, peer, *frame);
  // Before its first beat nobody knows what it simulates; it will send again.
  if (peer.incarnation != frame->head.incarnation || !is_meant(*frame)) return count(peer.refused);
  peer.heard_at = now_;
  LinkWay& way = frame->head.type == FrameType::data ? peer.data : peer.control;
  const auto verdict = way.in.take(frame->head.sequence, message.size());
  if (way.in.owes_an_ack() && way.owes_since == kNever) way.owes_since = now_;
  if (verdict != LinkReceiver::Verdict::deliver) return;
  if (way.type == FrameType::data) {
    events_.on_data(node, frame->body);
  } else {
    hear_control(peer, frame->body);
  }
  show_held(node, peer);
}

void Links::Thread::hear_beat(unsigned node, PeerLink& peer, const Frame& frame) {
  const auto beat = read_beat(frame.body);
  if (!beat) return count(peer.refused);
  if (beat->plan != options_.plan) return change(node, peer, PeerState::stranger);
  if (peer.incarnation != frame.head.incarnation) {
    const auto& former = peer.former;
    if (std::find(former.begin(), former.end(), frame.head.incarnation) != former.end()) return;
    if (options_.may_return) begin_life(node, peer, frame.head.incarnation);
  }
  if (!peer.incarnation) {
    peer.incarnation = frame.head.incarnation;
    peer.beat_at = now_;  // it may wait for us
    try {
      dial(peer);
    } catch (const zmq::error_t&) {
      return change(node, peer, PeerState::lost);
    }
  }
  // What the former process knew is gone; its successor cannot go on from here.
  if (peer.incarnation != frame.head.incarnation) return change(node, peer, PeerState::lost);
  peer.heard_at = now_;
  // One that has not heard this process yet says nothing of it.
  const bool says_when = is_meant(frame) && beat->echo_ns != 0;
  peer.answered_at = says_when ? now_ - Nanos{std::max<std::int64_t>(0, beat->held_ns)} : now_;
  peer.echo_ns = beat->clock_ns;
  peer.echo_at = now_;
  if (!is_meant(frame)) {  // it has not heard of this process yet
    if (peer.state() != PeerState::alive) change(node, peer, PeerState::alive);
    return;
  }
  if (says_when) {
    peer.round_trip.record(Nanos{now_.time_since_epoch().count() - beat->echo_ns - beat->held_ns});
    note_hearing(node, peer);
  }
  acknowledge(peer, peer.data, beat->data);
  acknowledge(peer, peer.control, beat->control);
  if (beat->is_leaving) return change(node, peer, PeerState::left);
  const bool hears = now_ - peer.answered_at <= options_.suspect_after;
  if (!hears || peer.state() == PeerState::alive) return;
  peer.data.out.hurry();
  peer.control.out.hurry();
  change(node, peer, PeerState::alive);
}

void Links::Thread::note_hearing(unsigned node, PeerLink& peer) {
  if (peer.does_hear()) return;
  peer.hears.store(true, std::memory_order_relaxed);  // relaxed: see does_hear()
  events_.on_peer(node, peer.state());                // whoever waits for it looks
}

bool Links::Thread::is_meant(const Frame& frame) const noexcept {
  return !options_.may_return ||
         frame.head.epoch == static_cast<std::uint32_t>(options_.incarnation);
}

// All that was for the former process goes: whoever sent it knows what the new one must have.
void Links::Thread::begin_life(unsigned node, PeerLink& peer, Incarnation incarnation) {
  if (peer.incarnation) peer.former.push_back(*peer.incarnation);
  peer.incarnation = incarnation;
  peer.beat_at = now_;  // it may wait for us
  peer.echo_ns = 0;
  peer.hears.store(false, std::memory_order_relaxed);  // relaxed: see does_hear()
  peer.words.clear();
  const std::size_t batched = peer.batch ? peer.batch->body_bytes() : 0;
  peer.batch = {};
  for (LinkWay* way : {&peer.data, &peer.control}) {
    way->in.start_over();
    way->allowance.give_back(way->out.start_over() + (way == &peer.data ? batched : 0));
  }
  // relaxed, both: one writer; whoever reads an old number sends what will not be taken.
  peer.life.store(peer.life.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  const std::string first = events_.on_life(node);
  if (!first.empty()) tell_at_once(node, first);
}

void Links::Thread::send_at_once(unsigned node, ByteView parcel) {
  PeerLink& peer = *this->peer(node);
  SlabPtr slab = SlabPool::make(parcel.size);
  std::memcpy(slab->body(), parcel.data, parcel.size);
  slab->grow(parcel.size);
  peer.data.allowance.add(parcel.size);
  flush(peer);
  frame(peer, peer.data, std::move(slab));
}

void Links::Thread::tell_at_once(unsigned node, std::string_view message) {
  PeerLink& peer = *this->peer(node);
  SlabPtr slab = SlabPool::make(kPartHead + message.size());
  store_at(slab->body() + kIsLastAt, std::uint8_t{1});
  std::memcpy(slab->body() + kPartHead, message.data(), message.size());
  slab->grow(kPartHead + message.size());
  peer.control.allowance.add(slab->body_bytes());
  frame_control(peer, std::move(slab));
}

void Links::Thread::acknowledge(PeerLink& peer, LinkWay& way, const Ack& ack) {
  std::uint64_t freed = 0;
  if (!way.out.acknowledge(ack, now_, freed)) return count(peer.refused);
  if (freed > 0) way.allowance.give_back(freed);
}

void Links::Thread::hear_control(PeerLink& peer, ByteView body) {
  const auto part = read_part(body);
  if (!part) peer.words.lose_part();
  if (!part || !peer.words.take(*part, FrameLayout::kHeaderBytes + body.size)) count(peer.refused);
}

// While data is sent again control goes on, and waits for it here. As much as a window of it has
// room; data comes nevertheless, so it does not stay.
void Links::Thread::show_held(unsigned node, PeerLink& peer) {
  peer.words.show(peer.data.in.next(),
                  [&](std::string_view text) { events_.on_control(node, text); });
  LinkWay& way = peer.control;
  way.in.hold(peer.words.bytes());
  if (way.in.owes_an_ack() && way.owes_since == kNever) way.owes_since = now_;
}

void Links::Thread::change(unsigned node, PeerLink& peer, PeerState to) {
  if (peer.state() == to) return;
  peer.shown_state.store(to, std::memory_order_release);  // release: see PeerLink::state()
  if (peer.is_gone()) {
    peer.data.allowance.close();
    peer.control.allowance.close();
  }
  events_.on_peer(node, to);
}

}  // namespace chargemill::runtime
