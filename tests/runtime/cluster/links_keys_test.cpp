// Who may talk with a node, and from where without a key.
#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "runtime/cluster/links.hpp"
#include "tests/runtime/cluster/link_story.hpp"

namespace chargemill::runtime {
namespace {

constexpr Incarnation kLife{101};

TEST_F(LinksWithKeys, TalkWhenEachIsOnTheListOfTheOther) {
  make_keys(2);
  open_with_key(0);
  open_with_key(1);
  ASSERT_TRUE(nodes_[0].ear.await_state(1, PeerState::alive));
  ASSERT_TRUE(nodes_[1].ear.await_state(0, PeerState::alive));
  for (int i = 0; i < 500; ++i) nodes_[0].send(1, 1'000);
  EXPECT_TRUE(nodes_[1].ear.await_number(0, nodes_[0].sent));
  EXPECT_EQ(nodes_[1].ear.wrong(), 0);
  EXPECT_EQ(nodes_[0].links->handshakes_refused(), 0U);
}

// libzmq counts what encryption adds, and breaks a connection over a frame that is too large: it
// would be sent again for ever, and all that is behind it would wait.
TEST_F(LinksWithKeys, CarryFramesThatAreFull) {
  make_keys(2);
  open_with_key(0);
  open_with_key(1);
  constexpr std::size_t kFull = Links::kParcelBytesMax / sizeof(std::uint64_t);
  for (std::size_t room = 0; room < 6; ++room) nodes_[0].send(1, kFull - room);
  EXPECT_TRUE(nodes_[1].ear.await_number(0, nodes_[0].sent));
  EXPECT_EQ(nodes_[1].ear.wrong(), 0);
  const std::string large(200'000, 'x');  // frames of control, each but the last of them full
  nodes_[0].links->tell(1, large);
  ASSERT_TRUE(nodes_[1].ear.await_messages(1));
  EXPECT_TRUE(nodes_[1].ear.message(0) == large);
}

TEST_F(LinksWithKeys, TurnAwayWhoHasAKeyThatIsNotOnTheList) {
  make_keys(2);
  open_with_key(0);
  Stranger stranger{options_.nodes[0], make_key_pair()};
  while (nodes_[0].links->handshakes_refused() == 0) std::this_thread::yield();
  EXPECT_EQ(nodes_[0].links->state_of(1), PeerState::unknown);
}

TEST_F(LinksWithKeys, HearNobodyUnderTheNameOfAnother) {
  make_keys(3);
  open_with_key(0);
  Stranger second{options_.nodes[0], keys_[2]};
  second.say_beat(1, kLife, {});  // with the key of node 2
  second.say_beat(2, kLife, {});
  EXPECT_TRUE(nodes_[0].ear.await_state(2, PeerState::alive));
  EXPECT_EQ(nodes_[0].links->state_of(1), PeerState::unknown);
  EXPECT_GE(nodes_[0].links->figures_of(1).refused, 1U);
}

TEST(Keys, ComeInPairs) {
  const KeyPair pair = make_key_pair();
  EXPECT_TRUE(is_key(pair.public_key));
  EXPECT_EQ(public_key_of(pair.secret_key), pair.public_key);
  EXPECT_NE(make_key_pair().secret_key, pair.secret_key);
  EXPECT_FALSE(is_key("short"));
  EXPECT_FALSE(is_key(std::string(40, '"'))) << "no character of Z85";
  EXPECT_EQ(public_key_of("no key"), "");
}

TEST(Links, KnowWhichAddressesAreOnThisMachine) {
  for (const char* here : {"ipc:///tmp/x", "tcp://127.0.0.1:7101", "tcp://127.1.2.3:7101",
                           "tcp://[::1]:7101", "tcp://localhost:7101"})
    EXPECT_TRUE(is_on_this_machine(here)) << here;
  for (const char* elsewhere :
       {"tcp://10.0.0.1:7101", "tcp://0.0.0.0:7101", "tcp://127.example.com:7101",
        "tcp://localhost.example.com:7101", "tcp://127.:7101", "tcp://127.0.0.1",
        "tcp://localhost:", "tcp://localhost:0;10.0.0.5:7101", "tcp://[::1]:0;10.0.0.5:7101",
        "tcp://127.0.0.1:0;10.0.0.5:7101", "tcp://localhost:0;localhost:7101", "localhost:7101",
        ""})
    EXPECT_FALSE(is_on_this_machine(elsewhere)) << elsewhere;
}

LinksOptions two_nodes(const std::string& first, const std::string& second) {
  LinksOptions options;
  options.nodes = {{first + ":1", first + ":2", {}}, {second + ":1", second + ":2", {}}};
  return options;
}

TEST(Links, SpeakPlainTextOnThisMachineOnly) {
  Ear ear;
  for (const char* elsewhere : {"tcp://10.0.0.1", "tcp://127.example.com"}) {
    const auto opened = Links::open(two_nodes("tcp://127.0.0.1", elsewhere), ear);
    ASSERT_FALSE(opened.has_value());
    EXPECT_NE(opened.error().text.find("one machine only"), std::string::npos);
  }
}

// ZeroMQ would call 10.0.0.5, from here.
TEST(Links, TakeNoAddressWithAnotherOneBehindIt) {
  Ear ear;
  auto options = two_nodes("tcp://127.0.0.1", "tcp://localhost:0;10.0.0.5");
  const auto plain = Links::open(options, ear);
  ASSERT_FALSE(plain.has_value());
  EXPECT_NE(plain.error().text.find("no ';'"), std::string::npos);
  const KeyPair keys = make_key_pair();
  options.secret_key = keys.secret_key;
  for (auto& node : options.nodes) node.key = keys.public_key;
  const auto encrypted = Links::open(options, ear);
  ASSERT_FALSE(encrypted.has_value());
  EXPECT_NE(encrypted.error().text.find("no ';'"), std::string::npos);
}

}  // namespace
}  // namespace chargemill::runtime
