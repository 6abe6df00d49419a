// Each set of kernels against the scalar one.
#include "runtime/wire/frame_kernels.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/runtime/wire/frame_gen.hpp"

namespace chargemill::runtime {
namespace {

constexpr std::size_t kSlack = ReceiveBuffer::kSlackBytes;

/// Some bytes from rich in special ones to nearly without, long enough for every loop of a kernel.
Bytes any_bytes() {
  return some_bytes(*rc::gen::arbitrary<std::uint32_t>(), *rc::gen::inRange<std::size_t>(0, 700),
                    *rc::gen::inRange<std::uint64_t>(1, 500));
}
/// The same and what lies behind.
Bytes with_slack(Bytes bytes) {
  bytes.resize(bytes.size() + kSlack, kStx);
  return bytes;
}

RC_GTEST_PROP(FrameKernels, ScanAlike, ()) {
  const Bytes bytes = with_slack(any_bytes());
  const auto from = *rc::gen::inRange<std::size_t>(0, bytes.size() - kSlack + 1);
  const std::size_t size = bytes.size() - kSlack - from;
  const Scanned expected = scalar_kernels().scan(bytes.data() + from, size);
  for (const FrameKernels* kernels : kernel_sets()) {
    const Scanned run = kernels->scan(bytes.data() + from, size);
    RC_ASSERT(run.bytes == expected.bytes);
    RC_ASSERT(run.lrc == expected.lrc);
    RC_ASSERT(run.has_high == expected.has_high);
  }
}

RC_GTEST_PROP(FrameKernels, UnescapeAlikeAndLeaveTheRestAlone, ()) {
  // Legal escapes, with something else at the end of some.
  const Bytes payload = any_bytes();
  Bytes escaped = plain_frame(view(payload));
  escaped.erase(escaped.begin());
  escaped.resize(escaped.size() - 2);
  const Bytes tail = some_bytes(*rc::gen::arbitrary<std::uint32_t>(), 40, 3);
  const Bytes all = with_slack(escaped + tail);
  const auto gap = *rc::gen::inRange<std::size_t>(1, 100);
  const auto size = *rc::gen::inRange<std::size_t>(0, all.size() - kSlack + 1);
  const auto room = *rc::gen::inRange<std::size_t>(0, 800);

  const Bytes before = Bytes(gap) + all;
  Bytes expected_bytes = before;
  const Unescaped expected =
      scalar_kernels().unescape(expected_bytes.data(), room, expected_bytes.data() + gap, size);
  for (const FrameKernels* kernels : kernel_sets()) {
    Bytes bytes = before;
    const Unescaped done = kernels->unescape(bytes.data(), room, bytes.data() + gap, size);
    RC_ASSERT(done.read == expected.read);
    RC_ASSERT(done.written == expected.written);
    RC_ASSERT(done.lrc == expected.lrc);
    RC_ASSERT(done.has_high == expected.has_high);
    RC_ASSERT(done.after_escape == expected.after_escape);
    const auto written = static_cast<std::ptrdiff_t>(done.written);
    RC_ASSERT(std::equal(bytes.begin(), bytes.begin() + written, expected_bytes.begin()));
    const auto rest = static_cast<std::ptrdiff_t>(gap + done.read);
    RC_ASSERT(std::equal(bytes.begin() + rest, bytes.end(), before.begin() + rest));
  }
}

RC_GTEST_PROP(FrameKernels, EscapeAlike, ()) {
  const Bytes bytes = any_bytes();
  const auto room = *rc::gen::inRange<std::size_t>(0, 2 * bytes.size() + 200);
  Bytes expected_bytes(room);
  const Escaped expected =
      scalar_kernels().escape(expected_bytes.data(), room, bytes.data(), bytes.size());
  for (const FrameKernels* kernels : kernel_sets()) {
    Bytes out(room);
    const Escaped done = kernels->escape(out.data(), room, bytes.data(), bytes.size());
    RC_ASSERT(done.fits == expected.fits);
    if (!done.fits) continue;
    RC_ASSERT(done.written == expected.written);
    RC_ASSERT(done.lrc == expected.lrc);
    const auto written = static_cast<std::ptrdiff_t>(done.written);
    RC_ASSERT(std::equal(out.begin(), out.begin() + written, expected_bytes.begin()));
  }
}

// Every byte value in every place of a block, alone among others.
TEST(FrameKernels, FindEachSpecialByteInEachPlaceAndNoOther) {
  for (const FrameKernels* kernels : kernel_sets()) {
    for (int value = 0; value < 256; ++value) {
      for (std::size_t place = 0; place < 140; ++place) {
        Bytes bytes(140 + kSlack, std::byte{'x'});
        bytes[place] = static_cast<std::byte>(value);
        const Scanned run = kernels->scan(bytes.data(), 140);
        ASSERT_EQ(run.bytes, is_special(bytes[place]) ? place : 140) << kernels->name << value;
        ASSERT_EQ(run.has_high, value >= 128);
      }
    }
  }
}
// An ESC in each place of a block, and behind it each kind of byte, or none.
TEST(FrameKernels, UnescapeAlikeWhateverFollowsAnEscapeWhereverItIs) {
  for (std::size_t place = 0; place < 140; ++place) {
    for (const char* behind : {"", "22", "23 3b", "02", "03", "1b", "22 1b", "78 78"}) {
      const Bytes all = with_slack(raw(std::string(place, 'x')) + hex("1b") + hex(behind));
      const std::size_t size = all.size() - kSlack;
      Bytes expected_bytes = Bytes(1) + all;
      const Unescaped expected =
          scalar_kernels().unescape(expected_bytes.data(), 1'000, expected_bytes.data() + 1, size);
      for (const FrameKernels* kernels : kernel_sets()) {
        SCOPED_TRACE(testing::Message() << kernels->name << ' ' << place << ' ' << behind);
        Bytes bytes = Bytes(1) + all;
        const Unescaped done = kernels->unescape(bytes.data(), 1'000, bytes.data() + 1, size);
        ASSERT_EQ(done.read, expected.read);
        ASSERT_EQ(done.written, expected.written);
        ASSERT_EQ(done.lrc, expected.lrc);
        ASSERT_EQ(done.after_escape, expected.after_escape);
        bytes.resize(done.written);
        expected_bytes.resize(done.written);
        ASSERT_EQ(bytes, expected_bytes);
      }
    }
  }
}
TEST(FrameKernels, TheBestIsOneThatThisProcessorHas) {
  const auto sets = kernel_sets();
  EXPECT_EQ(std::count(sets.begin(), sets.end(), &best_kernels()), 1);
  if (avx2_kernels() != nullptr) {
    EXPECT_NE(&best_kernels(), &scalar_kernels());
  }
}

}  // namespace
}  // namespace chargemill::runtime
