#include "runtime/cluster/links.hpp"

#include <algorithm>

#include "runtime/base/assert.hpp"
#include "runtime/cluster/links_thread.hpp"

namespace chargemill::runtime {
namespace {

Result<void> refuse(const std::string& text) { return failure(ErrorKind::invalid_input, text); }

Result<void> check(const NodeEndpoints& node, bool is_plain) {
  if (!is_plain && !is_key(node.key))
    return refuse(node.data + ": its key is none (40 characters of Z85)");
  if (is_plain && !(is_on_this_machine(node.data) && is_on_this_machine(node.control)))
    return refuse(node.data + ": without keys nodes talk on one machine only");
  return {};
}

Result<void> check(const LinksOptions& options) {
  if (options.nodes.size() < 2 || options.self >= options.nodes.size())
    return refuse("a cluster has two nodes or more, and this is one of them");
  const bool is_plain = options.secret_key.empty();
  if (!is_plain && public_key_of(options.secret_key) != options.nodes[options.self].key)
    return refuse("the secret key of this node does not belong to its public key");
  for (const auto& node : options.nodes) {
    if (is_absent(node)) continue;
    if (auto checked = check(node, is_plain); !checked) return checked;
  }
  return {};
}

}  // namespace

bool is_absent(const NodeEndpoints& node) noexcept { return node.data.empty(); }

bool is_on_this_machine(std::string_view endpoint) noexcept {
  for (const std::string_view local : {"ipc://", "tcp://[::1]:", "tcp://localhost:"}) {
    if (endpoint.substr(0, local.size()) == local) return true;
  }
  // An address: a name that begins so may be anybody's.
  constexpr std::string_view kNet = "tcp://127.";
  const std::size_t port = endpoint.rfind(':');
  return endpoint.substr(0, kNet.size()) == kNet &&
         endpoint.find_first_not_of("0123456789.", kNet.size()) == port;
}

Result<std::unique_ptr<Links>> Links::open(LinksOptions options, LinkEvents& events) {
  const auto checked = check(options);
  if (!checked) return tl::unexpected<Error>(checked.error());
  const std::string address = options.nodes[options.self].data;
  try {
    auto thread = std::make_unique<Thread>(std::move(options), events);
    thread->start();
    return std::unique_ptr<Links>{new Links{std::move(thread)}};
  } catch (const zmq::error_t& e) {
    return failure(ErrorKind::environment, address + ": " + e.what());
  }
}

Links::Links(std::unique_ptr<Thread> thread) : thread_(std::move(thread)) {}
Links::~Links() = default;

SlabPtr Links::parcel() { return thread_->pool().take(); }

void Links::send(unsigned node, SlabPtr parcel, std::uint32_t life) {
  CHARGEMILL_ASSERT(node < nodes() && node != self());
  parcel->life = life;
  if (parcel->body_bytes() > 0) thread_->hand_over(node, std::move(parcel), false);
}

void Links::tell(unsigned node, std::string_view message, std::uint32_t life) {
  CHARGEMILL_ASSERT(node < nodes() && node != self());
  CHARGEMILL_ASSERT(message.size() <= kMessageBytesMax);
  thread_->tell(node, message, life);
}

void Links::send_at_once(unsigned node, ByteView parcel) { thread_->send_at_once(node, parcel); }

void Links::tell_at_once(unsigned node, std::string_view message) {
  thread_->tell_at_once(node, message);
}

void Links::tell_all(std::string_view message) {
  for (unsigned node = 0; node < nodes(); ++node) {
    if (node != self()) tell(node, message);
  }
}

void Links::give_up(unsigned node) {
  CHARGEMILL_ASSERT(node < nodes() && node != self());
  thread_->give_up(node);
}

void Links::let_nobody_wait(unsigned node) {
  CHARGEMILL_ASSERT(node < nodes() && node != self());
  thread_->let_nobody_wait(node);
}

void Links::let_no_sender_wait() { thread_->let_no_sender_wait(); }

bool Links::let_in(unsigned node, const NodeEndpoints& where) {
  CHARGEMILL_ASSERT(node < nodes() && node != self());
  if (is_absent(where) || !check(where, thread_->options().secret_key.empty())) return false;
  return thread_->let_in(node, where);
}

unsigned Links::nodes() const noexcept {
  return static_cast<unsigned>(thread_->options().nodes.size());
}
unsigned Links::self() const noexcept { return thread_->options().self; }

PeerState Links::state_of(unsigned node) const noexcept {
  if (node == self()) return PeerState::alive;
  const PeerLink* const peer = thread_->peer(node);
  return peer == nullptr ? PeerState::absent : peer->state();
}

bool Links::is_heard_by(unsigned node) const noexcept {
  if (node == self()) return true;
  const PeerLink* const peer = thread_->peer(node);
  return peer != nullptr && peer->does_hear();
}

LinkFigures Links::figures_of(unsigned node) const {
  LinkFigures figures;
  figures.state = state_of(node);
  const PeerLink* const found = thread_->peer(node);
  if (found == nullptr) return figures;
  const PeerLink& peer = *found;
  // relaxed, all: counters.
  figures.bytes = peer.bytes.load(std::memory_order_relaxed);
  figures.frames = peer.frames.load(std::memory_order_relaxed);
  figures.resent = peer.resent.load(std::memory_order_relaxed);
  figures.refused = peer.refused.load(std::memory_order_relaxed);
  figures.waiting_bytes = peer.data.allowance.used() + peer.control.allowance.used();
  figures.round_trip = peer.round_trip.snapshot();
  return figures;
}

std::uint64_t Links::handshakes_refused() const noexcept { return thread_->handshakes_refused(); }

}  // namespace chargemill::runtime
