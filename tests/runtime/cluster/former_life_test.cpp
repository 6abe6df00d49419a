// What an Exchange does with the mail of a node's former process: node by hand, frame by frame, so
// that data come before control or the other way round as a law wants it.
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "runtime/cluster/exchange.hpp"
#include "runtime/cluster/meeting_log.hpp"
#include "runtime/cluster/record_layout.hpp"
#include "tests/runtime/cluster/gossip.hpp"
#include "tests/support/folder.hpp"

namespace chargemill::runtime {
namespace {

constexpr Incarnation kHere{1};                 // the process that is tested
constexpr Incarnation kRun{500};                // node 0, where that is another one
constexpr std::uint64_t kControlHeadBytes = 9;  // mark, is_last: FORMAT.md

template <class T>
void put(std::string& to, std::size_t at, T value) {
  store_at(reinterpret_cast<std::byte*>(to.data()) + at, value);
}

/// Another node of a run, in one life after another.
class ByHand {
 public:
  ByHand(const NodeEndpoints& to, unsigned node) : stranger_(to), node_(node) {}

  /// A process comes to its place that needs what is said from meeting `need` on.
  void live(Incarnation life, Incarnation run, std::uint64_t need) {
    using At = GreetingLayout;
    life_ = life;
    data_ = control_ = 0;
    stranger_.say_beat(node_, life, {});
    ++frames_;
    std::string greeting(At::kBytes, static_cast<char>(At::kWhat));
    put(greeting, At::kRunAt, run);
    put(greeting, At::kNeedAt, need);
    tell(greeting);
  }
  void meet(std::uint64_t round) {
    using At = MeetingLayout;
    std::string meeting(At::kBytes, static_cast<char>(At::kWhat));
    put(meeting, At::kRoundAt, round);
    put(meeting, At::kEarliestAt, INT64_MAX);
    put(meeting, At::kLimitAt, INT64_MAX);
    put(meeting, At::kOrdersAt, std::uint64_t{0});
    put(meeting, At::kFlagsAt, At::kTimers);
    tell(meeting);
  }
  void say(const std::string& word) { tell(kRunnersWord + word); }
  /// One message of its actor for another one, before meeting `round`.
  void send(std::uint64_t round, Entity from, Entity to) {
    using At = RecordLayout;
    constexpr std::size_t kRecord = ParcelLayout::kHeaderBytes;
    constexpr std::size_t kBytes = At::kHeaderBytes + sizeof(Hop);
    std::string parcel(kRecord + kBytes, '\0');
    put(parcel, ParcelLayout::kStampAt, round);
    put(parcel, ParcelLayout::kBytesAt, static_cast<std::uint32_t>(kBytes));
    put(parcel, kRecord + At::kLengthAt, static_cast<std::uint8_t>(sizeof(Hop)));
    put(parcel, kRecord + At::kToAt, to);
    put(parcel, kRecord + At::kFromAt, from);
    put(parcel, kRecord + At::kTimeAt, std::int64_t{1'000'000'000});
    say_frame(FrameType::data, ++data_, parcel);
  }
  /// So many it has said, beats and all lives included.
  [[nodiscard]] std::uint64_t frames() const noexcept { return frames_; }

 private:
  void tell(const std::string& message) {
    std::string body(kControlHeadBytes, '\1');
    put(body, 0, data_);
    say_frame(FrameType::control, ++control_, body + message);
  }
  void say_frame(FrameType type, std::uint64_t sequence, const std::string& body) {
    const auto epoch = static_cast<std::uint32_t>(kHere);
    stranger_.say_frame({type, static_cast<std::uint16_t>(node_), life_, epoch, sequence}, body);
    ++frames_;
  }

  Stranger stranger_;
  const unsigned node_;
  Incarnation life_{};
  std::uint64_t data_ = 0;
  std::uint64_t control_ = 0;
  std::uint64_t frames_ = 0;
};

/// An engine that only knows who lives where: the test meets in its place.
class Still final : public Frontier {
 public:
  void send(unsigned, MailBag&) override {}
  void send(unsigned, const std::vector<Arrival>&, const std::vector<Arrival>&) override {}
  WindowGrant agree(const WindowGrant& here) override {
    over.get_future().wait();
    WindowGrant grant = here;
    grant.stop = true;
    return grant;
  }
  Arrived& arrived(unsigned) override { return none_; }

  std::promise<void> over;

 private:
  Arrived none_;
};

class FormerLife : public testing::Test {
 protected:
  static constexpr WindowProposal kNothing{INT64_MAX, INT64_MAX};

  /// Entity n + 1 lives on node n.
  void open(unsigned nodes, unsigned self, const std::string& log) {
    nodes_ = sockets_.endpoints(nodes);
    self_ = self;
    Exchange::Options options;
    options.links.nodes = nodes_;
    options.links.self = static_cast<std::uint16_t>(self);
    options.links.incarnation = kHere;
    options.links.may_return = true;
    options.links.lost_after = kPatience;
    options.kinds = {letter_kind<Hop, write_hop, read_hop>()};
    options.log = log;
    exchange_ = std::move(*Exchange::open(std::move(options)));
  }
  void begin() {
    ASSERT_TRUE(exchange_->await_all(kPatience));
    const auto begun = exchange_->begin();
    ASSERT_TRUE(begun.has_value()) << begun.error().text;
    EngineOptions options;
    options.pacing = Pacing::virtual_time;
    options.workers = 1;
    options.latency = kLatency;
    options.nodes = static_cast<unsigned>(nodes_.size());
    options.node = self_;
    options.frontier = &still_;
    options.may_spin = false;
    engine_ = std::make_unique<Engine>(options);
    auto& coordinator = engine_->coordinator();
    for (unsigned node = 0; node < nodes_.size(); ++node) {
      if (node == self_) {
        all_.emplace_back(coordinator.spawn<Gossip>(0, 1, node, all_));
      } else {
        all_.push_back(coordinator.reserve(node));
      }
    }
    exchange_->attach(coordinator);
  }
  void TearDown() override {
    still_.over.set_value();
    for (unsigned node = 0; node < nodes_.size(); ++node) {
      if (node != self_) exchange_->give_up(node);  // nobody is there to take leave of
    }
    exchange_->detach();
    engine_.reset();
  }
  [[nodiscard]] std::size_t mail_that_came() {
    const auto& arrived = exchange_->arrived(0);
    return arrived.next.size() + arrived.later.size();
  }
  [[nodiscard]] std::string await_word() {
    const auto message = exchange_->receive(kPatience);
    if (!message) return exchange_->failure();
    return message->has_returned ? "returned" : message->text;
  }
  /// Until all that it has said is here.
  void await_frames(unsigned node, const ByHand& of) const {
    while (exchange_->links().figures_of(node).frames < of.frames()) std::this_thread::yield();
  }

  test::SocketFolder sockets_;
  std::vector<NodeEndpoints> nodes_;
  unsigned self_ = 0;
  std::unique_ptr<Exchange> exchange_;
  Still still_;
  std::vector<Address> all_;
  std::unique_ptr<Engine> engine_;
};

// It was at the second meeting and sent for the third; its word at the second is lost.
TEST_F(FormerLife, LeavesNoMailThatOvertookItsWordAtTheMeetingBefore) {
  open(2, 0, {});
  ByHand other{nodes_[0], 1};
  other.live(Incarnation{101}, {}, 1);
  begin();
  other.meet(1);
  (void)exchange_->agree(kNothing);
  const auto* const first = &exchange_->arrived(0);
  auto second = std::async(std::launch::async, [&] { return exchange_->agree(kNothing); });
  while (&exchange_->arrived(0) == first) std::this_thread::yield();  // until it is at the second
  other.send(3, 2, 1);
  other.say("sent");
  EXPECT_EQ(await_word(), "sent");

  other.live(Incarnation{102}, kHere, 3);
  EXPECT_EQ(await_word(), "returned");
  other.meet(2);
  other.send(3, 2, 1);
  other.meet(3);
  EXPECT_FALSE(second.get().stop);
  EXPECT_EQ(mail_that_came(), 0U);
  EXPECT_FALSE(exchange_->agree(kNothing).stop);
  EXPECT_EQ(mail_that_came(), 1U);
}

// Who is told that its word at the second meeting is known does not send again what came before it.
TEST_F(FormerLife, LeavesMailThatCameBeforeItsWordAlthoughTheReceiverIsNotThereYet) {
  const test::Folder folder;
  const std::string path = folder.path() + "/node-2.log";
  {
    auto log = MeetingLog::begin(path, {0, kRun, 2, 3});
    ASSERT_TRUE(log.has_value());
    ASSERT_TRUE((*log)->write({1, kNothing.earliest, 0, kNothing}, {{}, {}, {}}).has_value());
  }
  open(3, 2, path);
  ByHand leader{nodes_[2], 0};
  ByHand other{nodes_[2], 1};
  leader.live(kRun, kRun, 2);
  other.live(Incarnation{101}, kRun, 2);
  begin();
  other.send(2, 2, 3);
  other.meet(2);
  await_frames(1, other);

  other.live(Incarnation{102}, kRun, 2);
  await_frames(1, other);
  leader.meet(2);
  EXPECT_FALSE(exchange_->agree(kNothing).stop);  // from the log
  EXPECT_FALSE(exchange_->agree(kNothing).stop) << exchange_->failure();
  EXPECT_EQ(mail_that_came(), 1U);
}

}  // namespace
}  // namespace chargemill::runtime
