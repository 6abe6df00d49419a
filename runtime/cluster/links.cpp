#include "runtime/cluster/links.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "runtime/base/assert.hpp"
#include "runtime/cluster/links_thread.hpp"

namespace chargemill::runtime {
namespace {

Result<void> refuse(const std::string& text) { return failure(ErrorKind::invalid_input, text); }

bool is_port(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// An address: a name that begins so may be anybody's.
bool is_loopback(std::string_view host) noexcept {
  std::array<char, INET_ADDRSTRLEN> text{};
  if (host.size() >= text.size()) return false;
  std::copy(host.begin(), host.end(), text.begin());
  in_addr address{};
  return ::inet_pton(AF_INET, text.data(), &address) == 1 &&
         (ntohl(address.s_addr) >> 24U) == IN_LOOPBACKNET;
}

Result<void> check(const NodeEndpoints& node, bool is_plain) {
  // What follows it would be the address, to ZeroMQ (zmq_tcp(7)).
  for (const auto& endpoint : {node.data, node.control}) {
    if (endpoint.find(';') != std::string::npos)
      return refuse(endpoint + ": an address has no ';'");
  }
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
  constexpr std::string_view kIpc = "ipc://";
  constexpr std::string_view kTcp = "tcp://";
  if (endpoint.substr(0, kIpc.size()) == kIpc) return true;
  if (endpoint.substr(0, kTcp.size()) != kTcp) return false;
  endpoint.remove_prefix(kTcp.size());
  const std::size_t colon = endpoint.rfind(':');
  if (colon == std::string_view::npos || !is_port(endpoint.substr(colon + 1))) return false;
  const std::string_view host = endpoint.substr(0, colon);
  return host == "localhost" || host == "[::1]" || is_loopback(host);
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
