// The framed door's server on real sockets: its limits, and how it ends.
#include "runtime/net/framed_server.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "tests/runtime/net/framed_house.hpp"
#include "tests/runtime/wire/frame_story.hpp"
#include "tests/support/frame_client.hpp"

namespace chargemill::runtime {
namespace {

using namespace std::chrono_literals;
using test::FrameClient;
using House = test::FramedHouse;

FramedServer::Options hasty() {
  FramedServer::Options options;
  options.connection.idle_timeout = 40ms;
  options.connection.frame_timeout = 40ms;
  return options;
}

TEST(FramedServer, AnswersEachMessageOfEachClient) {  // D-143, D-144
  House house;
  FrameClient a{house.port};
  FrameClient b{house.port};
  EXPECT_EQ(a.ask("one"), "ACK: one");
  EXPECT_EQ(b.ask("two"), "ACK: two");
  EXPECT_TRUE(b.send_bytes("noise"));
  EXPECT_TRUE(b.send("three") && b.send("four"));
  EXPECT_EQ(b.receive(), "ACK: three");
  EXPECT_EQ(b.receive(), "ACK: four");
  const auto counters = house.counters();
  EXPECT_EQ(counters.accepted, 2U);
  EXPECT_EQ(counters.frames.frames, 4U);
  EXPECT_EQ(counters.frames.garbage_bytes, 5U);
}

TEST(FramedServer, ClientsBeyondTheLimitAreRefusedWithAReason) {  // law 6
  FramedServer::Options options;
  options.connections_max = 2;
  House house{options};
  auto first = std::make_unique<FrameClient>(house.port);
  FrameClient second{house.port};
  ASSERT_EQ(first->ask("x"), "ACK: x");
  ASSERT_EQ(second.ask("x"), "ACK: x");
  FrameClient third{house.port};
  EXPECT_EQ(third.receive(), "NACK: too many connections");
  EXPECT_TRUE(third.sees_the_end());
  EXPECT_EQ(house.counters().refused, 1U);
  first.reset();
  ASSERT_TRUE(house.comes_true([&] { return house.server->open() == 1; }));
  EXPECT_EQ(FrameClient{house.port}.ask("x"), "ACK: x") << "there is room again";
  const std::lock_guard lock{house.mutex};
  EXPECT_EQ(house.troubles.size(), 1U) << "said once";
}

TEST(FramedServer, WhoIsRefusedReadsWhyWhateverItStillSays) {  // D-144; law 6
  FramedServer::Options options;
  options.connections_max = 1;
  House house{options};
  FrameClient first{house.port};
  ASSERT_EQ(first.ask("x"), "ACK: x");
  using Clock = std::chrono::steady_clock;
  for (int tries = 0; tries < 100; ++tries) {
    const auto before = house.counters().refused;
    const auto begun = Clock::now();
    FrameClient second{house.port};
    ASSERT_TRUE(house.comes_true([&] { return house.server->counters().refused > before; }));
    int sent = 0;
    while (sent < 10 && second.send("PING")) ++sent;
    // It is seen off for a second: one that was kept from a processor for half of it comes again.
    if (Clock::now() - begun > 500ms) continue;
    ASSERT_EQ(sent, 10) << "reset by a message";
    EXPECT_EQ(second.receive(), "NACK: too many connections");
    EXPECT_TRUE(second.sees_the_end());
    return;
  }
  ADD_FAILURE() << "never in time";
}

TEST(FramedServer, OfThoseWhoAreRefusedFewAreSeenOff) {  // law 6: each has a file open
  FramedServer::Options options;
  options.connections_max = 1;
  House house{options};
  FrameClient first{house.port};
  ASSERT_EQ(first.ask("x"), "ACK: x");
  std::vector<std::unique_ptr<FrameClient>> refused;
  for (std::size_t i = 0; i < Farewells::kAtOnce + 8; ++i) {
    refused.push_back(std::make_unique<FrameClient>(house.port));
    EXPECT_EQ(refused.back()->receive(), "NACK: too many connections");
  }
  EXPECT_EQ(first.ask("y"), "ACK: y");
  house.run([&] { house.server->finish(); });
  for (const auto& one : refused) EXPECT_TRUE(one->sees_the_end());
}

TEST(FramedServer, ADoorFullOfSilenceLetsInWhoSpeaks) {  // law 6
  FramedServer::Options options;
  options.connections_max = 2;
  options.grace = Nanos{0};
  House house{options};
  FrameClient first{house.port};
  ASSERT_EQ(first.ask("x"), "ACK: x");
  FrameClient silent{house.port};
  ASSERT_TRUE(silent.send_bytes("noise and \x02half a message"));
  ASSERT_TRUE(house.comes_true([&] { return house.server->open() == 2; }));
  FrameClient third{house.port};
  EXPECT_EQ(third.ask("y"), "ACK: y");
  EXPECT_TRUE(silent.sees_the_end());
  EXPECT_EQ(house.ended(Ending::displaced), 1U);
  FrameClient fourth{house.port};
  EXPECT_EQ(fourth.receive(), "NACK: too many connections") << "all have spoken";
  EXPECT_EQ(first.ask("z"), "ACK: z");
  EXPECT_EQ(third.ask("z"), "ACK: z");
}

FramedServer::Options guarded() {
  FramedServer::Options options;
  options.connections_max = 2;
  options.grace = Nanos{0};
  options.connection.session.wants_welcome = true;
  return options;
}

TEST(FramedServer, WhoSaysOnlyWhatEverybodyMayHasNoClaimToItsPlace) {  // law 6
  House house{guarded()};
  FrameClient stranger{house.port};
  FrameClient known{house.port};
  ASSERT_EQ(stranger.ask("PING"), "ACK: PING");
  ASSERT_EQ(known.ask("TOKEN"), "ACK: TOKEN");
  FrameClient third{house.port};
  EXPECT_EQ(third.ask("TOKEN"), "ACK: TOKEN");
  EXPECT_TRUE(stranger.sees_the_end());
  EXPECT_EQ(house.ended(Ending::displaced), 1U);
  EXPECT_EQ(FrameClient{house.port}.receive(), "NACK: too many connections") << "all are known";
  EXPECT_EQ(known.ask("z"), "ACK: z");
}

TEST(FramedServer, OfTheStrangersTheOneGoesThatHasBeenIdleLongest) {  // law 6
  House house{guarded()};
  FrameClient busy{house.port};
  FrameClient idle{house.port};
  for (FrameClient* one : {&busy, &idle, &busy}) ASSERT_EQ(one->ask("PING"), "ACK: PING");
  EXPECT_EQ(FrameClient{house.port}.ask("TOKEN"), "ACK: TOKEN");
  EXPECT_TRUE(idle.sees_the_end());
  EXPECT_EQ(busy.ask("PING"), "ACK: PING");
}

TEST(FramedServer, ANewcomerHasTheTimeToSaySomething) {  // law 6
  FramedServer::Options options;
  options.connections_max = 1;
  options.grace = 1h;
  House house{options};
  FrameClient first{house.port};
  ASSERT_TRUE(house.comes_true([&] { return house.server->open() == 1; }));
  FrameClient second{house.port};
  EXPECT_EQ(second.receive(), "NACK: too many connections");
  EXPECT_EQ(first.ask("x"), "ACK: x");
}

TEST(FramedServer, AClientThatSaysNothingIsDisconnected) {  // D-143
  House house{hasty()};
  FrameClient client{house.port};
  EXPECT_TRUE(client.sees_the_end());
  EXPECT_EQ(house.ended(Ending::idle), 1U);
}

TEST(FramedServer, WhoWaitsForAnAnswerIsNotIdle) {
  House house{hasty()};
  std::unique_ptr<FrameClient> client;
  // One that was kept from a processor before it asked was idle, and comes again.
  for (bool has_asked = false; !has_asked;) {
    const auto idle_before = house.ended(Ending::idle);
    client = std::make_unique<FrameClient>(house.port);
    (void)client->send("WAIT");
    ASSERT_TRUE(house.comes_true([&] {
      has_asked = !house.echo.waiting.empty();
      const auto ended = house.server->counters().ended[static_cast<std::size_t>(Ending::idle)];
      return has_asked || ended > idle_before;
    }));
  }
  FrameClient idle{house.port};
  EXPECT_TRUE(idle.sees_the_end()) << "time enough has passed";
  house.run([&] {
    ASSERT_EQ(house.echo.waiting.size(), 1U);
    const auto& [link, number] = house.echo.waiting.front();
    link.lock()->reply(number, "ACK: late");
  });
  EXPECT_EQ(client->receive(), "ACK: late");
}

TEST(FramedServer, AMessageThatDoesNotBecomeCompleteIsNotWaitedForLong) {  // issue, section 6
  FramedServer::Options options = hasty();
  options.connection.idle_timeout = 1h;
  House house{options};
  FrameClient client{house.port};
  ASSERT_TRUE(client.send_bytes("\x02half"));
  EXPECT_TRUE(client.sees_the_end());
  EXPECT_EQ(house.ended(Ending::slow_sender), 1U);
}

TEST(FramedServer, ABrowserIsSentAway) {
  House house;
  FrameClient client{house.port};
  ASSERT_TRUE(client.send_bytes("POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n\x02PING\x03\x10"));
  EXPECT_TRUE(client.sees_the_end());
  EXPECT_EQ(house.ended(Ending::not_frames), 1U);
  EXPECT_EQ(house.counters().frames.frames, 0U);
}

TEST(FramedServer, AClientThatTakesNoRepliesIsDisconnected) {  // issue, section 3
  FramedServer::Options options = hasty();
  options.connection.idle_timeout = 1h;
  options.connection.session.unsent_bytes_max = 100'000;
  House house{options};
  FrameClient client{house.port};
  while (house.ended(Ending::slow_reader) == 0 && client.send("LONG")) continue;
  ASSERT_TRUE(house.comes_true([&] { return house.server->open() == 0; }));
  EXPECT_EQ(house.ended(Ending::slow_reader), 1U);
  EXPECT_EQ(house.run([&] { return house.echo.closed; }), 1);
}

TEST(FramedServer, AClientThatTakesItsRepliesGetsThemAllHoweverLong) {
  FramedServer::Options options;
  options.connection.session.unsent_bytes_max = 1'000;  // less than one of them
  House house{options};
  FrameClient client{house.port};
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(client.send("LONG"));
  for (int i = 0; i < 50; ++i) ASSERT_EQ(client.receive().value_or("").size(), 60'000U) << i;
}

TEST(FramedServer, WhoIsToldMoreThanHeTakesIsDisconnected) {  // issue, section 3
  FramedServer::Options options;
  options.connection.session.unsent_bytes_max = 100'000;
  House house{options};
  FrameClient client{house.port};
  ASSERT_TRUE(client.send("WAIT"));
  ASSERT_TRUE(house.comes_true([&] { return house.echo.waiting.size() == 1; }));
  house.run([&] {
    const std::string news(10'000, 'n');
    for (int i = 0; i < 10'000; ++i) {
      if (const auto link = house.echo.waiting.front().first.lock()) link->push(news);
    }
  });
  EXPECT_EQ(house.ended(Ending::slow_reader), 1U);
}

TEST(FramedServer, WhatAllClientsLeaveUnreadHasALimitTogether) {  // issue, section 6; law 6
  FramedServer::Options options;
  options.connection.session.unsent_bytes_max = 100'000;
  options.held_bytes_max = 1'000'000;
  House house{options, 4'096};
  FrameClient good{house.port};
  ASSERT_EQ(good.ask("x"), "ACK: x");
  std::vector<std::unique_ptr<FrameClient>> silent;
  for (int i = 0; i < 200; ++i) {
    silent.push_back(std::make_unique<FrameClient>(house.port));
    for (int n = 0; n < 10; ++n) silent.back()->send("LONG");  // and reads nothing
    ASSERT_LE(house.run([&] { return house.server->held_bytes(); }), options.held_bytes_max);
  }
  ASSERT_TRUE(house.comes_true([&] {
    return house.server->counters().ended[static_cast<std::size_t>(Ending::held_most)] > 0;
  }));
  EXPECT_LE(house.run([&] { return house.server->held_bytes(); }), options.held_bytes_max);
  EXPECT_EQ(good.ask("y"), "ACK: y");
  silent.clear();
  EXPECT_TRUE(house.comes_true([&] { return house.server->open() == 1; }));
  EXPECT_EQ(house.run([&] { return house.server->held_bytes(); }), 0U);
}

TEST(FramedServer, WhatComesTooFastIsAnsweredLaterAndNotLost) {  // law 6
  FramedServer::Options options;
  options.connection.session.messages_per_second = 50;
  House house{options};
  FrameClient client{house.port};
  const auto begun = std::chrono::steady_clock::now();
  for (int i = 0; i < 60; ++i) ASSERT_TRUE(client.send(std::to_string(i)));
  for (int i = 0; i < 60; ++i) ASSERT_EQ(client.receive(), "ACK: " + std::to_string(i));
  EXPECT_GE(std::chrono::steady_clock::now() - begun, 199ms) << "ten beyond the burst";
}

TEST(FramedServer, AServiceThatFailsHarmsNobodyElse) {  // law 8
  House house;
  FrameClient other{house.port};
  ASSERT_EQ(other.ask("x"), "ACK: x");
  FrameClient client{house.port};
  ASSERT_TRUE(client.send("THROW"));
  EXPECT_TRUE(client.sees_the_end());
  EXPECT_EQ(other.ask("y"), "ACK: y");
  EXPECT_EQ(FrameClient{house.port}.ask("z"), "ACK: z");
  EXPECT_EQ(house.io.failures(), 1U);
}

TEST(FramedServer, AtTheEndWhatIsUnderWayIsAnsweredAndThePortIsFree) {  // D-088, D-146
  House house;
  FrameClient idle{house.port};
  FrameClient asking{house.port};
  FrameClient sending{house.port};
  ASSERT_EQ(idle.ask("x"), "ACK: x");
  ASSERT_TRUE(asking.send("WAIT"));
  const auto begun = f("x") + raw("\x02PI");
  ASSERT_TRUE(sending.send_bytes(view(begun).text()));
  ASSERT_EQ(sending.receive(), "ACK: x");
  ASSERT_TRUE(house.comes_true([&] { return house.echo.waiting.size() == 1; }));
  house.run([&] { house.server->finish(); });
  EXPECT_TRUE(idle.sees_the_end());
  EXPECT_FALSE(house.run([&] { return house.server->is_finished(); }));
  EXPECT_FALSE(FrameClient{house.port}.is_connected()) << "nobody listens any more";
  EXPECT_TRUE(listen(house.io.context(), {"127.0.0.1", house.port}, PortInUse::is_an_error))
      << "the port is free at once";
  house.run([&] {
    const auto& [link, number] = house.echo.waiting.front();
    link.lock()->reply(number, "ACK: late");
  });
  EXPECT_EQ(asking.receive(), "ACK: late");
  EXPECT_TRUE(asking.sees_the_end());
  ASSERT_TRUE(sending.send_bytes(std::string{"NG\x03"} + '\x10'));
  EXPECT_EQ(sending.receive(), "ACK: PING") << "who had begun may finish";
  EXPECT_TRUE(sending.sees_the_end());
  EXPECT_TRUE(house.run([&] { return house.server->is_finished(); }));
  EXPECT_EQ(house.ended(Ending::stopped), 3U);
}

TEST(FramedServer, WhatDoesNotEndIsCut) {  // D-088
  House house;
  FrameClient asking{house.port};
  ASSERT_TRUE(asking.send("WAIT"));
  ASSERT_TRUE(house.comes_true([&] { return house.echo.waiting.size() == 1; }));
  house.run([&] {
    house.server->finish();
    house.server->cut();
  });
  EXPECT_TRUE(asking.sees_the_end());
  EXPECT_TRUE(house.run([&] { return house.server->is_finished(); }));
}

TEST(FramedServer, ADialogueOnARealSocket) {  // D-148
  House house;
  FrameClient client{house.port};
  ASSERT_TRUE(client.send_bytes("\x05"));
  EXPECT_EQ(client.next_byte(), std::byte{0x06});
  ASSERT_TRUE(client.send("PING"));
  EXPECT_EQ(client.next_byte(), std::byte{0x06});
  EXPECT_EQ(client.receive(), "ACK: PING");
  ASSERT_TRUE(client.send_bytes("\x06\x04"));
  EXPECT_EQ(client.ask("again"), "ACK: again");
}

TEST(Listener, APortInUseIsAnErrorOrReplaced) {  // contract, section 2
  IoThread io;
  const auto first = listen(io.context(), {"127.0.0.1", 0}, PortInUse::is_an_error);
  ASSERT_TRUE(first);
  EXPECT_FALSE(first->is_replaced);
  const auto refused = listen(io.context(), first->at, PortInUse::is_an_error);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::environment);
  EXPECT_NE(refused.error().text.find(to_text(first->at)), std::string::npos);
  const auto other = listen(io.context(), first->at, PortInUse::take_a_free_one);
  ASSERT_TRUE(other);
  EXPECT_TRUE(other->is_replaced);
  EXPECT_NE(other->at.port, first->at.port);
}

}  // namespace
}  // namespace chargemill::runtime
