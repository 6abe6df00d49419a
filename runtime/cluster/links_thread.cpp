#include "runtime/cluster/links_thread.hpp"

#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "runtime/base/assert.hpp"
#include "runtime/cluster/masked_signals.hpp"

namespace chargemill::runtime {
namespace {

using Layout = FrameLayout;

constexpr Nanos kBatchFor = Millis{1};
constexpr std::size_t kBatchBytes = 32'768;  // go at once
constexpr std::size_t kWholeBytes = 16'384;  // a parcel that is a frame of its own
constexpr Nanos kAckAfter = Millis{10};
constexpr Nanos kGreetEvery = Millis{20};  // who has not been heard, or does not hear this one yet
constexpr Nanos kSleepMax = Millis{100};
constexpr int kBrokenAfterMs = 5'000;  // TCP, without acknowledgement
static_assert(Millis{kBrokenAfterMs} == LinkSender::kPatienceMax);
constexpr int kFramesWaitingMax = 64;  // in libzmq, on each side
/// What CURVE puts around a frame: "\7MESSAGE", a short nonce, the authenticator and a byte of
/// flags (ZeroMQ RFC 26). libzmq holds a message to its limit as it is on the wire, and ends the
/// connection of one that exceeds it.
constexpr std::size_t kCurveBytes = 8 + 8 + 16 + 1;

SimTime clock_now() noexcept {
  return SimTime{
      std::chrono::duration_cast<Nanos>(std::chrono::steady_clock::now().time_since_epoch())};
}
}  // namespace

Links::Thread::Thread(LinksOptions options, LinkEvents& events)
    : options_(std::move(options)),
      events_(events),
      context_(2),
      data_in_(context_, zmq::socket_type::pull),
      control_in_(context_, zmq::socket_type::pull),
      peers_(options_.nodes.size()),
      wake_fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  CHARGEMILL_ASSERT(wake_fd_ >= 0);
}

Links::Thread::~Thread() {
  if (thread_.joinable()) {
    // release: all handed over before it is; pairs with acquire in run().
    is_leaving_.store(true, std::memory_order_release);
    wake();
    thread_.join();
  }
  while (InboundNode* node = inbound_.take_all()) {
    while (node != nullptr) {
      InboundNode* const next = node->inbound_next;
      static_cast<Slab*>(node)->let_go();
      node = next;
    }
  }
  ::close(wake_fd_);
}

void Links::Thread::start() {
  if (!options_.secret_key.empty()) zap_ = std::make_unique<ZapHandler>(context_);
  // First their keys are known, then they can call.
  for (unsigned node = 0; node < peers_.size(); ++node) {
    const auto& where = options_.nodes[node];
    if (node != options_.self && !is_absent(where)) welcome(node, where, !options_.joins);
  }
  const auto& mine = options_.nodes[options_.self];
  configure(data_in_, kDataIo);
  configure(control_in_, kControlIo);
  despite_signals([&] { data_in_.bind(mine.data); });
  despite_signals([&] { control_in_.bind(mine.control); });
  const MaskedSignals masked;
  thread_ = std::thread{[this] { run(); }};
}

void Links::Thread::wake() const {
  const std::uint64_t one = 1;
  (void)!::write(wake_fd_, &one, sizeof one);
}

void Links::Thread::configure(zmq::socket_t& socket, std::uint64_t io_threads) const {
  namespace opt = zmq::sockopt;
  socket.set(opt::affinity, io_threads);
  socket.set(opt::linger, 200);
  socket.set(opt::sndhwm, kFramesWaitingMax);
  socket.set(opt::rcvhwm, kFramesWaitingMax);
  socket.set(opt::maxmsgsize,
             static_cast<std::int64_t>(Layout::kBytesMax + (zap_ ? kCurveBytes : 0)));
  socket.set(opt::handshake_ivl, 2'000);
  socket.set(opt::backlog, 1'024);
  socket.set(opt::immediate, 1);
  socket.set(opt::reconnect_ivl, 50);
  socket.set(opt::reconnect_ivl_max, 2'000);
  // Dead connections are found by TCP, silent peers by our own heartbeats. Those of ZMTP end the
  // process (`Assertion failed: !_io_error`, libzmq issues 3937, 4364 and 4767, open in 4.3.4) when
  // one is due on a connection that broke while it read no more, as after a long sleep.
  socket.set(opt::tcp_keepalive, 1);
  socket.set(opt::tcp_keepalive_idle, 1);
  socket.set(opt::tcp_keepalive_intvl, 1);
  socket.set(opt::tcp_keepalive_cnt, 3);
  socket.set(opt::tcp_maxrt, kBrokenAfterMs);
  if (!zap_) return;
  const bool listens = socket.get(opt::type) == static_cast<int>(zmq::socket_type::pull);
  if (listens) {
    socket.set(opt::curve_server, 1);
    socket.set(opt::zap_domain, ZapHandler::kDomain);
  } else {
    socket.set(opt::curve_publickey, options_.nodes[options_.self].key);
  }
  socket.set(opt::curve_secretkey, options_.secret_key);
}

void Links::Thread::hand_over(unsigned node, SlabPtr slab, bool is_control) {
  PeerLink* const to = peer(node);
  if (to == nullptr) return;  // nobody is there
  LinkWay& way = is_control ? to->control : to->data;
  if (!way.allowance.take(slab->body_bytes())) return;
  slab->to = static_cast<std::uint16_t>(node);
  slab->is_control = is_control;
  if (inbound_.push(slab.release())) wake();
}

void Links::Thread::tell(unsigned node, std::string_view message, std::uint32_t life) {
  constexpr std::size_t kPartBytes = Layout::kBodyBytesMax - kPartHead;
  PeerLink* const to = peer(node);
  if (to == nullptr) return;  // nobody is there
  const std::lock_guard<std::mutex> lock(to->tell_mutex);
  // relaxed: who comes to its place just now has not heard of anything yet. All parts go to one.
  if (life == kAnyLife) life = to->life.load(std::memory_order_relaxed);
  do {
    if (peer(node) != to) return;  // who has come to its place meanwhile is told nothing of that
    const std::string_view part = message.substr(0, kPartBytes);
    message.remove_prefix(part.size());
    SlabPtr slab = SlabPool::make(kPartHead + part.size());
    store_at(slab->body() + kIsLastAt, static_cast<std::uint8_t>(message.empty() ? 1 : 0));
    if (!part.empty()) std::memcpy(slab->body() + kPartHead, part.data(), part.size());
    slab->grow(kPartHead + part.size());
    slab->life = life;
    hand_over(node, std::move(slab), true);
  } while (!message.empty());
}

// Whoever waits for room for it must not wait until the thread looks at the clock.
void Links::Thread::give_up(unsigned node) {
  PeerLink* const lost = peer(node);
  if (lost == nullptr) return;
  lost->is_given_up.store(true,
                          std::memory_order_release);  // release: pairs with acquire in hear()
  let_nobody_wait(node);
  wake();
}

void Links::Thread::let_nobody_wait(unsigned node) {
  PeerLink* const lost = peer(node);
  if (lost == nullptr) return;
  lost->data.allowance.close();
  lost->control.allowance.close();
}

void Links::Thread::let_no_sender_wait() {
  each_peer([](unsigned, PeerLink& peer) { peer.data.allowance.close(); });
}

void Links::Thread::run() {
  (void)pthread_setname_np(pthread_self(), kName);
  for (;;) {
    now_ = clock_now();
    // What was handed over before they came is for whoever was there before.
    const auto newcomers = take_newcomers();
    bool is_busy = take_handed_over();
    answer(newcomers);
    is_busy = receive(control_in_) || is_busy;
    is_busy = receive(data_in_) || is_busy;
    keep_time();
    each_peer([&](unsigned, PeerLink& peer) {
      is_busy = push_out(peer, peer.control) || is_busy;
      is_busy = push_out(peer, peer.data) || is_busy;
    });
    // acquire: pairs with release in the destructor.
    if (is_leaving_.load(std::memory_order_acquire) && is_done()) break;
    if (!is_busy) wait();
  }
  each_peer([&](unsigned, PeerLink& peer) { send_beat(peer, true); });
}

bool Links::Thread::take_handed_over() {
  InboundNode* node = inbound_.take_all();
  if (node == nullptr) return false;
  while (node != nullptr) {
    InboundNode* const next = node->inbound_next;
    SlabPtr slab{static_cast<Slab*>(node)};
    PeerLink& peer = *this->peer(slab->to);  // it was there when this was handed over
    node = next;
    if (peer.is_gone()) continue;
    // relaxed: written by this thread.
    if (slab->life != kAnyLife && slab->life != peer.life.load(std::memory_order_relaxed)) {
      (slab->is_control ? peer.control : peer.data).allowance.give_back(slab->body_bytes());
      continue;
    }
    if (slab->is_control) {
      frame_control(peer, std::move(slab));
    } else {
      add_parcel(peer, std::move(slab));
    }
  }
  return true;
}

void Links::Thread::frame_control(PeerLink& peer, SlabPtr slab) {
  flush(peer);
  store_at(slab->body() + kMarkAt, peer.data.out.next_sequence() - 1);
  frame(peer, peer.control, std::move(slab));
}

void Links::Thread::add_parcel(PeerLink& peer, SlabPtr parcel) {
  if (peer.batch && peer.batch->room() < parcel->body_bytes()) flush(peer);
  if (!peer.batch && parcel->body_bytes() >= kWholeBytes)
    return frame(peer, peer.data, std::move(parcel));
  if (!peer.batch) {
    peer.batch = std::move(parcel);
    peer.batch_since = now_;
    return;
  }
  std::memcpy(peer.batch->end(), parcel->body(), parcel->body_bytes());
  peer.batch->grow(parcel->body_bytes());
  if (peer.batch->body_bytes() >= kBatchBytes) flush(peer);
}

// What waits is counted by the bytes that it bears, and a slab of the pool has room for 64 KiB:
// small ones by the hundred, a batch each millisecond, would wait for a slow peer in a thousand
// times as much memory.
void Links::Thread::flush(PeerLink& peer) {
  if (!peer.batch) return;
  SlabPtr batch = std::exchange(peer.batch, {});
  if (batch->body_bytes() < kWholeBytes) batch = SlabPool::fitted(std::move(batch));
  frame(peer, peer.data, std::move(batch));
}

void Links::Thread::frame(PeerLink& peer, LinkWay& way, SlabPtr slab) {
  seal_frame(slab->frame(), head(peer, way.type, way.out.next_sequence()), slab->body_bytes());
  way.allowance.add(Layout::kHeaderBytes);
  way.out.keep(std::move(slab));
}

// Where nodes may return, whoever is in that place by the time it arrives must know whether it is
// meant.
FrameHead Links::Thread::head(const PeerLink& peer, FrameType type,
                              std::uint64_t sequence) const noexcept {
  const bool names_receiver = options_.may_return && peer.incarnation;
  const auto epoch = names_receiver ? static_cast<std::uint32_t>(*peer.incarnation) : 0;
  return {type, options_.self, options_.incarnation, epoch, sequence};
}

bool Links::Thread::push_out(PeerLink& peer, LinkWay& way) {
  bool any = false;
  way.is_blocked = false;
  for (int i = 0; i < kFramesPerTurn; ++i) {
    const auto* const entry = way.out.due();
    if (entry == nullptr) break;
    if (!put_on_the_wire(way, entry->frame)) {
      way.is_blocked = true;
      break;
    }
    count(peer.frames);
    count(peer.bytes, entry->bytes);
    way.out.sent(now_);
    any = true;
  }
  peer.resent.store(peer.data.out.resent() + peer.control.out.resent(),
                    std::memory_order_relaxed);  // relaxed: a counter
  return any;
}

bool Links::Thread::put_on_the_wire(LinkWay& way, const SlabPtr& slab) {
  SlabPtr held = slab;
  Slab* const kept = held.release();
  zmq::message_t message{kept->frame(), kept->frame_bytes(),
                         [](void*, void* hint) { static_cast<Slab*>(hint)->let_go(); }, kept};
  return despite_signals([&] { return way.socket.send(message, zmq::send_flags::dontwait); })
      .has_value();
}

void Links::Thread::keep_time() {
  each_peer([&](unsigned node, PeerLink& peer) {
    // A stranger must be told that it is one.
    if (peer.state() == PeerState::stranger && now_ >= peer.beat_at) send_beat(peer, false);
    if (peer.is_gone()) return;
    // relaxed: here it is only shown.
    if (peer.is_given_up.load(std::memory_order_relaxed))
      return change(node, peer, PeerState::lost);
    if (peer.batch && now_ >= peer.batch_since + kBatchFor) flush(peer);
    peer.data.out.tick(now_);
    peer.control.out.tick(now_);
    bool is_due = now_ >= peer.beat_at;
    for (const LinkWay* way : {&peer.data, &peer.control}) {
      if (!way->in.owes_an_ack()) continue;
      is_due = is_due || way->in.is_pressing() || now_ >= way->owes_since + kAckAfter;
    }
    if (is_due) send_beat(peer, false);
    if (peer.state() == PeerState::unknown) return;  // whoever waits for it knows how long
    // What is heard one way only is cut: both ends say so at once, and not when buffers are full.
    const Nanos silent = now_ - std::min(peer.heard_at, peer.answered_at);
    if (silent > options_.suspect_after && peer.state() == PeerState::alive)
      change(node, peer, PeerState::suspect);
    if (silent > options_.lost_after) change(node, peer, PeerState::lost);
  });
}

void Links::Thread::send_beat(PeerLink& peer, bool is_leaving) {
  Beat beat;
  beat.plan = options_.plan;
  beat.data = peer.data.in.ack();
  beat.control = peer.control.in.ack();
  beat.clock_ns = now_.time_since_epoch().count();
  beat.echo_ns = peer.echo_ns;
  beat.held_ns = (now_ - peer.echo_at).count();
  beat.is_leaving = is_leaving;
  const SlabPtr slab = SlabPool::make(BeatLayout::kBytes);
  write_beat(beat, slab->body());
  slab->grow(BeatLayout::kBytes);
  seal_frame(slab->frame(), head(peer, FrameType::beat, 0), BeatLayout::kBytes);
  const bool is_greeting = !peer.does_hear() && !peer.is_gone();
  peer.beat_at = now_ + (is_greeting ? kGreetEvery : options_.beat_every);
  const bool has_gone =
      put_on_the_wire(peer.control, slab);  // if nobody is there, the next one will
  for (LinkWay* way : {&peer.data, &peer.control}) {
    if (has_gone) way->in.acked();
    way->owes_since = has_gone || !way->in.owes_an_ack() ? kNever : now_;
  }
}

bool Links::Thread::is_done() {
  if (leaving_until_ == kNever) leaving_until_ = now_ + options_.leave_for;
  if (now_ >= leaving_until_) return true;
  bool is_idle = inbound_.looks_empty();
  each_peer([&](unsigned, PeerLink& peer) {
    flush(peer);
    // Only who answers is waited for: what is on the wire reaches one that is merely slow. To one
    // that does not hear this node yet, the word that it leaves would go nowhere.
    if (peer.state() != PeerState::alive) return;
    is_idle = is_idle && peer.does_hear() && peer.data.out.is_idle() && peer.control.out.is_idle();
  });
  return is_idle;
}

SimTime Links::Thread::next_deadline() const {
  SimTime next = now_ + kSleepMax;
  for (unsigned node = 0; node < peers_.size(); ++node) {
    const PeerLink* const peer = this->peer(node);
    if (peer == nullptr || peer->is_gone()) continue;
    next = std::min(next, peer->beat_at);
    if (peer->batch) next = std::min(next, peer->batch_since + kBatchFor);
    for (const LinkWay* way : {&peer->data, &peer->control}) {
      next = std::min(next, way->out.deadline());
      if (way->owes_since != kNever) next = std::min(next, way->owes_since + kAckAfter);
    }
  }
  return next;
}

void Links::Thread::wait() {
  std::vector<zmq::pollitem_t> items{{nullptr, wake_fd_, ZMQ_POLLIN, 0},
                                     {data_in_.handle(), 0, ZMQ_POLLIN, 0},
                                     {control_in_.handle(), 0, ZMQ_POLLIN, 0}};
  each_peer([&](unsigned, PeerLink& peer) {
    for (LinkWay* way : {&peer.data, &peer.control}) {
      if (way->is_blocked) items.push_back({way->socket.handle(), 0, ZMQ_POLLOUT, 0});
    }
  });
  const SimTime until = next_deadline();
  if (!inbound_.try_sleep()) return;
  despite_signals([&] {
    const Nanos left = std::max(Nanos{0}, until - clock_now());
    return zmq::poll(items, std::chrono::ceil<Millis>(left));
  });
  inbound_.stay_awake();
  std::uint64_t wakes = 0;
  (void)!::read(wake_fd_, &wakes, sizeof wakes);
}

}  // namespace chargemill::runtime
