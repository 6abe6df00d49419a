// A small language for tests of the codec: bytes in, what was said about them out.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/wire/frame_decoder.hpp"
#include "runtime/wire/plain_frames.hpp"
#include "tests/runtime/wire/model_block.hpp"

namespace chargemill::runtime {

using Bytes = std::vector<std::byte>;

/// The bytes of "02 4f 4b": two hexadecimal digits each.
inline Bytes hex(std::string_view digits) {
  Bytes bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 3)
    bytes.push_back(
        static_cast<std::byte>(std::stoi(std::string(digits.substr(i, 2)), nullptr, 16)));
  return bytes;
}
inline Bytes raw(std::string_view text) {
  const ByteView view = bytes_of(text);
  return {view.data, view.data + view.size};
}
inline ByteView view(const Bytes& bytes) { return {bytes.data(), bytes.size()}; }
/// f(x) of the reference: the frame of a text.
inline Bytes f(std::string_view text) { return plain_frame(bytes_of(text)); }
inline Bytes operator+(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}
inline Bytes operator*(std::size_t times, const Bytes& bytes) {
  Bytes all;
  for (; times > 0; --times) all = std::move(all) + bytes;
  return all;
}

/// One answer: "frame PING", "bad_lrc".
inline std::string said(Decoded::Kind kind, FrameView payload) {
  switch (kind) {
    case Decoded::Kind::nothing:
      return "nothing";
    case Decoded::Kind::frame:
      return "frame " + std::string(payload.text());
    case Decoded::Kind::bad_lrc:
      return "bad_lrc";
    case Decoded::Kind::bad_utf8:
      return "bad_utf8";
    case Decoded::Kind::oversize:
      return "oversize";
    case Decoded::Kind::dropped:
      return "dropped";
  }
  return "?";
}

/// All that a decoder said, and its counters at the end.
struct Story {
  std::vector<std::string> answers;
  FrameCounters counters;

  [[nodiscard]] std::vector<std::string> delivered() const {
    std::vector<std::string> texts;
    for (const std::string& answer : answers) {
      if (answer.rfind("frame ", 0) == 0) texts.push_back(answer.substr(6));
    }
    return texts;
  }
};
inline bool operator==(const Story& a, const Story& b) {
  return a.answers == b.answers && a.counters == b.counters;
}
inline std::ostream& operator<<(std::ostream& out, const FrameCounters& c) {
  return out << "frames " << c.frames << " garbage " << c.garbage_bytes << " resyncs " << c.resyncs
             << " bad_escapes " << c.bad_escapes << " bad_lrcs " << c.bad_lrcs << " bad_utf8 "
             << c.bad_utf8 << " oversize " << c.oversize;
}
inline std::ostream& operator<<(std::ostream& out, const Story& story) {
  for (const std::string& answer : story.answers) out << answer << "; ";
  return out << story.counters;
}

/// What the rules say, byte by byte.
inline Story told_plainly(const Bytes& bytes, const FrameDecoder::Options& options = {}) {
  PlainFrameDecoder decoder{options};
  Story story;
  for (const std::byte b : bytes) {
    const Decoded::Kind kind = decoder.take(b);
    if (kind != Decoded::Kind::nothing) story.answers.push_back(said(kind, decoder.payload()));
  }
  story.counters = decoder.counters();
  return story;
}

/// What FrameDecoder says when the reads end at `cuts` (rising, within the bytes) and at the end.
/// The buffer starts with a few bytes, so that it has to grow and to move its tail.
inline Story told(const Bytes& bytes, const std::vector<std::size_t>& cuts,
                  const FrameDecoder::Options& options, const FrameKernels& kernels) {
  ReceiveBuffer buffer{options.payload_bytes_max + bytes.size() + 1, 1};
  FrameDecoder decoder{options, kernels};
  Story story;
  const auto read = [&](std::size_t from, std::size_t to) {
    std::copy_n(bytes.data() + from, to - from, buffer.prepare(to - from + 1).data);
    buffer.commit(to - from);
    for (Decoded d = decoder.next(buffer); d.kind != Decoded::Kind::nothing;
         d = decoder.next(buffer))
      story.answers.push_back(said(d.kind, d.payload));
  };
  std::size_t from = 0;
  for (const std::size_t cut : cuts) {
    read(from, cut);
    from = cut;
  }
  read(from, bytes.size());
  story.counters = decoder.counters();
  return story;
}

/// The sets of kernels that this processor can run, and the model of the widest.
inline std::vector<const FrameKernels*> kernel_sets() {
  std::vector<const FrameKernels*> sets{&scalar_kernels(), &kModelKernels};
  for (const FrameKernels* set : {avx2_kernels(), avx512_kernels()}) {
    if (set != nullptr) sets.push_back(set);
  }
  return sets;
}

/// Every place where reads could end, for one byte a read.
inline std::vector<std::size_t> everywhere(const Bytes& bytes) {
  std::vector<std::size_t> cuts;
  for (std::size_t i = 1; i < bytes.size(); ++i) cuts.push_back(i);
  return cuts;
}

/// Holds the decoder to `expected` for all kernels, whatever the reads: all at once, byte by byte,
/// and for short inputs every way of cutting them in three.
inline void expect_in_any_split(const Bytes& bytes, const Story& expected,
                                const FrameDecoder::Options& options = {}) {
  EXPECT_EQ(told_plainly(bytes, options), expected) << "plain";
  for (const FrameKernels* kernels : kernel_sets()) {
    SCOPED_TRACE(kernels->name);
    EXPECT_EQ(told(bytes, {}, options, *kernels), expected) << "in one read";
    EXPECT_EQ(told(bytes, everywhere(bytes), options, *kernels), expected) << "byte by byte";
    const std::size_t reach = bytes.size() <= 200 ? bytes.size() : 0;
    for (std::size_t first = 0; first <= reach; ++first) {
      for (std::size_t second = first; second <= reach; ++second)
        ASSERT_EQ(told(bytes, {first, second}, options, *kernels), expected)
            << "cut at " << first << " and " << second;
    }
  }
}

}  // namespace chargemill::runtime
