#include "runtime/wire/receive_buffer.hpp"

#include <gtest/gtest.h>

#include <cstring>

#include "tests/runtime/wire/frame_story.hpp"

namespace chargemill::runtime {
namespace {

/// A buffer and its decoder, fed by hand.
struct Connection {
  explicit Connection(std::size_t bytes_max, std::size_t bytes_first)
      : buffer(bytes_max, bytes_first) {}

  /// A read of `bytes` that lands where prepare() says; gives that place.
  const std::byte* receive(const Bytes& bytes) {
    const ByteRoom room = buffer.prepare(bytes.size());
    EXPECT_GE(room.size, bytes.size());
    std::memcpy(room.data, bytes.data(), bytes.size());
    buffer.commit(bytes.size());
    return room.data;
  }
  /// The next payload; empty if there is none.
  FrameView next() { return decoder.next(buffer).payload; }

  ReceiveBuffer buffer;
  FrameDecoder decoder{{1'000, true}};
};

TEST(ReceiveBuffer, FramesWithoutEscapesAreHandedOutWhereTheyWereReceived) {
  Connection c{4'096, 4'096};
  const std::byte* const at = c.receive(f("PING") + f("OK"));
  const FrameView ping = c.next();
  const FrameView ok = c.next();
  EXPECT_EQ(ping.data, at + 1);
  EXPECT_EQ(ok.data, at + f("PING").size() + 1);
  EXPECT_EQ(c.next().data, nullptr);
  EXPECT_EQ(ping.text(), "PING") << "later frames and the end leave it alone";
  EXPECT_EQ(ok.text(), "OK");
}
TEST(ReceiveBuffer, FramesWithEscapesAreUnescapedInPlace) {
  Connection c{4'096, 4'096};
  const std::string text = "a\x02" + std::string(100, 'b') + "\x1b";
  const std::byte* const at = c.receive(f(text) + f("OK") + f(text));
  const FrameView first = c.next();
  EXPECT_EQ(first.data, at + 1);
  EXPECT_EQ(c.next().text(), "OK");
  EXPECT_EQ(c.next().text(), text);
  EXPECT_EQ(first.text(), text);
}
TEST(ReceiveBuffer, AFrameInTwoReadsIsContinuedWhereItLies) {
  Connection c{4'096, 4'096};
  const Bytes frame =
      f("a\x03"
        "bcdef");
  const std::byte* const at = c.receive({frame.begin(), frame.begin() + 5});
  EXPECT_EQ(c.next().data, nullptr);
  EXPECT_TRUE(c.decoder.is_inside_frame());
  c.receive({frame.begin() + 5, frame.end()});
  const FrameView whole = c.next();
  EXPECT_EQ(whole.data, at + 1) << "it did not move";
  EXPECT_EQ(whole.text(),
            "a\x03"
            "bcdef");
  EXPECT_FALSE(c.decoder.is_inside_frame());
}
TEST(ReceiveBuffer, OnlyTheIncompleteTailMovesAndOnlyWhenThereIsNoRoom) {
  Connection c{64, 64};
  const std::byte* const front = c.receive(f(std::string(40, 'x')) + hex("02 41 42"));
  EXPECT_EQ(c.next().size, 40U);
  EXPECT_EQ(c.next().data, nullptr);
  EXPECT_EQ(c.buffer.size(), 2U) << "the tail is what was received of the payload";
  (void)c.buffer.prepare(10);
  EXPECT_EQ(c.buffer.begin(), front + 44) << "there was room";
  (void)c.buffer.prepare(30);
  EXPECT_EQ(c.buffer.begin(), front) << "there was none";
  c.receive(hex("43 03 40"));
  EXPECT_EQ(c.next().text(), "ABC");
}
TEST(ReceiveBuffer, NothingIsKeptOfGarbageAndOfDroppedFrames) {
  Connection c{64, 64};
  for (int i = 0; i < 100; ++i) {
    c.receive(raw(std::string(60, 'z')));
    EXPECT_EQ(c.next().data, nullptr);
    EXPECT_EQ(c.buffer.size(), 0U);
  }
  EXPECT_EQ(c.buffer.capacity(), 64U);
}
// D-134, D-140: an endless frame of escapes in small reads never holds more than the limit.
TEST(ReceiveBuffer, WhatIsHeldNeverExceedsThePayloadLimit) {
  Connection c{1'000 + 64, 16};
  c.receive(hex("02"));
  std::size_t most = 0;
  for (int i = 0; i < 5'000; ++i) {
    c.receive(7 * hex("1b 22"));
    (void)c.decoder.next(c.buffer);
    most = std::max(most, c.buffer.size());
  }
  EXPECT_LE(most, 1'000U);
  EXPECT_LE(c.buffer.capacity(), 1'064U);
  EXPECT_EQ(c.decoder.counters().oversize, 1U);
}
TEST(ReceiveBuffer, GrowsByDoublingUpToItsLimitAndShrinksWhenEmpty) {
  Connection c{1'000, 16};
  c.receive(hex("02"));
  (void)c.next();
  for (int i = 0; i < 900; ++i) {
    c.receive(raw("x"));
    (void)c.next();
  }
  EXPECT_EQ(c.buffer.capacity(), 1'000U);
  c.buffer.shrink();
  EXPECT_EQ(c.buffer.capacity(), 1'000U) << "a frame is in it";
  c.receive(hex("02"));  // drops it
  EXPECT_EQ(c.decoder.next(c.buffer).kind, Decoded::Kind::dropped);
  (void)c.next();  // and begins another
  EXPECT_EQ(c.buffer.size(), 0U);
  c.buffer.shrink();
  EXPECT_EQ(c.buffer.capacity(), 16U);
  c.receive(raw("OK") + hex("03 04"));
  EXPECT_EQ(c.next().text(), "OK") << "the frame that had begun goes on";
}
TEST(ReceiveBufferDeathTest, AskingBeyondTheLimitIsAProgrammersError) {
  ReceiveBuffer buffer{100, 10};
  EXPECT_DEATH((void)buffer.prepare(101), "bytes_max_");
  (void)buffer.prepare(100);
  EXPECT_DEATH(buffer.commit(101), "assertion failed");
}

}  // namespace
}  // namespace chargemill::runtime
