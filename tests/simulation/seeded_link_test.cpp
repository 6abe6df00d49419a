// The ends of a link as a seeded run has them, alone: what is posted on one side against what is
// heard on the other, over wires that promise nothing.
#include "tests/simulation/seeded_link.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/random_stream.hpp"

namespace chargemill::test {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kSeeds = 300;
constexpr unsigned kSteps = 600;
constexpr std::uint64_t kWordBytesMax = 3 * SeededLink::kPartBytes;
constexpr std::uint64_t kFrameBytesMax =
    runtime::FrameLayout::kHeaderBytes + runtime::PartLayout::kHeadBytes + SeededLink::kPartBytes;

class Wires {
 public:
  explicit Wires(std::uint64_t seed) : random_(seed, 0, Purpose::faults) {
    // In half of all seeds mail has a bad time, and words wait for it.
    is_mail_lost_ = chance(0.5);
  }

  void disturb() {
    for (unsigned step = 0; step < kSteps; ++step) {
      now_ += 1ms;
      misbehave();
      // A message that is put together from several frames comes to what waits all at once.
      const auto most = std::max(SeededLink::kWindow - 1 + kFrameBytesMax, word_frames_max());
      most_held_ = std::max(most_held_, link_.held_bytes());
      EXPECT_LE(link_.held_bytes(), most);
    }
  }
  /// Nothing goes wrong any more, until all is there.
  void settle() {
    for (int round = 0; round < 10'000 && !(link_.is_idle() && frames_.empty()); ++round) {
      push();
      for (; !frames_.empty(); frames_.pop_front()) land(frames_.front());
      if (link_.owes_an_ack()) acks_.push_back(link_.say());
      for (; !acks_.empty(); acks_.pop_front()) hear(acks_.front());
      now_ += SeededLink::kPatience / 4;
      link_.tick(now_);
    }
  }
  void expect_all_once_and_in_order() const {
    EXPECT_TRUE(is_sound_);
    EXPECT_TRUE(link_.is_idle());
    EXPECT_EQ(heard_mail_, posted_mail_);
    EXPECT_TRUE(heard_words_ == posted_words_) << "too long to be shown";
    EXPECT_EQ(link_.held_bytes(), 0U);
  }
  [[nodiscard]] std::uint64_t refused() const { return link_.refused(); }
  [[nodiscard]] std::uint64_t most_held() const { return most_held_; }

 private:
  using Texts = std::vector<std::string>;

  static std::uint64_t word_frames_max() {
    constexpr std::uint64_t kHead =
        runtime::FrameLayout::kHeaderBytes + runtime::PartLayout::kHeadBytes;
    constexpr std::uint64_t kNumbers = 17;  // SeededLink's own, before each word
    constexpr std::uint64_t kBytes = kWordBytesMax + kNumbers;
    return kBytes + kHead * (kBytes / SeededLink::kPartBytes + 1);
  }
  [[nodiscard]] bool chance(double share) { return random_.uniform() < share; }

  void misbehave() {
    switch (random_.below(12)) {
      case 0:
      case 1:
        return post_mail();
      case 2:
        return post_word();
      case 3:
      case 4:
        return push();
      case 5:
        return overtake();
      case 6:
        if (link_.owes_an_ack()) acks_.push_back(link_.say());
        return;
      case 7:
        if (acks_.empty()) return;
        if (!chance(0.3)) hear(acks_.front());
        return acks_.pop_front();
      case 8:
        if (!chance(0.1)) return;
        now_ += SeededLink::kPatience;
        return link_.tick(now_);
      default:
        for (auto frames = 1 + random_.below(4); frames > 0 && !frames_.empty(); --frames) arrive();
    }
  }
  void overtake() {
    if (chance(0.1)) frames_.clear(), acks_.clear();  // the connection has broken
    if (frames_.size() < 2) return;
    std::swap(frames_[0], frames_[1]);
  }
  void arrive() {
    const SeededLink::Frame frame = frames_.front();
    frames_.pop_front();
    if (chance(0.1) || (is_mail_lost_ && !frame.is_word)) return;
    land(frame);
    if (chance(0.1)) land(frame);
  }
  void post_mail() {
    Post post;
    post.to = 1;
    post.content = "mail " + std::to_string(posted_mail_.size());
    posted_mail_.push_back(post.content);
    link_.post(post);
  }
  void post_word() {
    Post post;
    post.content = "word " + std::to_string(posted_words_.size());
    post.content.resize(post.content.size() + random_.below(kWordBytesMax - 100), '.');
    posted_words_.push_back(post.content);
    link_.post(post);
  }
  void push() {
    link_.push(now_, [this](const SeededLink::Frame& frame) { frames_.push_back(frame); });
  }
  void land(const SeededLink::Frame& frame) {
    const auto hear = [this](const Post& post) {
      (post.to != 0 ? heard_mail_ : heard_words_).push_back(post.content);
    };
    is_sound_ = link_.land(frame, hear) && is_sound_;
  }
  void hear(const SeededLink::Acks& acks) { is_sound_ = link_.hear(acks, now_) && is_sound_; }

  RandomStream random_;
  bool is_mail_lost_ = false;
  bool is_sound_ = true;
  SeededLink link_;
  MachineTime now_{100s};
  std::deque<SeededLink::Frame> frames_;
  std::deque<SeededLink::Acks> acks_;
  Texts posted_mail_, posted_words_, heard_mail_, heard_words_;
  std::uint64_t most_held_ = 0;
};

TEST(SeededLink, CarriesEachMessageOnceAndWordsBehindWhatWasSentBeforeThem) {
  std::uint64_t refused = 0, most_held = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Wires wires{seed};
    wires.disturb();
    wires.settle();
    wires.expect_all_once_and_in_order();
    refused += wires.refused();
    most_held = std::max(most_held, wires.most_held());
  }
  // Else nothing of this shows that there is a window.
  EXPECT_GT(refused, kSeeds / 10);
  EXPECT_GE(most_held, SeededLink::kWindow);
}

}  // namespace
}  // namespace chargemill::test
