// The vectors of D-133, both ways, in any split of the bytes into reads.
#include <gtest/gtest.h>

#include "runtime/wire/frame_encoder.hpp"
#include "tests/runtime/wire/frame_story.hpp"

namespace chargemill::runtime {
namespace {

struct Vector {
  Bytes payload;
  const char* frame;
};

const std::vector<Vector>& vectors() {
  static const std::vector<Vector> all{
      {raw(""), "02 03 00"},
      {raw("A"), "02 41 03 41"},
      {raw("AA"), "02 41 41 03 00"},
      {raw("OK"), "02 4f 4b 03 04"},
      {raw("PING"), "02 50 49 4e 47 03 10"},
      {raw("TEST"), "02 54 45 53 54 03 16"},
      {raw("Hello"), "02 48 65 6c 6c 6f 03 42"},
      {raw("First"), "02 46 69 72 73 74 03 5a"},
      {raw("Second"), "02 53 65 63 6f 6e 64 03 30"},
      {raw("CP-001"), "02 43 50 2d 30 30 31 03 0f"},
      {raw("Hello, TCP!"), "02 48 65 6c 6c 6f 2c 20 54 43 50 21 03 28"},
      {raw("ACK: PING"), "02 41 43 4b 3a 20 50 49 4e 47 03 43"},
      {raw("OK:ACTIVATED"), "02 4f 4b 3a 41 43 54 49 56 41 54 45 44 03 63"},
      {raw(R"({"cmd":"START"})"), "02 7b 22 63 6d 64 22 3a 22 53 54 41 52 54 22 7d 03 16"},
      {raw(R"({"cmd": "START"})"), "02 7b 22 63 6d 64 22 3a 20 22 53 54 41 52 54 22 7d 03 36"},
      {raw("\u20ac"), "02 e2 82 ac 03 cc"},
      {raw("AB"), "02 41 42 03 03"},
      {raw("AC"), "02 41 43 03 02"},
      {hex("41 02 42"), "02 41 1b 22 42 03 01"},
      {hex("41 03 42"), "02 41 1b 23 42 03 00"},
      {hex("41 1b 42"), "02 41 1b 3b 42 03 18"},
      {hex("02 03 1b"), "02 1b 22 1b 23 1b 3b 03 1a"},
      {hex("00 01 02 03 04 05 06 07"), "02 00 01 1b 22 1b 23 04 05 06 07 03 00"},
      {hex("1b 22"), "02 1b 3b 22 03 39"},
      {hex("41 03 41"), "02 41 1b 23 41 03 03"},
      {hex("02"), "02 1b 22 03 02"},
      {hex("03"), "02 1b 23 03 03"},
      {hex("1b"), "02 1b 3b 03 1b"},
  };
  return all;
}

TEST(FrameVectors, EncodingGivesExactlyTheseBytes) {  // D-132
  for (const auto& vector : vectors()) {
    SCOPED_TRACE(vector.frame);
    EXPECT_EQ(plain_frame(view(vector.payload)), hex(vector.frame));
    for (const FrameKernels* kernels : kernel_sets()) {
      for (const std::size_t room : {frame_bytes_max(vector.payload.size()), std::size_t{1'000}}) {
        Bytes out(room);
        const auto size =
            try_encode_frame({view(vector.payload)}, {out.data(), out.size()}, *kernels);
        ASSERT_TRUE(size.has_value());
        out.resize(*size);
        EXPECT_EQ(out, hex(vector.frame)) << kernels->name;
      }
    }
  }
}

TEST(FrameVectors, DecodingGivesTheTextBackInAnySplitWithoutErrors) {
  for (const auto& vector : vectors()) {
    SCOPED_TRACE(vector.frame);
    Story expected;
    expected.answers = {said(Decoded::Kind::frame, view(vector.payload))};
    expected.counters.frames = 1;
    expect_in_any_split(hex(vector.frame), expected);
  }
}

// Up to eleven bytes: all 1,024 ways to cut them.
TEST(FrameVectors, EverySubsetOfCutsGivesTheSame) {
  for (const auto& vector : vectors()) {
    const Bytes bytes = hex(vector.frame);
    if (bytes.size() > 11) continue;
    SCOPED_TRACE(vector.frame);
    const Story expected = told_plainly(bytes);
    for (unsigned subset = 0; subset < 1U << (bytes.size() - 1); ++subset) {
      std::vector<std::size_t> cuts;
      for (std::size_t i = 1; i < bytes.size(); ++i) {
        if ((subset >> (i - 1) & 1U) != 0) cuts.push_back(i);
      }
      for (const FrameKernels* kernels : kernel_sets())
        ASSERT_EQ(told(bytes, cuts, {}, *kernels), expected) << kernels->name << ' ' << subset;
    }
  }
}

TEST(FrameVectors, AllInOneStreamComeOutInOrder) {
  Bytes stream;
  Story expected;
  for (const auto& vector : vectors()) {
    stream = std::move(stream) + hex(vector.frame);
    expected.answers.push_back(said(Decoded::Kind::frame, view(vector.payload)));
    ++expected.counters.frames;
  }
  expect_in_any_split(stream, expected);
}

}  // namespace
}  // namespace chargemill::runtime
