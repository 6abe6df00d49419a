#include "runtime/cluster/frame.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "runtime/base/crc32c.hpp"
#include "runtime/cluster/slab.hpp"
#include "tests/support/traces.hpp"

namespace chargemill::runtime {
namespace {

using Layout = FrameLayout;
using Bytes = std::vector<std::byte>;

constexpr FrameHead kHead{FrameType::data, 7, Incarnation{0x01020304}, 5, 9};

Bytes framed(const FrameHead& head, std::string_view body) {
  Bytes frame(Layout::kHeaderBytes + body.size());
  std::memcpy(frame.data() + Layout::kHeaderBytes, body.data(), body.size());
  seal_frame(frame.data(), head, body.size());
  return frame;
}
tl::expected<Frame, FrameDefect> read(const Bytes& bytes) {
  return read_frame({bytes.data(), bytes.size()});
}
/// Makes the checksum right again, as whoever means ill would.
void seal_again(Bytes& frame) {
  const auto crc = crc32c(frame.data() + Layout::kHeaderBytes, frame.size() - Layout::kHeaderBytes,
                          crc32c(frame.data(), Layout::kCrcAt));
  store_at(frame.data() + Layout::kCrcAt, crc);
}
template <class T>
FrameDefect defect_with(std::size_t at, T value, std::string_view body = "abc") {
  Bytes frame = framed(kHead, body);
  store_at(frame.data() + at, value);
  seal_again(frame);
  const auto read_back = read(frame);
  EXPECT_FALSE(read_back.has_value());
  return read_back ? FrameDefect::checksum : read_back.error();
}

TEST(NodeFrame, IsWrittenAsFormatMdSays) {
  const Bytes frame = framed(kHead, "hi");
  const unsigned char expected[] = {0x43, 0x4D, 0x01, 0x02, 0x02, 0x00, 0x00, 0x00, 0x07,
                                    0x00, 0x00, 0x00, 0x04, 0x03, 0x02, 0x01, 0x05, 0x00,
                                    0x00, 0x00, 0x09, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
                                    0x00, 0xC1, 0x7A, 0xD7, 0x04, 'h',  'i'};
  ASSERT_EQ(frame.size(), sizeof expected);
  for (std::size_t i = 0; i < frame.size(); ++i)
    EXPECT_EQ(std::to_integer<unsigned>(frame[i]), expected[i]) << "byte " << i;
}

TEST(NodeFrame, ComesBackAsItWas) {
  test::check_cases(1'000, [] {
    FrameHead head;
    head.type = *rc::gen::element(FrameType::beat, FrameType::data, FrameType::control);
    head.node = *rc::gen::arbitrary<std::uint16_t>();
    head.incarnation = Incarnation{*rc::gen::arbitrary<std::uint32_t>()};
    head.epoch = *rc::gen::arbitrary<std::uint32_t>();
    const std::uint64_t any = *rc::gen::arbitrary<std::uint32_t>();
    head.sequence = head.type == FrameType::beat ? 0 : 1 + any;
    const auto body = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
    const Bytes frame = framed(head, body);
    const auto back = read(frame);
    RC_ASSERT(back.has_value());
    RC_ASSERT(back->body.text() == body);
    RC_ASSERT(back->head.type == head.type && back->head.node == head.node);
    RC_ASSERT(back->head.incarnation == head.incarnation && back->head.epoch == head.epoch);
    RC_ASSERT(back->head.sequence == head.sequence);
  });
}

TEST(NodeFrame, IsRefusedWhenCutAnywhereAndNeverReadBeyondItsEnd) {
  const Bytes frame = framed(kHead, "some body");
  for (std::size_t size = 0; size < frame.size(); ++size) {
    // A copy of exactly that size: AddressSanitizer sees a read beyond it.
    const Bytes cut(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(read(cut).has_value()) << size;
  }
}

TEST(NodeFrame, IsRefusedWhenAnySingleBitIsWrong) {
  const Bytes frame = framed(kHead, "some body");
  for (std::size_t bit = 0; bit < frame.size() * 8; ++bit) {
    Bytes bad = frame;
    bad[bit / 8] ^= std::byte{1} << (bit % 8);
    EXPECT_FALSE(read(bad).has_value()) << "bit " << bit;
  }
}

TEST(NodeFrame, NamesWhatIsWrongWithBytesThatWereMadeToLookRight) {
  EXPECT_EQ(defect_with(Layout::kMagicAt, std::uint16_t{0}), FrameDefect::magic);
  EXPECT_EQ(defect_with(Layout::kVersionAt, std::uint8_t{2}), FrameDefect::version);
  EXPECT_EQ(defect_with(Layout::kTypeAt, std::uint8_t{0}), FrameDefect::type);
  EXPECT_EQ(defect_with(Layout::kTypeAt, std::uint8_t{4}), FrameDefect::type);
  EXPECT_EQ(defect_with(Layout::kZeroAt, std::uint16_t{1}), FrameDefect::padding);
  EXPECT_EQ(defect_with(Layout::kLengthAt, std::uint32_t{2}), FrameDefect::length);
  EXPECT_EQ(defect_with(Layout::kLengthAt, std::uint32_t{0xFFFFFFFF}), FrameDefect::length);
  EXPECT_EQ(defect_with(Layout::kSequenceAt, std::uint64_t{0}), FrameDefect::type)
      << "data without a number";
  EXPECT_EQ(read(Bytes(10)).error(), FrameDefect::truncated);
  Bytes large = framed(kHead, std::string(Layout::kBodyBytesMax, 'x'));
  EXPECT_TRUE(read(large).has_value());
  large.push_back(std::byte{});
  store_at(large.data() + Layout::kLengthAt, static_cast<std::uint32_t>(Layout::kBodyBytesMax + 1));
  seal_again(large);
  EXPECT_EQ(read(large).error(), FrameDefect::length) << "larger than any frame may be";
}

TEST(NodeBeat, ComesBackAsItWasAndIsRefusedAtAnyOtherLength) {
  const Beat beat{11, {21, 22, true}, {31, 32, false}, 41, 51, 61, true};
  Bytes body(BeatLayout::kBytes);
  write_beat(beat, body.data());
  const auto back = read_beat({body.data(), body.size()});
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->plan, 11U);
  EXPECT_EQ(back->data.next, 21U);
  EXPECT_EQ(back->data.credit, 22U);
  EXPECT_TRUE(back->data.has_gap);
  EXPECT_EQ(back->control.next, 31U);
  EXPECT_FALSE(back->control.has_gap);
  EXPECT_EQ(back->clock_ns, 41);
  EXPECT_EQ(back->echo_ns, 51);
  EXPECT_EQ(back->held_ns, 61);
  EXPECT_TRUE(back->is_leaving);
  for (std::size_t size = 0; size < body.size(); ++size)
    EXPECT_FALSE(read_beat({body.data(), size}).has_value());
  body[BeatLayout::kFlagsAt] = std::byte{8};
  EXPECT_FALSE(read_beat({body.data(), body.size()}).has_value()) << "an unknown flag";
}

// Bytes that wait for a slow peer are counted as their frames have them.
TEST(Slab, TakesNoMoreRoomThanItsBodyOnceItWaits) {
  SlabPool pool;
  SlabPtr batch = pool.take();
  std::memcpy(batch->body(), "hi", 2);
  batch->grow(2);
  EXPECT_EQ(batch->room(), FrameLayout::kBodyBytesMax - 2);
  const SlabPtr waits = SlabPool::fitted(std::move(batch));
  EXPECT_EQ(waits->room(), 0U);
  EXPECT_EQ(waits->frame_bytes(), FrameLayout::kHeaderBytes + 2);
  EXPECT_EQ(std::memcmp(waits->body(), "hi", 2), 0);
}

}  // namespace
}  // namespace chargemill::runtime
