// What is told waits until all is here that was sent before it.
#include "runtime/cluster/held_words.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/traces.hpp"

namespace chargemill::runtime {
namespace {

using Texts = std::vector<std::string>;

constexpr std::size_t kMessageMax = 20;
constexpr std::uint64_t kHead = FrameLayout::kHeaderBytes + PartLayout::kHeadBytes;

/// What comes on one link, and what is shown of it.
struct Link {
  HeldWords words{kMessageMax};
  Texts shown;

  bool take(std::string_view text, std::uint64_t mark, bool is_last = true) {
    return words.take({mark, is_last, bytes_of(text)}, kHead + text.size());
  }
  /// All data below `next` is here.
  void show(std::uint64_t next) {
    words.show(next, [this](std::string_view text) { shown.emplace_back(text); });
  }
};

TEST(HeldWords, AreShownOnceAllThatWasSentBeforeThemIsHere) {
  Link link;
  EXPECT_TRUE(link.take("a", 0));
  EXPECT_TRUE(link.take("b", 2));
  EXPECT_TRUE(link.take("c", 2));
  link.show(1);
  EXPECT_EQ(link.shown, Texts{"a"});
  link.show(2);
  EXPECT_EQ(link.shown, Texts{"a"}) << "the second is missing";
  link.show(3);
  EXPECT_EQ(link.shown, (Texts{"a", "b", "c"}));
  link.show(9);
  EXPECT_EQ(link.shown.size(), 3U);
}

TEST(HeldWords, ArePutTogetherFromTheirPartsAndWaitForTheDataBeforeTheLast) {
  Link link;
  EXPECT_TRUE(link.take("one ", 1, false));
  EXPECT_TRUE(link.take("", 1, false));
  EXPECT_TRUE(link.take("message", 3));
  link.show(3);
  EXPECT_EQ(link.shown, Texts{});
  link.show(4);
  EXPECT_EQ(link.shown, Texts{"one message"});
}

TEST(HeldWords, CountTheFramesOfWhatWaitsForData) {
  Link link;
  EXPECT_TRUE(link.take("12", 1, false));
  EXPECT_EQ(link.words.bytes(), 0U) << "it waits for its own end";
  EXPECT_TRUE(link.take("345", 1));
  EXPECT_EQ(link.words.bytes(), 2 * kHead + 5);
  EXPECT_TRUE(link.take("6", 2, false));
  EXPECT_EQ(link.words.bytes(), 3 * kHead + 6) << "this one waits behind it";
  link.show(2);
  EXPECT_EQ(link.words.bytes(), 0U);
  EXPECT_TRUE(link.take("7", 2));
  EXPECT_EQ(link.words.bytes(), 2 * kHead + 2);
  link.words.clear();
  EXPECT_EQ(link.words.bytes(), 0U);
  EXPECT_TRUE(link.take("8", 0));
  link.show(3);
  EXPECT_EQ(link.shown, (Texts{"12345", "8"})) << "of another process";
}

// ---- the same against a list of all there ever was

enum class What : std::uint8_t { part, last, data_sent, data_here };
struct Step {
  What what;
  std::uint64_t bytes = 0;
};
std::ostream& operator<<(std::ostream& out, const Step& step) {
  switch (step.what) {
    case What::part:
      return out << "a part of " << step.bytes << " bytes";
    case What::last:
      return out << "the last part, of " << step.bytes << " bytes";
    case What::data_sent:
      return out << "data is sent";
    case What::data_here:
      return out << "data is here";
  }
  return out;
}
Step any_step(RandomStream& random) {
  const auto what = random.below(10);
  if (what < 3) return {What::data_sent};
  if (what < 6) return {What::data_here};
  return {what < 8 ? What::part : What::last, random.below(kMessageMax / 2)};
}
rc::Seq<Step> simpler(const Step& step) {
  return rc::seq::map(rc::shrink::towards(step.bytes, std::uint64_t{0}), [step](std::uint64_t n) {
    return Step{step.what, n};
  });
}

class Life {
 public:
  void play(const Step& step) {
    switch (step.what) {
      case What::part:
      case What::last:
        come(step.bytes, step.what == What::last);
        break;
      case What::data_sent:
        ++sent_;
        break;
      case What::data_here:
        here_ = std::min(here_ + 1, sent_);
    }
    link_.show(here_ + 1);
    look();
  }

 private:
  struct Message {
    std::string text;
    std::uint64_t frames_bytes = 0;
    std::uint64_t after = 0;  // so much data
    bool is_whole = false;
  };

  void come(std::uint64_t bytes, bool is_last) {
    if (all_.empty() || all_.back().is_whole) all_.emplace_back();
    Message& message = all_.back();
    const std::string text(bytes, static_cast<char>('a' + all_.size() % 26));
    const bool fits = message.text.size() + bytes <= kMessageMax;
    RC_ASSERT(link_.take(text, sent_, is_last) == fits);
    if (!fits) return;
    message.text += text;
    message.frames_bytes += kHead + bytes;
    message.after = sent_;
    message.is_whole = is_last;
  }
  void look() const {
    Texts shown;
    std::uint64_t whole_bytes = 0, bytes = 0;
    for (const Message& message : all_) {
      if (message.is_whole && message.after <= here_ && bytes == 0) {
        shown.push_back(message.text);
        continue;
      }
      bytes += message.frames_bytes;
      if (message.is_whole) whole_bytes += message.frames_bytes;
    }
    RC_ASSERT(link_.shown == shown);
    RC_ASSERT(link_.words.bytes() == (whole_bytes == 0 ? 0 : bytes));
  }

  Link link_;
  std::vector<Message> all_;
  std::uint64_t sent_ = 0, here_ = 0;  // frames of data
};

TEST(HeldWordsProperties, ShowEachMessageWholeOnceAndInItsTurn) {
  test::check_cases(2'000, [] {
    Life life;
    for (const Step& step : *test::any_trace(200, any_step, simpler).as("life")) life.play(step);
  });
}

}  // namespace
}  // namespace chargemill::runtime
