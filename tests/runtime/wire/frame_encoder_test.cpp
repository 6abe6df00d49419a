#include "runtime/wire/frame_encoder.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include "runtime/wire/utf8.hpp"
#include "tests/runtime/wire/frame_gen.hpp"

namespace chargemill::runtime {
namespace {

/// Bytes that end where memory ends: one step further stops the process.
class LastBytes {
 public:
  explicit LastBytes(std::size_t size) {
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    pages_ = (size + page - 1) / page * page;
    mapped_ = static_cast<std::byte*>(
        ::mmap(nullptr, pages_ + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    EXPECT_EQ(::mprotect(mapped_ + pages_, page, PROT_NONE), 0);
    pages_with_end_ = pages_ + page;
    data = mapped_ + pages_ - size;
  }
  LastBytes(const LastBytes&) = delete;
  LastBytes& operator=(const LastBytes&) = delete;
  ~LastBytes() { ::munmap(mapped_, pages_with_end_); }

  std::byte* data;

 private:
  std::byte* mapped_;
  std::size_t pages_;
  std::size_t pages_with_end_;
};

TEST(FrameEncoder, GathersPiecesIntoOneFrame) {
  for (const FrameKernels* kernels : kernel_sets()) {
    Bytes out(100);
    const auto size =
        try_encode_frame({bytes_of("ACK: "), bytes_of(""), bytes_of("PI"), bytes_of("NG")},
                         {out.data(), out.size()}, *kernels);
    ASSERT_TRUE(size.has_value());
    out.resize(*size);
    EXPECT_EQ(out, f("ACK: PING")) << kernels->name;
  }
}
TEST(FrameEncoder, NoPieceIsAnEmptyFrame) {
  Bytes out(kFrameOverheadBytes);
  EXPECT_EQ(try_encode_frame({}, {out.data(), out.size()}), kFrameOverheadBytes);
  EXPECT_EQ(out, hex("02 03 00"));
  EXPECT_EQ(try_encode_frame({}, {out.data(), 2}), std::nullopt);
}
TEST(FrameEncoder, TheBoundIsReachedWhenAllIsEscaped) {
  static_assert(frame_bytes_max(100) == 203);
  const Bytes payload(100, kEsc);
  Bytes out(203);
  EXPECT_EQ(try_encode_frame({view(payload)}, {out.data(), 203}), 203U);
  EXPECT_EQ(try_encode_frame({view(payload)}, {out.data(), 202}), std::nullopt);
}
// Input and output of exactly the size that is needed, at the end of memory.
TEST(FrameEncoder, ReadsAndWritesNothingBeyondWhatItIsGiven) {
  for (const FrameKernels* kernels : kernel_sets()) {
    for (std::size_t size = 0; size < 300; ++size) {
      for (const std::uint64_t rarity : {1U, 20U, 1'000U}) {
        const Bytes payload = some_bytes(size, size, rarity);
        const Bytes expected = plain_frame(view(payload));
        const LastBytes in{size};
        const LastBytes out{expected.size()};
        std::copy(payload.begin(), payload.end(), in.data);
        const auto written =
            try_encode_frame({{in.data, size}}, {out.data, expected.size()}, *kernels);
        ASSERT_EQ(written, expected.size()) << kernels->name;
        ASSERT_TRUE(std::equal(expected.begin(), expected.end(), out.data));
        ASSERT_EQ(
            try_encode_frame({{in.data, size}}, {out.data + 1, expected.size() - 1}, *kernels),
            std::nullopt);
      }
    }
  }
}
TEST(FrameEncoder, WritesNothingBeyondARoomThatIsTooSmall) {
  const Bytes payload(150, kEtx);
  const std::size_t needed = frame_bytes_max(payload.size());
  for (const FrameKernels* kernels : kernel_sets()) {
    for (std::size_t room = 0; room <= needed; ++room) {
      const LastBytes out{room};
      const auto written = try_encode_frame({view(payload)}, {out.data, room}, *kernels);
      ASSERT_EQ(written.has_value(), room == needed) << kernels->name;
    }
  }
}

struct TextCase {
  const char* what;
  std::string_view bytes;
  bool valid;
};
constexpr TextCase kTexts[] = {
    {"nothing", "", true},
    {"two, three and four bytes", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x94\x8b", true},
    {"the last code point", "\xf4\x8f\xbf\xbf", true},
    {"beyond it", "\xf4\x90\x80\x80", false},
    {"a surrogate", "\xed\xa0\x80", false},
    {"overlong, two bytes", "\xc1\xbf", false},
    {"overlong, three bytes", "\xe0\x9f\xbf", false},
    {"a byte of the middle alone", "\x80", false},
    {"cut off", "abc\xe2\x82", false},
};
TEST(FrameText, IsUtf8AsTheStandardSays) {  // D-139
  for (const TextCase& text : kTexts) {
    EXPECT_EQ(is_utf8(bytes_of(text.bytes)), text.valid) << text.what;
    const Story story = told_plainly(f(text.bytes));
    EXPECT_EQ(story.counters.frames, text.valid ? 1U : 0U) << text.what;
    EXPECT_EQ(story.counters.bad_utf8, text.valid ? 0U : 1U) << text.what;
    expect_in_any_split(f(text.bytes), story);
  }
}
// D-138 before D-139: what did not arrive whole is not judged as text.
TEST(FrameText, AWrongLrcIsSaidBeforeBadText) {
  const Story story = told_plainly(hex("02 ff 03 00"));
  EXPECT_EQ(story.answers, std::vector<std::string>{"bad_lrc"});
  expect_in_any_split(hex("02 ff 03 00"), story);
}
TEST(FrameCounters, AddUpOverConnections) {
  FrameCounters total;
  total += FrameCounters{1, 2, 3, 4, 5, 6, 7};
  total += FrameCounters{1, 1, 1, 1, 1, 1, 1};
  EXPECT_EQ(total, (FrameCounters{2, 3, 4, 5, 6, 7, 8}));
}

}  // namespace
}  // namespace chargemill::runtime
