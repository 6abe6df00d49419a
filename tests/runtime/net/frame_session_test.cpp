// One connection of the framed door: each message one reply, in order, within limits.
#include "runtime/net/frame_session.hpp"

#include <gtest/gtest.h>

#include "tests/runtime/net/session_story.hpp"

namespace chargemill::runtime {
namespace {

using namespace std::chrono_literals;

TEST(FrameSession, AnswersComeInTheOrderOfTheMessages) {  // D-144
  Client client;
  client.send(f("a") + f("b") + f("c"));
  ASSERT_EQ(client.heard, (Said{"a", "b", "c"}));
  client.answer(2, "ACK: c");
  client.answer(0, "ACK: a");
  EXPECT_EQ(client.got(), (Said{"ACK: a"}));
  client.answer(1, "ACK: b");
  EXPECT_EQ(client.got(), (Said{"ACK: b", "ACK: c"}));
  EXPECT_TRUE(client.session.is_quiet());
}

TEST(FrameSession, TheResultDoesNotDependOnHowTheBytesAreSplit) {  // D-134
  // What is left of a dropped frame, up to its LRC, is garbage; a control byte behind that is one.
  const Bytes all = f("one") + raw("noise") + f("t\x02\x03\x1bo") + hex("02 50 03 11") +
                    f("three") + hex("02 41 1b 42 05 03 05 05 04 02 41") + f("four");
  for (std::size_t step = 1; step <= all.size(); ++step) {
    SCOPED_TRACE(step);
    Client client;
    client.answer_all_with("ACK: ");
    client.send(all, step);
    EXPECT_EQ(client.got(), (Said{"ACK: one", "ACK: t\x02\x03\x1bo", "NACK: bad LRC, please resend",
                                  "ACK: three", "[06]", "ACK: four"}));
    EXPECT_EQ(client.session.counters().garbage_bytes, 5U + 3U);
    EXPECT_EQ(client.session.counters().bad_lrcs, 1U);
    EXPECT_EQ(client.session.counters().bad_escapes, 1U);
    EXPECT_EQ(client.session.counters().resyncs, 1U);
    EXPECT_EQ(client.session.heard(), 7U) << "five frames, and two control bytes";
  }
}

TEST(FrameSession, AnEnquiryBehindABadEscapeIsHeardAlsoInOneRead) {  // D-134, D-137, D-148
  for (const char* frame : {"02 41 1b 42 43 03 43", "02 41 1b 03 05", "02 41 1b 42 03 05"}) {
    for (std::size_t step = 1; step <= 8; ++step) {
      Client client;
      client.send(hex(frame) + hex("05"), step);
      EXPECT_EQ(client.got(), Said{"[06]"}) << frame << ", step " << step;
    }
  }
}

TEST(FrameSession, WhatIsLeftOfADroppedFrameBeginsNoDialogue) {  // D-135, D-137, D-140
  FrameSession::Limits limits;
  limits.payload_bytes_max = 4;
  for (const char control : {'\x04', '\x05', '\x06', '\x15'}) {
    // As a payload, and as an LRC.
    const Bytes too_long =
        raw("\x02zzzzz") + raw(std::string(1, control)) + hex("03") + raw(std::string(1, control));
    const Bytes bad_escape = hex("02 41 1b 41 03") + raw(std::string(1, control));
    for (std::size_t step = 1; step <= 9; ++step) {
      SCOPED_TRACE(testing::Message() << static_cast<int>(control) << ", step " << step);
      Client client{limits};
      client.answer_all_with("");
      client.send(too_long + f("one") + bad_escape + f("two") + f("six"), step);
      EXPECT_EQ(client.got(), (Said{"NACK: a message is too long", "one", "two", "six"}));
      EXPECT_EQ(client.session.counters().garbage_bytes, 5U);
    }
  }
}

TEST(FrameSession, ADamagedFrameIsAnsweredInItsPlaceAndCounted) {  // D-142
  FrameSession::Limits limits;
  limits.payload_bytes_max = 40;
  Client client{limits};
  client.send(f("first") + hex("02 50 49 4e 47 03 11") + hex("02 ff 03 ff") +
              f(std::string(41, 'x')) + f("last"));
  EXPECT_EQ(client.got(), Said{}) << "the first is not answered yet";
  client.answer(0, "ACK: first");
  EXPECT_EQ(client.got(), (Said{"ACK: first", "NACK: bad LRC, please resend", "NACK: not UTF-8",
                                "NACK: a message is too long"}));
  client.answer(4, "ACK: last");
  EXPECT_EQ(client.got(), (Said{"ACK: last"}));
  const auto counters = client.session.counters();
  EXPECT_EQ(counters.frames, 2U);
  EXPECT_EQ(counters.bad_lrcs, 1U);
  EXPECT_EQ(counters.bad_utf8, 1U);
  EXPECT_EQ(counters.oversize, 1U);
}

TEST(FrameSession, GarbageAndResyncsGetNoReply) {  // D-142
  Client client;
  client.answer_all_with("ACK: ");
  client.send(raw("xyz") + hex("02 41") + f("OK"));
  EXPECT_EQ(client.got(), (Said{"ACK: OK"}));
  EXPECT_EQ(client.session.counters().resyncs, 1U);
  EXPECT_EQ(client.session.counters().garbage_bytes, 3U);
}

TEST(FrameSession, ABrowserThatCarriesAFrameIsNotListenedTo) {  // X-26, D-147
  for (const char* method :
       {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "CONNECT"}) {
    SCOPED_TRACE(method);
    const Bytes all =
        raw(method) + raw(" / HTTP/1.1\r\nOrigin: http://evil.example\r\n\r\n") + f("STOP#*");
    for (std::size_t step = 1; step <= all.size(); ++step) {
      Client client;
      client.answer_all_with("ACK: ");
      client.send(all, step);
      EXPECT_TRUE(client.session.is_foreign()) << step;
      EXPECT_EQ(client.heard, Said{}) << step;
      EXPECT_EQ(client.got(), Said{}) << step;
      EXPECT_FALSE(client.session.wants_bytes()) << "nothing more is read";
    }
  }
}

TEST(FrameSession, OnlyTheFirstBytesOfAConnectionAreTakenForHttp) {  // D-142
  Client client;
  client.answer_all_with("ACK: ");
  client.send(raw("xPOST /") + f("a") + raw("POST /") + f("GET "));
  EXPECT_EQ(client.got(), (Said{"ACK: a", "ACK: GET "}));
  EXPECT_FALSE(client.session.is_foreign());
}

TEST(FrameSession, TheHandshakeOfTlsIsNotTakenForNoise) {
  for (const std::size_t step : {1U, 1'000U}) {
    Client client;
    client.send(hex("16 03 01 02 00 01 00") + f("PING"), step);
    EXPECT_TRUE(client.session.is_foreign()) << step;
    EXPECT_EQ(client.heard, Said{});
  }
  Client other;
  other.send(hex("16 16 03") + f("PING"));
  EXPECT_EQ(other.heard, Said{"PING"});
}

FrameSession::Limits guarded() {
  FrameSession::Limits limits;
  limits.wants_welcome = true;
  return limits;
}

TEST(FrameSession, AStrangerHasSmallLimitsUntilItIsWelcome) {  // issue, section 6; law 6
  Client client{guarded()};
  client.send(std::string(1'025, 'x'));
  EXPECT_EQ(client.got(), Said{"NACK: a message is too long"});
  client.send(std::string(1'024, 'x'));
  EXPECT_EQ(client.heard.size(), 1U);
  client.session.welcome();
  EXPECT_FALSE(client.session.is_stranger());
  client.send(std::string(65'536, 'x'));
  EXPECT_EQ(client.heard.size(), 2U);
}

TEST(FrameSession, TwoHundredStrangersWhoReadNothingAreKeptLittleFor) {  // law 6
  std::size_t held = 0;
  for (int i = 0; i < 200; ++i) {
    Client client{guarded()};
    client.answer_all_with(std::string(1'000, 'h'));
    client.send(500 * f("HELP"));
    EXPECT_LE(client.heard.size(), 17U);
    EXPECT_FALSE(client.session.wants_bytes()) << "it is not read from any more";
    held += client.session.held_bytes();
  }
  EXPECT_LE(held, 200U * 20U * 1'024U);
}

TEST(FrameSession, WhatIsKeptForAClientIsCounted) {  // law 6
  Client client;
  EXPECT_EQ(client.session.held_bytes(), 0U);
  client.send(f("a") + f("b") + hex("02 41 42"));
  EXPECT_EQ(client.session.held_bytes(), 2U) << "half a message";
  client.answer(1, std::string(100, 'b'));
  EXPECT_EQ(client.session.held_bytes(), 102U) << "an answer that waits for the one before";
  client.answer(0, std::string(100, 'a'));
  EXPECT_EQ(client.session.held_bytes(), 2U + 2U * 103U) << "two frames";
  std::vector<std::byte> taken;
  client.session.take_output(taken);
  EXPECT_EQ(client.session.held_bytes(), 2U + 2U * 103U) << "taken, and perhaps not sent";
  client.session.take_output(taken);
  EXPECT_EQ(client.session.held_bytes(), 2U);
  client.send(hex("03 03"));
  EXPECT_EQ(client.session.held_bytes(), 0U);
}

TEST(FrameSession, SoManyMessagesWaitForTheirAnswersAndNoMore) {  // law 6
  FrameSession::Limits limits;
  limits.pending_max = 3;
  Client client{limits};
  for (int i = 0; i < 10; ++i) client.send(std::to_string(i));
  EXPECT_EQ(client.heard.size(), 3U);
  EXPECT_FALSE(client.session.wants_bytes()) << "the rest waits in the socket";
  for (std::uint64_t i = 0; i < 10; ++i) client.answer(i, "ACK: " + std::to_string(i));
  const auto said = client.got();
  ASSERT_EQ(said.size(), 10U);
  for (std::size_t i = 0; i < 10; ++i) EXPECT_EQ(said[i], "ACK: " + std::to_string(i));
  EXPECT_TRUE(client.session.is_quiet());
}

TEST(FrameSession, AClientThatTakesNoRepliesIsNotReadFrom) {  // law 6
  FrameSession::Limits limits;
  limits.unsent_bytes_max = 1'000;
  Client client{limits};
  client.answer_all_with(std::string(600, 'x'));
  for (int i = 0; i < 10; ++i) client.send("again");
  EXPECT_EQ(client.heard.size(), 2U);
  EXPECT_FALSE(client.session.wants_bytes());
  EXPECT_FALSE(client.session.push("news")) << "nobody is told more than he takes";
  std::size_t got = 0;
  for (int round = 0; round < 10; ++round) {
    got += client.got().size();
    client.go_on();
  }
  EXPECT_EQ(got, 10U);
  EXPECT_TRUE(client.session.push("news"));
  EXPECT_EQ(client.got(), Said{"news"});
}

TEST(FrameSession, WhatComesFasterThanItMayWaits) {  // law 6
  FrameSession::Limits limits;
  limits.messages_per_second = 10;
  Client client{limits};
  client.answer_all_with("ACK: ");
  const Bytes bad = hex("02 50 49 4e 47 03 11");
  for (int i = 0; i < 15; ++i) client.send(i % 2 == 0 ? f("PING") : bad);
  EXPECT_EQ(client.got().size(), 10U) << "a burst of a second, damaged ones too";
  ASSERT_TRUE(client.session.paused_until());
  EXPECT_EQ(*client.session.paused_until(), 100ms);
  client.now = 100ms;
  client.go_on();
  EXPECT_EQ(client.got().size(), 1U);
  client.now = 10s;
  client.go_on();
  EXPECT_EQ(client.got().size(), 4U);
  EXPECT_FALSE(client.session.paused_until());
  EXPECT_TRUE(client.session.is_quiet());
}

TEST(FrameSession, AnAnswerThatFitsNoFrameBecomesANack) {  // D-140
  FrameSession::Limits limits;
  limits.payload_bytes_max = 100;
  Client client{limits};
  client.send("LIST");
  client.answer(0, std::string(101, 'x'));
  EXPECT_EQ(client.got(), Said{"NACK: the answer does not fit a frame"});
}

TEST(FrameSession, ALongMessageLeavesNoLongBufferBehind) {
  Client client;
  client.answer_all_with("");
  for (int i = 0; i < 3; ++i) {
    client.send(std::string(65'536, 'x'));
    EXPECT_EQ(client.got().back().size(), 65'536U);
    EXPECT_LE(client.session.room().size, 4'096U);
  }
}

TEST(Dialogue, EnquiryRequestAnswerAndEnd) {  // D-148
  Client client;
  client.send(hex("05"));
  EXPECT_EQ(client.got(), Said{"[06]"});
  client.send("PING");
  EXPECT_EQ(client.got(), Said{"[06]"}) << "the request has arrived";
  client.answer(2, "ACK: PING");
  EXPECT_EQ(client.got(), Said{"ACK: PING"});
  client.send(hex("06"));
  EXPECT_TRUE(client.session.is_quiet());
  client.send("STATUS#CP-001");
  EXPECT_EQ(client.got(), Said{"[06]"}) << "one dialogue, many requests";
  client.answer(4, "ACK: STATUS#CP-001");
  client.send(hex("06 04"));
  EXPECT_EQ(client.got(), Said{"ACK: STATUS#CP-001"});
  client.answer_all_with("ACK: ");
  client.send("PING");
  EXPECT_EQ(client.got(), Said{"ACK: PING"}) << "after EOT it is as without ENQ";
}

TEST(Dialogue, ADamagedRequestIsRefusedAndMayBeSentAgain) {  // D-148
  Client client;
  client.answer_all_with("ACK: ");
  client.send(hex("05 02 50 49 4e 47 03 11"));
  EXPECT_EQ(client.got(), (Said{"[06]", "[15]"}));
  client.send("PING");
  EXPECT_EQ(client.got(), (Said{"[06]", "ACK: PING"}));
}

TEST(Dialogue, AnAnswerThatWasNotUnderstoodIsSentAgainButNotForEver) {  // D-148, law 6
  Client client;
  client.answer_all_with("ACK: ");
  client.send(hex("05") + f("PING"));
  EXPECT_EQ(client.got(), (Said{"[06]", "[06]", "ACK: PING"}));
  for (unsigned sends = 1; sends < Dialogue::kSendsMax; ++sends) {
    client.send(hex("15"));
    EXPECT_EQ(client.got(), Said{"ACK: PING"});
  }
  client.send(hex("15"));
  EXPECT_EQ(client.got(), Said{"[04]"}) << "the server gives up";
  EXPECT_TRUE(client.session.is_quiet());
  client.send("PING");
  EXPECT_EQ(client.got(), Said{"ACK: PING"});
}

TEST(Dialogue, ARequestOutOfTurnIsRefused) {  // D-148
  Client client;
  client.answer_all_with("ACK: ");
  client.send(hex("05") + f("PING") + f("LIST"));
  EXPECT_EQ(client.got(), (Said{"[06]", "[06]", "ACK: PING", "[15]"}));
  EXPECT_EQ(client.heard, Said{"PING"});
  client.send(hex("05"));
  EXPECT_EQ(client.got(), Said{"[15]"}) << "the answer is not confirmed";
  client.send(hex("06") + f("LIST"));
  EXPECT_EQ(client.got(), (Said{"[06]", "ACK: LIST"}));
}

TEST(Dialogue, WhatWasAskedBeforeItIsNotTheAnswerToItsRequest) {  // D-144, D-148
  Client client;
  client.send(f("LIST") + hex("05") + f("PING"));
  ASSERT_EQ(client.heard, (Said{"LIST", "PING"}));
  client.answer(0, "ACK: LIST");
  EXPECT_EQ(client.got(), (Said{"ACK: LIST", "[06]", "[06]"}));
  client.answer(3, "ACK: PING");
  EXPECT_EQ(client.got(), Said{"ACK: PING"});
  client.send(hex("15"));
  EXPECT_EQ(client.got(), Said{"ACK: PING"}) << "that is what was not understood";
  client.send(hex("06"));
  EXPECT_TRUE(client.session.is_quiet());
}

TEST(Dialogue, OutsideOfOneItsBytesMeanNothing) {  // D-135
  Client client;
  client.answer_all_with("ACK: ");
  client.send(hex("06 15 04") + f("PING"));
  EXPECT_EQ(client.got(), Said{"ACK: PING"});
  EXPECT_EQ(client.session.counters().garbage_bytes, 3U);
}

TEST(Dialogue, TheEnquiryWaitsForWhatWasAskedBefore) {  // D-144
  Client client;
  client.send(f("PING") + hex("05"));
  EXPECT_EQ(client.got(), Said{});
  client.answer(0, "ACK: PING");
  EXPECT_EQ(client.got(), (Said{"ACK: PING", "[06]"}));
  client.session.say_goodbye();
  EXPECT_EQ(client.got(), Said{"[04]"});
}

}  // namespace
}  // namespace chargemill::runtime
