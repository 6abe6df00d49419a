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

TEST(HeldWords, ShowNothingOfAMessageThatIsTooLargeAndTheNextOneWhole) {
  Link link;
  const std::string most(kMessageMax, 'a');
  EXPECT_TRUE(link.take(most, 0));
  EXPECT_TRUE(link.take("before", 1));
  EXPECT_TRUE(link.take(most, 1, false));
  EXPECT_FALSE(link.take("b", 1, false));
  EXPECT_EQ(link.words.bytes(), 2 * kHead + kMessageMax + 6) << "its parts are gone at once";
  EXPECT_FALSE(link.take("c", 1, false));
  EXPECT_FALSE(link.take("d", 1));
  EXPECT_TRUE(link.take("after", 1));
  EXPECT_FALSE(link.take(most + "e", 1)) << "of one part";
  EXPECT_TRUE(link.take("the end", 1));
  link.show(2);
  EXPECT_EQ(link.shown, (Texts{most, "before", "after", "the end"}));
}

TEST(HeldWords, ShowNothingOfAMessageThatHasLostAPart) {
  Link link;
  EXPECT_TRUE(link.take("with ", 0, false));
  link.words.lose_part();
  EXPECT_FALSE(link.take("a hole", 0));
  EXPECT_TRUE(link.take("without one", 0));
  link.show(1);
  EXPECT_EQ(link.shown, Texts{"without one"});
  link.words.lose_part();
  link.words.clear();
  EXPECT_TRUE(link.take("of another process", 0));
  link.show(1);
  EXPECT_EQ(link.shown.size(), 2U);
}

// ---- the same against a list of all there ever was

enum class What : std::uint8_t { part, last, none, data_sent, data_here };
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
    case What::none:
      return out << "no part";
    case What::data_sent:
      return out << "data is sent";
    case What::data_here:
      return out << "data is here";
  }
  return out;
}
Step any_step(RandomStream& random) {
  if (random.below(20) == 0) return {What::none};
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
      case What::none:
        link_.words.lose_part();
        message_that_comes().is_torn = true;
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
    bool has_ended = false;
    bool is_torn = false;
  };

  Message& message_that_comes() {
    if (all_.empty() || all_.back().has_ended) all_.emplace_back();
    return all_.back();
  }
  void come(std::uint64_t bytes, bool is_last) {
    Message& message = message_that_comes();
    const std::string part(bytes, static_cast<char>('a' + all_.size() % 26));
    message.text += part;
    message.is_torn = message.is_torn || message.text.size() > kMessageMax;
    message.frames_bytes += kHead + bytes;
    message.after = sent_;
    message.has_ended = is_last;
    RC_ASSERT(link_.take(part, sent_, is_last) == !message.is_torn);
  }
  void look() const {
    Texts shown;
    bool does_any_wait = false;
    std::uint64_t bytes = 0;
    for (const Message& message : all_) {
      if (message.is_torn) continue;
      if (message.has_ended && message.after <= here_ && !does_any_wait) {
        shown.push_back(message.text);
        continue;
      }
      does_any_wait = does_any_wait || message.has_ended;
      bytes += message.frames_bytes;
    }
    RC_ASSERT(link_.shown == shown);
    RC_ASSERT(link_.words.bytes() == (does_any_wait ? bytes : 0));
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
