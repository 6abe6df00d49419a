// What whoever reaches a node's ports cannot do there, with a key or without one.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zmq.h>

#include <cerrno>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/cluster/links.hpp"
#include "tests/runtime/cluster/link_story.hpp"

namespace chargemill::runtime {
namespace {

constexpr Incarnation kLife{101};

/// A TCP connection that speaks no ZeroMQ.
class Visitor {
 public:
  Visitor() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
  Visitor(Visitor&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}
  Visitor(const Visitor&) = delete;
  Visitor& operator=(const Visitor&) = delete;
  ~Visitor() {
    if (socket_ >= 0) ::close(socket_);
  }

  /// Ports that were free, all at once; somebody else might take one until it is used.
  static std::vector<std::string> free_addresses(std::size_t count) {
    std::vector<Visitor> holders(count);
    std::vector<std::string> addresses;
    for (const auto& holder : holders) {
      auto address = on_loopback(0);
      socklen_t size = sizeof address;
      auto* const generic = reinterpret_cast<sockaddr*>(&address);
      EXPECT_EQ(::bind(holder.socket_, generic, size), 0);
      EXPECT_EQ(::getsockname(holder.socket_, generic, &size), 0);
      addresses.push_back("tcp://127.0.0.1:" + std::to_string(ntohs(address.sin_port)));
    }
    return addresses;
  }

  [[nodiscard]] bool call(const std::string& endpoint) const {
    const auto port = std::stoul(endpoint.substr(endpoint.rfind(':') + 1));
    const auto address = on_loopback(static_cast<std::uint16_t>(port));
    return ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  void say(std::string_view bytes) const {
    EXPECT_EQ(::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
  }
  /// Until the other end has closed the connection; false: it stays.
  [[nodiscard]] bool await_end() const {
    const timeval patience{60, 0};
    (void)::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    char said[256];
    ssize_t bytes = ::recv(socket_, said, sizeof said, 0);
    while (bytes > 0) bytes = ::recv(socket_, said, sizeof said, 0);
    return bytes == 0 || errno == ECONNRESET;
  }

 private:
  static sockaddr_in on_loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
  }

  int socket_;
};

// As of a scan of ports, or of whoever would use up what a node has for connections.
TEST_F(LinksWithKeys, AreNotDisturbedByConnectionsThatNeverShakeHands) {
  make_keys(2);
  const auto free = Visitor::free_addresses(4);
  for (std::size_t node = 0; node < 2; ++node) {
    options_.nodes[node].data = free[2 * node];
    options_.nodes[node].control = free[2 * node + 1];
  }
  open_with_key(0);
  std::vector<Visitor> visitors;
  for (int i = 0; i < 20; ++i) {
    for (const auto& port : {options_.nodes[0].data, options_.nodes[0].control}) {
      ASSERT_TRUE(visitors.emplace_back().call(port));
      // The first half of a greeting, of a name as of HTTP, or nothing.
      if (i % 3 == 1) visitors.back().say({"\xFF\0\0\0\0\0\0\0\1\x7F\3", 11});
      if (i % 3 == 2) visitors.back().say("GET");
    }
  }
  open_with_key(1);
  ASSERT_TRUE(nodes_[0].ear.await_state(1, PeerState::alive));
  ASSERT_TRUE(nodes_[1].ear.await_state(0, PeerState::alive));
  for (int i = 0; i < 200; ++i) {
    nodes_[0].send(1, 1'000);
    nodes_[1].send(0, 1'000);
  }
  EXPECT_TRUE(nodes_[0].ear.await_number(1, nodes_[1].sent));
  EXPECT_TRUE(nodes_[1].ear.await_number(0, nodes_[0].sent));
  for (const auto& visitor : visitors) EXPECT_TRUE(visitor.await_end());
  EXPECT_EQ(nodes_[0].ear.wrong(), 0);
  EXPECT_EQ(nodes_[1].ear.wrong(), 0);
  EXPECT_EQ(nodes_[0].links->state_of(1), PeerState::alive);
}

/// Whoever sends data to a node, and hears when it ends the connection.
class Caller {
 public:
  explicit Caller(const NodeEndpoints& to, const KeyPair& keys = {}) {
    socket_.set(zmq::sockopt::linger, 0);
    if (!keys.public_key.empty()) {
      socket_.set(zmq::sockopt::curve_serverkey, to.key);
      socket_.set(zmq::sockopt::curve_publickey, keys.public_key);
      socket_.set(zmq::sockopt::curve_secretkey, keys.secret_key);
    }
    EXPECT_EQ(::zmq_socket_monitor(socket_.handle(), "inproc://ends", ZMQ_EVENT_DISCONNECTED), 0);
    ends_.set(zmq::sockopt::rcvtimeo, 60'000);
    ends_.set(zmq::sockopt::linger, 0);
    ends_.connect("inproc://ends");
    socket_.connect(to.data);
  }
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;
  ~Caller() { (void)::zmq_socket_monitor(socket_.handle(), nullptr, 0); }

  void say(const std::string& bytes) { (void)socket_.send(zmq::buffer(bytes)); }
  [[nodiscard]] bool await_end() {
    zmq::message_t part;
    if (!ends_.recv(part)) return false;
    while (part.more()) (void)ends_.recv(part);
    return true;
  }

 private:
  zmq::context_t context_;
  zmq::socket_t socket_{context_, zmq::socket_type::push};
  zmq::socket_t ends_{context_, zmq::socket_type::pair};
};

/// Frame `sequence` of node 1, with these numbers.
std::string numbers(std::uint64_t sequence, std::uint64_t first, std::uint64_t last) {
  const auto bytes = static_cast<std::size_t>(last + 1 - first) * sizeof first;
  std::string frame(FrameLayout::kHeaderBytes + bytes, '\0');
  auto* const at = reinterpret_cast<std::byte*>(frame.data());
  for (std::uint64_t number = first; number <= last; ++number)
    store_at(at + FrameLayout::kHeaderBytes + (number - first) * sizeof first, number);
  seal_frame(at, {FrameType::data, 1, kLife, 0, sequence}, bytes);
  return frame;
}
constexpr std::uint64_t kFull = FrameLayout::kBodyBytesMax / sizeof(std::uint64_t);

TEST_F(LinksOnThisMachine, TakeAMessageAsLargeAsAFrameMayBeAndEndTheConnectionForOneByteMore) {
  options_.nodes = folder_.endpoints(2);
  options_.suspect_after = 1h;
  options_.lost_after = 3h;
  open(0);
  Stranger peer{options_.nodes[0]};
  peer.say_beat(1, kLife, {});
  ASSERT_TRUE(nodes_[0].ear.await_state(1, PeerState::alive));
  Caller caller{options_.nodes[0]};
  caller.say(numbers(1, 1, kFull));
  EXPECT_TRUE(nodes_[0].ear.await_number(1, kFull));
  caller.say(numbers(2, kFull + 1, 2 * kFull) + "x");
  EXPECT_TRUE(caller.await_end());
  EXPECT_EQ(nodes_[0].ear.number(1), kFull);
  Caller next{options_.nodes[0]};
  next.say(numbers(2, kFull + 1, kFull + 7));
  EXPECT_TRUE(nodes_[0].ear.await_number(1, kFull + 7));
  EXPECT_EQ(nodes_[0].ear.wrong(), 0);
}

TEST_F(LinksWithKeys, EndTheConnectionForOneByteMoreThanAFrameMayHave) {
  make_keys(2);
  options_.suspect_after = 1h;
  options_.lost_after = 3h;
  open_with_key(0);
  Stranger peer{options_.nodes[0], keys_[1]};
  peer.say_beat(1, kLife, {});
  ASSERT_TRUE(nodes_[0].ear.await_state(1, PeerState::alive));
  Caller caller{options_.nodes[0], keys_[1]};
  caller.say(numbers(1, 1, kFull));
  EXPECT_TRUE(nodes_[0].ear.await_number(1, kFull));
  caller.say(numbers(2, kFull + 1, 2 * kFull) + "x");
  EXPECT_TRUE(caller.await_end());
  EXPECT_EQ(nodes_[0].ear.number(1), kFull);
}

/// What node 0 says to the place of node 1.
class Listener {
 public:
  explicit Listener(const NodeEndpoints& where) {
    socket_.set(zmq::sockopt::rcvtimeo, 60'000);
    socket_.bind(where.control);
  }

  /// Hears beats until one fits.
  template <class Fits>
  [[nodiscard]] std::optional<Beat> await(Fits fits) {
    constexpr int kBeatsMax = 1'000;
    zmq::message_t message;
    for (int beats = 0; beats < kBeatsMax && socket_.recv(message); ++beats) {
      const auto frame =
          read_frame({static_cast<const std::byte*>(message.data()), message.size()});
      if (!frame || frame->head.type != FrameType::beat) continue;
      const auto beat = read_beat(frame->body);
      if (beat && fits(*beat)) return *beat;
    }
    return std::nullopt;
  }

 private:
  zmq::context_t context_;
  zmq::socket_t socket_{context_, zmq::socket_type::pull};
};

/// A part of a control message, to be shown after data frame `mark`.
std::string part_of(std::string_view text, bool is_last, std::uint64_t mark) {
  std::string body(PartLayout::kHeadBytes, '\0');
  store_at(reinterpret_cast<std::byte*>(body.data()) + PartLayout::kMarkAt, mark);
  body[PartLayout::kIsLastAt] = static_cast<char>(is_last);
  return body.append(text);
}
void say(Stranger& peer, std::uint64_t sequence, std::string_view body) {
  peer.say_frame({FrameType::control, 1, kLife, 0, sequence}, body);
}
/// A whole one of 1,000 bytes that says its number.
void tell(Stranger& peer, std::uint64_t number, std::uint64_t mark) {
  std::string text = std::to_string(number);
  text.resize(1'000, '.');
  say(peer, number, part_of(text, true, mark));
}

// Of one that is too large: HeldWords.
TEST_F(LinksOnThisMachine, ShowNothingOfAMessageThatHasLostAPart) {
  options_.nodes = folder_.endpoints(2);
  options_.suspect_after = 1h;
  options_.lost_after = 3h;
  open(0);
  Stranger peer{options_.nodes[0]};
  peer.say_beat(1, kLife, {});
  ASSERT_TRUE(nodes_[0].ear.await_state(1, PeerState::alive));
  say(peer, 1, part_of("with ", false, 0));
  say(peer, 2, "no part");
  say(peer, 3, part_of("a hole", true, 0));
  say(peer, 4, part_of("a whole one", true, 0));
  ASSERT_TRUE(nodes_[0].ear.await_messages(1));
  EXPECT_EQ(nodes_[0].ear.message(0), "a whole one");
  EXPECT_EQ(nodes_[0].links->figures_of(1).refused, 2U);
}

// What is told waits for the data before it, which may have to be sent again.
TEST_F(LinksOnThisMachine, HoldNoMoreThanAWindowOfMessagesForDataThatIsMissing) {
  constexpr std::uint32_t kWindow = 65'536;
  constexpr std::uint64_t kMessages = 100;
  constexpr std::uint64_t kFrame = FrameLayout::kHeaderBytes + PartLayout::kHeadBytes + 1'000;
  constexpr std::uint64_t kTaken = kWindow / kFrame + 1;  // the last begins within the window
  options_.nodes = folder_.endpoints(2);
  options_.window_bytes = kWindow;
  options_.suspect_after = 1h;
  options_.lost_after = 3h;
  Listener listener{options_.nodes[1]};
  open(0);
  Stranger peer{options_.nodes[0]};
  peer.say_beat(1, kLife, {});
  ASSERT_TRUE(nodes_[0].ear.await_state(1, PeerState::alive));
  for (std::uint64_t n = 1; n <= kMessages; ++n) tell(peer, n, 1);
  Beat after_all;
  after_all.clock_ns = 77;
  peer.say_beat(1, kLife, after_all);
  const auto full = listener.await([](const Beat& beat) { return beat.echo_ns == 77; });
  ASSERT_TRUE(full.has_value());
  EXPECT_EQ(full->control.next, kTaken + 1);
  EXPECT_EQ(full->control.credit, 0U);
  peer.say_number(1, kLife, 1);
  EXPECT_TRUE(nodes_[0].ear.await_messages(kTaken));
  const auto again = listener.await([](const Beat& beat) { return beat.control.has_gap; });
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->control.next, kTaken + 1);
  EXPECT_EQ(again->control.credit, kWindow);
  for (std::uint64_t n = kTaken + 1; n <= kMessages; ++n) tell(peer, n, 1);
  ASSERT_TRUE(nodes_[0].ear.await_messages(kMessages));
  for (std::uint64_t n = 1; n <= kMessages; ++n)
    EXPECT_EQ(nodes_[0].ear.message(n - 1).substr(0, 4), (std::to_string(n) + "...").substr(0, 4));
}

}  // namespace
}  // namespace chargemill::runtime
