// The table of bad input of the reference (section 9.3, X-24), a row a test, in any split.
#include <gtest/gtest.h>

#include "tests/runtime/wire/frame_story.hpp"

namespace chargemill::runtime {
namespace {

using Texts = std::vector<std::string>;

/// The row: what goes in, what is delivered, and what is counted beside the frames.
void expect_row(const Bytes& input, const Texts& delivered, FrameCounters counters,
                const FrameDecoder::Options& options = {}) {
  counters.frames = delivered.size();
  const Story plain = told_plainly(input, options);
  EXPECT_EQ(plain.delivered(), delivered);
  EXPECT_EQ(plain.counters, counters);
  expect_in_any_split(input, plain, options);
}
FrameCounters garbage(std::uint64_t n) {
  FrameCounters c;
  c.garbage_bytes = n;
  return c;
}
FrameCounters bad_lrcs(std::uint64_t n, std::uint64_t garbage_bytes = 0) {
  FrameCounters c = garbage(garbage_bytes);
  c.bad_lrcs = n;
  return c;
}
FrameCounters resyncs(std::uint64_t n, std::uint64_t bad_lrc_count = 0) {
  FrameCounters c = bad_lrcs(bad_lrc_count);
  c.resyncs = n;
  return c;
}
FrameCounters bad_escapes(std::uint64_t n, std::uint64_t garbage_bytes = 0) {
  FrameCounters c = garbage(garbage_bytes);
  c.bad_escapes = n;
  return c;
}
FrameCounters oversize(std::uint64_t n, std::uint64_t garbage_bytes) {
  FrameCounters c = garbage(garbage_bytes);
  c.oversize = n;
  return c;
}
const Bytes kCutPing = hex("02 50 49 4e 47 03");

TEST(BadInput, NothingGivesNothing) { expect_row({}, {}, {}); }
TEST(BadInput, GarbageBeforeAFrameIsCounted) {
  expect_row(raw("xyz") + f("PING"), {"PING"}, garbage(3));
}
TEST(BadInput, GarbageAloneIsCountedAndNotKept) { expect_row(150 * raw("z"), {}, garbage(150)); }
TEST(BadInput, AFrameWithoutEndWaits) {
  expect_row(hex("02 50 49"), {}, {});
  expect_row(kCutPing, {}, {});
}
TEST(BadInput, AWrongLrcDropsTheFrame) {
  expect_row(kCutPing + hex("11"), {}, bad_lrcs(1));
  expect_row(kCutPing + hex("11") + f("OK"), {"OK"}, bad_lrcs(1));
}
TEST(BadInput, ALostLrcDoesNotTakeTheNextFrameWithIt) {
  expect_row(kCutPing + f("OK"), {"OK"}, bad_lrcs(1));
  expect_row(kCutPing + hex("02") + f("OK"), {"OK"}, resyncs(1, 1));
}
TEST(BadInput, BytesThatAreNoTextAreDropped) {
  FrameCounters expected;
  expected.bad_utf8 = 1;
  expect_row(hex("02 ff 03 ff") + f("OK"), {"OK"}, expected);
}
TEST(BadInput, BytesThatAreNoTextPassWhereBytesAreWelcome) {
  expect_row(hex("02 ff 03 ff") + f("OK"), {"\xff", "OK"}, {}, {kPayloadBytesMax, false});
}
TEST(BadInput, ALostEtxResynchronises) {  // D-136, X-24
  expect_row(hex("02 41 42") + f("OK"), {"OK"}, resyncs(1));
}
TEST(BadInput, SpecialBytesThatWereNotEscapedAreNotBelieved) {  // D-136, X-24
  expect_row(hex("02 41 02 42 03 01"), {}, resyncs(1, 1));
  expect_row(hex("02 41 03 42 03 00"), {}, bad_lrcs(1, 2));
  expect_row(hex("02 41 03 41 03 03"), {"A"}, garbage(2));  // cannot be told from a real frame
  expect_row(hex("02 41 1b 42 03 18"), {}, bad_escapes(1, 2));
}
TEST(BadInput, ABadEscapeBeforeAnStxBeginsAFrame) {
  expect_row(hex("02 41 1b") + f("OK"), {"OK"}, bad_escapes(1));
  expect_row(hex("02 41 1b 03 41") + f("OK"), {"OK"}, bad_escapes(1, 1));
}
TEST(BadInput, AnEscapeIsFollowedByThreeBytesOnly) {  // D-137
  for (int b = 0; b < 256; ++b) {
    const auto byte = static_cast<std::byte>(b);
    if (is_escaped(byte) || byte == kStx) continue;
    SCOPED_TRACE(b);
    Bytes input = hex("02 41 1b");
    input.push_back(byte);
    ASSERT_NO_FATAL_FAILURE(expect_row(input + f("OK"), {"OK"}, bad_escapes(1)));
  }
}
TEST(BadInput, ThousandsOfBadFramesNeedNoStack) {
  expect_row(900 * hex("02 03 01"), {}, bad_lrcs(900));
  expect_row(3'000 * hex("02 03 01") + f("OK"), {"OK"}, bad_lrcs(3'000));
}
TEST(BadInput, APayloadAsLongAsTheLimitIsDelivered) {
  const std::string longest(9'997, 'x');
  expect_row(f(longest), {longest}, {}, {9'997, true});
}
TEST(BadInput, APayloadBeyondTheLimitIsDroppedAndTheNextFrameIsNot) {
  const FrameDecoder::Options limit{9'997, true};
  const std::string longest(9'997, 'x');
  expect_row(f(longest + "x") + f("OK"), {"OK"}, oversize(1, 2), limit);
  const Bytes endless = hex("02") + raw(std::string(30'000, 'x'));
  expect_row(endless + f("OK"), {"OK"}, oversize(1, 30'000 - 9'998), limit);
}
TEST(BadInput, TheLimitCountsUnescapedBytes) {
  const FrameDecoder::Options limit{40, true};
  const std::string longest(40, '\x02');
  expect_row(f(longest), {longest}, {}, limit);
  expect_row(f(longest + "\x03") + f("OK"), {"OK"}, oversize(1, 2), limit);
  expect_row(f(longest.substr(1) + "xy") + f("OK"), {"OK"}, oversize(1, 2), limit);
  // At the limit the other rules still hold.
  const Bytes full = hex("02") + 40 * raw("x");
  expect_row(full + f("OK"), {"OK"}, resyncs(1), limit);
  expect_row(full + hex("1b 03") + f("OK"), {"OK"}, bad_escapes(1), limit);
}
TEST(BadInput, ALimitOfOneByteIsALimit) {
  expect_row(f("") + f("A") + f("AB") + f("\x02"), {"", "A", "\x02"}, oversize(1, 2), {1, true});
}
TEST(BadInput, ElevenHundredFramesInOneReadAreAllDelivered) {
  expect_row(1'100 * f("1234567"), Texts(1'100, "1234567"), {});
}
TEST(BadInput, ACompleteFrameIsNotDroppedForWhatFollows) {  // D-141
  for (int a = 0; a < 256; ++a) {
    for (int b = 0; b < 256; b += 3) {
      Bytes input = f("OK");
      input.push_back(static_cast<std::byte>(a));
      input.push_back(static_cast<std::byte>(b));
      const Story expected = told_plainly(input);
      ASSERT_EQ(expected.delivered(), Texts{"OK"});
      for (const FrameKernels* kernels : kernel_sets())
        ASSERT_EQ(told(input, {}, {}, *kernels), expected);
    }
  }
}

}  // namespace
}  // namespace chargemill::runtime
