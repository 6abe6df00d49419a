// Real sockets: nodes of one process, on this machine.
#include "runtime/cluster/links.hpp"

#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <thread>
#include <utility>
#include <vector>

#include "tests/runtime/cluster/link_story.hpp"
#include "tests/support/allocation_count.hpp"

namespace chargemill::runtime {
namespace {

TEST_F(LinksOnThisMachine, CarryParcelsOfAnySizeInOrder) {
  open_all(2);
  for (int i = 0; i < 2'000; ++i) nodes_[0].send(1, static_cast<std::size_t>(i * 37 % 8'000) + 1);
  EXPECT_TRUE(nodes_[1].ear.await_number(0, nodes_[0].sent));
  EXPECT_EQ(nodes_[1].ear.wrong(), 0);
}

TEST_F(LinksOnThisMachine, ShowAMessageAfterAllDataThatWereSentBeforeIt) {
  open_all(2);
  std::vector<std::uint64_t> sent;
  for (int i = 0; i < 200; ++i) {
    for (int parcel = 0; parcel < i % 5; ++parcel) nodes_[0].send(1, 1'000);
    nodes_[0].links->tell(1, std::to_string(i));
    sent.push_back(nodes_[0].sent);
  }
  ASSERT_TRUE(nodes_[1].ear.await_messages(200));
  for (std::size_t i = 0; i < 200; ++i) {
    EXPECT_EQ(nodes_[1].ear.message(i), std::to_string(i));
    EXPECT_GE(nodes_[1].ear.data_before(i), sent[i]);
  }
}

TEST_F(LinksOnThisMachine, CarryMessagesThatAreLargerThanAFrame) {
  open_all(2);
  std::string large(3'000'000, 'x');
  for (std::size_t i = 0; i < large.size(); ++i) large[i] = static_cast<char>(i * i % 251);
  nodes_[0].links->tell(1, large);
  nodes_[0].links->tell(1, "");
  ASSERT_TRUE(nodes_[1].ear.await_messages(2));
  EXPECT_TRUE(nodes_[1].ear.message(0) == large);
  EXPECT_EQ(nodes_[1].ear.message(1), "");
}

TEST_F(LinksOnThisMachine, ManyThreadsAndNodesSendAtOnce) {
  open_all(3);
  std::vector<std::thread> threads;
  for (unsigned from = 0; from < 3; ++from) {
    threads.emplace_back([this, from] {
      const unsigned to = (from + 1) % 3;
      for (int i = 0; i < 3'000; ++i) nodes_[from].send(to, static_cast<std::size_t>(i % 300) + 1);
    });
  }
  for (auto& thread : threads) thread.join();
  for (unsigned from = 0; from < 3; ++from)
    EXPECT_TRUE(nodes_[(from + 1) % 3].ear.await_number(from, nodes_[from].sent));
  for (auto& node : nodes_) EXPECT_EQ(node.ear.wrong(), 0);
}

// The peer is not there: its socket takes nothing, nobody acknowledges, and the sender waits with a
// full window until it comes.
TEST_F(LinksOnThisMachine, KeepWhoeverSendsToASlowPeerWaiting) {
  constexpr std::int64_t kWindow = 1 << 20;
  constexpr int kParcels = 400;  // 25 MB in all
  options_.nodes = folder_.endpoints(2);
  options_.window_bytes = kWindow;
  open(0);
  std::atomic<bool> is_done{false};
  std::atomic<std::int64_t> most{0};
  std::thread sender{[&] {
    for (int i = 0; i < kParcels; ++i) {
      nodes_[0].send(1, 8'000);
      most = std::max(most.load(), nodes_[0].links->figures_of(1).waiting_bytes);
    }
    is_done = true;
  }};
  while (nodes_[0].links->figures_of(1).waiting_bytes < kWindow) std::this_thread::yield();
  EXPECT_FALSE(is_done);
  open(1);
  sender.join();
  EXPECT_TRUE(nodes_[1].ear.await_number(0, nodes_[0].sent));
  EXPECT_EQ(nodes_[1].ear.wrong(), 0);
  EXPECT_LE(most, kWindow + static_cast<std::int64_t>(FrameLayout::kBytesMax) + 4'096);
}

/// A node that takes its time over each frame.
class Dawdler final : public LinkEvents {
 public:
  void on_data(unsigned, ByteView parcels) override {
    std::this_thread::sleep_for(500us);  // that is what is tested
    taken_ += parcels.size;
  }
  void on_control(unsigned, std::string_view) override {}
  void on_peer(unsigned, PeerState) override {}
  [[nodiscard]] std::uint64_t taken() const { return taken_; }

 private:
  std::atomic<std::uint64_t> taken_{0};
};

// This peer is there, hears all and acknowledges it, at a hundredth of the pace of its sender.
TEST_F(LinksOnThisMachine, KeepWhoeverSendsToAPeerThatDawdlesWaiting) {
  constexpr std::int64_t kWindow = 1 << 18;
  constexpr int kParcels = 400;  // 25 MB in all
  constexpr std::size_t kNumbers = 8'000;
  options_.nodes = folder_.endpoints(2);
  options_.window_bytes = kWindow;
  options_.lost_after = 1h;
  open(0);
  Dawdler dawdler;
  constexpr Incarnation kDawdlers{101};
  auto options = options_;
  options.self = 1;
  options.incarnation = kDawdlers;
  const auto peer = Links::open(std::move(options), dawdler);
  ASSERT_TRUE(peer.has_value());
  ASSERT_TRUE(nodes_[0].ear.await_state(1, PeerState::alive));
  std::int64_t most = 0;
  for (int i = 0; i < kParcels; ++i) {
    nodes_[0].send(1, kNumbers);
    most = std::max(most, nodes_[0].links->figures_of(1).waiting_bytes);
  }
  EXPECT_GE(most, kWindow);
  EXPECT_LE(most, kWindow + static_cast<std::int64_t>(FrameLayout::kBytesMax) + 4'096);
  while (nodes_[0].links->figures_of(1).waiting_bytes > 0) std::this_thread::yield();
  EXPECT_EQ(dawdler.taken(), kParcels * kNumbers * sizeof(std::uint64_t));
}

/// That this process has from malloc and has not given back.
std::int64_t heap_bytes() { return static_cast<std::int64_t>(::mallinfo2().uordblks); }

// Bytes that wait are counted as their frames have them. What a worker hands over has room for
// 64 KiB, and these are a few bytes each: 2,000 slabs would be 125 MiB.
TEST_F(LinksOnThisMachine, KeepSmallBatchesForASlowPeerInAsMuchMemoryAsTheyNeed) {
  if (!test::kAllocationsCounted) GTEST_SKIP() << "a sanitizer has an allocator of its own";
  constexpr int kBatches = 2'000;
  constexpr std::int64_t kFreeSlabs = SlabPool::kKeptMax * FrameLayout::kBytesMax;
  constexpr std::int64_t kPerBatch = 1'024;  // two frames, who keeps them, and the queues
  options_.nodes = folder_.endpoints(3);
  options_.lost_after = 1h;
  open(0);
  open(1);
  ASSERT_TRUE(nodes_[0].ear.await_state(1, PeerState::alive));
  const std::int64_t before = heap_bytes();
  for (int i = 0; i < kBatches; ++i) {
    nodes_[0].send(2, 1);          // who is not there yet
    nodes_[0].links->tell(2, "");  // nothing is added to a batch after that
  }
  nodes_[0].links->tell(1, "all of it is kept");
  ASSERT_TRUE(nodes_[1].ear.await_messages(1));
  const std::int64_t kept = heap_bytes() - before;
  EXPECT_GT(kept, kBatches * 8) << "they are there";
  EXPECT_LT(kept, kFreeSlabs + kBatches * kPerBatch);
}

TEST_F(LinksOnThisMachine, SayWhoLeftAndLetNobodyWaitForIt) {
  options_.leave_for = 60s;  // as long as the other may be without a processor
  open_all(2);
  nodes_[1].links.reset();
  EXPECT_TRUE(nodes_[0].ear.await_state(1, PeerState::left));
  for (int i = 0; i < 400; ++i) nodes_[0].send(1, 8'000);  // more than the window
  EXPECT_EQ(nodes_[0].links->state_of(1), PeerState::left);
}

// Nobody acknowledges anything, and the links themselves will not know for a while that nobody ever
// will.
TEST_F(LinksOnThisMachine, LetNobodyWaitForWhoIsKnownToBeGone) {
  options_.nodes = folder_.endpoints(2);
  options_.window_bytes = 1 << 20;
  options_.lost_after = 1h;
  open(0);
  auto& links = *nodes_[0].links;
  std::thread sender{[&] {
    for (int i = 0; i < 400; ++i) nodes_[0].send(1, 8'000);  // 25 MB in all
  }};
  while (links.figures_of(1).waiting_bytes < 1 << 20) std::this_thread::yield();
  // Of control, by two: one waits for the other's turn.
  const std::string much(std::size_t{8} << 20U, 'x');
  std::thread runner{[&] { links.tell(1, much); }};
  std::thread other{[&] { links.tell(1, "and this"); }};
  while (links.figures_of(1).waiting_bytes < 2 << 20) std::this_thread::yield();
  links.let_nobody_wait(1);
  sender.join();
  runner.join();
  other.join();
  EXPECT_NE(links.state_of(1), PeerState::lost) << "whoever runs the node gives it up";
}

// A door, a worker and the runner tell whom they want: one that is slow is slow for itself.
TEST_F(LinksOnThisMachine, TellOthersWhileSomebodyWaitsForOneThatIsSlow) {
  options_.nodes = folder_.endpoints(3);
  options_.window_bytes = 1 << 20;
  options_.lost_after = 1h;
  open(0);
  open(1);
  auto& links = *nodes_[0].links;
  const std::string much(std::size_t{8} << 20U, 'x');
  std::thread runner{[&] { links.tell(2, much); }};
  while (links.figures_of(2).waiting_bytes < 1 << 20) std::this_thread::yield();
  links.tell(1, "a word");
  EXPECT_TRUE(nodes_[1].ear.await_messages(1));
  links.let_nobody_wait(2);
  runner.join();
}

TEST_F(LinksOnThisMachine, HearWhoIsKnownToBeGoneUntilItIsGivenUp) {
  open_all(2);
  nodes_[0].links->let_nobody_wait(1);
  nodes_[0].links->tell(1, "are you there?");
  for (int i = 0; i < 100; ++i) nodes_[1].send(0, 10);
  nodes_[1].links->tell(0, "what I had still to say");
  EXPECT_TRUE(nodes_[0].ear.await_number(1, nodes_[1].sent));
  ASSERT_TRUE(nodes_[0].ear.await_messages(1));
  EXPECT_EQ(nodes_[0].ear.message(0), "what I had still to say");
}

TEST_F(LinksOnThisMachine, DeliverWhatWasSentBeforeTheyLeave) {
  options_.leave_for = 60s;  // as long as the other may be without a processor
  open_all(2);
  for (int i = 0; i < 100; ++i) nodes_[1].send(0, 2'000);
  nodes_[1].links.reset();
  EXPECT_TRUE(nodes_[0].ear.await_number(1, nodes_[1].sent));
}

TEST_F(LinksOnThisMachine, RefuseWhoSimulatesSomethingElse) {
  options_.nodes = folder_.endpoints(2);
  options_.plan = 1;
  open(0);
  options_.plan = 2;
  open(1);
  EXPECT_TRUE(nodes_[0].ear.await_state(1, PeerState::stranger));
  EXPECT_TRUE(nodes_[1].ear.await_state(0, PeerState::stranger));
}

constexpr Incarnation kLife{101};

TEST_F(LinksOnThisMachine, SuspectAPeerThatFallsSilentAndThenTakeItForLost) {
  options_.nodes = folder_.endpoints(2);
  options_.suspect_after = 200ms;
  options_.lost_after = 600ms;
  open(0);
  Stranger peer{options_.nodes[0]};
  peer.say_beat(1, kLife, {});
  EXPECT_TRUE(nodes_[0].ear.await_state(1, PeerState::alive));
  EXPECT_TRUE(nodes_[0].ear.await_state(1, PeerState::suspect));
  EXPECT_TRUE(nodes_[0].ear.await_state(1, PeerState::lost));
}

// A cut of one direction: both ends know at once, and not when buffers are full.
TEST_F(LinksOnThisMachine, SuspectAPeerThatSpeaksAndDoesNotHear) {
  options_.nodes = folder_.endpoints(2);
  options_.suspect_after = 1h;
  options_.lost_after = 3h;
  open(0);
  Stranger peer{options_.nodes[0]};
  peer.say_beat(1, kLife, {});
  EXPECT_TRUE(nodes_[0].ear.await_state(1, PeerState::alive));
  Beat deaf;
  deaf.echo_ns = 1;
  deaf.held_ns = Nanos{2h}.count();
  peer.say_beat(1, kLife, deaf);
  EXPECT_TRUE(nodes_[0].ear.await_state(1, PeerState::suspect));
  peer.say_beat(1, kLife, deaf);
  deaf.held_ns = Nanos{4h}.count();
  peer.say_beat(1, kLife, deaf);
  EXPECT_TRUE(nodes_[0].ear.await_state(1, PeerState::lost));
}

TEST_F(LinksOnThisMachine, KnowWhoHearsThem) {
  options_.nodes = folder_.endpoints(2);
  open(0);
  Stranger peer{options_.nodes[0]};
  peer.say_beat(1, kLife, {});
  EXPECT_TRUE(nodes_[0].ear.await_state(1, PeerState::alive));
  EXPECT_FALSE(nodes_[0].links->is_heard_by(1));
  Beat answer;
  answer.echo_ns = 1;
  peer.say_beat(1, kLife, answer);
  while (!nodes_[0].links->is_heard_by(1)) std::this_thread::yield();
}

// What is heard and what is sent take two connections. If the second one came late, a node that had
// met all and ended at once would leave nobody to miss it.
TEST_F(LinksOnThisMachine, LeaveNobodyWhoHasBeenHeardBeforeThatOneHearsThem) {
  options_.nodes = folder_.endpoints(2);
  options_.suspect_after = 60s;
  options_.leave_for = 60s;
  open(0);
  Stranger peer{options_.nodes[0]};
  peer.say_beat(1, kLife, {});  // it speaks, and cannot be reached yet
  EXPECT_TRUE(nodes_[0].ear.await_state(1, PeerState::alive));
  auto leaving = std::async(std::launch::async, [this] { nodes_[0].links.reset(); });
  open(1);
  EXPECT_TRUE(nodes_[1].ear.await_state(0, PeerState::left));
  leaving.get();
}

TEST_F(LinksOnThisMachine, TakeANewProcessInAPlaceForTheLossOfTheOldOne) {
  options_.nodes = folder_.endpoints(2);
  open(0);
  Stranger peer{options_.nodes[0]};
  peer.say_beat(1, kLife, {});
  EXPECT_TRUE(nodes_[0].ear.await_state(1, PeerState::alive));
  peer.say_beat(1, Incarnation{102}, {});
  EXPECT_TRUE(nodes_[0].ear.await_state(1, PeerState::lost));
}

TEST_F(LinksOnThisMachine, TakeANewProcessForTheNextLifeWhereNodesMayReturn) {
  constexpr Incarnation kSelf{100};
  constexpr Incarnation kNext{8};
  options_.nodes = folder_.endpoints(2);
  options_.may_return = true;
  options_.suspect_after = 1h;  // who speaks once is alive however long the rest takes
  options_.lost_after = 3h;
  open(0);
  Stranger first{options_.nodes[0]};
  first.say_beat(1, kLife, {});
  EXPECT_TRUE(nodes_[0].ear.await_state(1, PeerState::alive));
  first.say_to(kSelf, kLife, 1, 1);
  EXPECT_TRUE(nodes_[0].ear.await_number(1, 1));
  // The next one counts its frames from 1 again. Data and beats come on different ways.
  Stranger second{options_.nodes[0]};
  second.say_beat(1, kNext, {});
  while (nodes_[0].ear.number(1) < 2) {
    second.say_to(kSelf, kNext, 1, 2);
    std::this_thread::yield();
  }
  first.say_beat(1, kLife, {});
  first.say_to(kSelf, kLife, 2, 99);             // what the former still had to say
  second.say_to(Incarnation{99}, kNext, 2, 99);  // to a former life of this node
  second.say_to(kSelf, kNext, 2, 3);
  EXPECT_TRUE(nodes_[0].ear.await_number(1, 3));
  EXPECT_EQ(nodes_[0].ear.wrong(), 0);
  EXPECT_EQ(nodes_[0].ear.lives(1), 2U);
  EXPECT_EQ(nodes_[0].links->state_of(1), PeerState::alive);
}

TEST_F(LinksOnThisMachine, DeliverNothingTwiceAndNothingOutOfTurn) {
  options_.nodes = folder_.endpoints(2);
  open(0);
  Stranger peer{options_.nodes[0]};
  peer.say_beat(1, kLife, {});
  EXPECT_TRUE(nodes_[0].ear.await_state(1, PeerState::alive));
  for (const std::uint64_t sequence : {1U, 1U, 3U, 2U, 2U, 1U, 3U, 5U, 4U})
    peer.say_number(1, kLife, sequence);
  peer.say_number(1, Incarnation{99}, 5);  // of a process before
  peer.say_number(1, kLife, 5);
  EXPECT_TRUE(nodes_[0].ear.await_number(1, 5));
  EXPECT_EQ(nodes_[0].ear.wrong(), 0);
  EXPECT_GE(nodes_[0].links->figures_of(1).refused, 1U);
}

TEST_F(LinksOnThisMachine, AreNotImpressedByBytesThatAreNoFrames) {
  open_all(2);
  Stranger stranger{options_.nodes[0]};
  for (std::size_t size = 0; size < 200; ++size) stranger.say_anything(std::string(size, 'C'));
  stranger.say_anything(std::string(1'000'000, 'x'));  // libzmq ends the connection
  Stranger another{options_.nodes[0]};
  another.say_frame({FrameType::data, 9, kLife, 0, 1}, "no such node");
  another.say_frame({FrameType::control, 1, kLife, 0, 1'000}, "");
  another.say_beat(0, kLife, {});  // the node's own number
  for (int i = 0; i < 100; ++i) nodes_[1].send(0, 100);
  EXPECT_TRUE(nodes_[0].ear.await_number(1, nodes_[1].sent));
  EXPECT_EQ(nodes_[0].ear.wrong(), 0);
}

}  // namespace
}  // namespace chargemill::runtime
