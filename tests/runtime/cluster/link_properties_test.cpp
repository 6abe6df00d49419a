// The two ends of a link against a network that does whatever it likes.
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <numeric>
#include <optional>
#include <ostream>
#include <utility>

#include "tests/runtime/cluster/link_line.hpp"
#include "tests/support/traces.hpp"

namespace chargemill::runtime {
namespace {

enum class Mishap : std::uint8_t {
  make,
  send,
  deliver,
  lose,
  repeat,
  swap,
  say,
  hear,
  lose_ack,
  break_line,
  wait,
  hold,
  let_one_go,
  let_all_go
};
constexpr const char* kNames[] = {"make", "send", "deliver",    "lose",        "repeat",
                                  "swap", "say",  "hear",       "lose an ack", "break the line",
                                  "wait", "hold", "let one go", "let all go"};
static_assert(std::size(kNames) == static_cast<std::size_t>(Mishap::let_all_go) + 1);
std::ostream& operator<<(std::ostream& out, Mishap mishap) {
  return out << kNames[static_cast<std::size_t>(mishap)];
}
// Most of it is what a link does on a good day.
constexpr unsigned kTimes[] = {6, 8, 8, 2, 2, 2, 4, 4, 1, 1, 1, 2, 1, 1};
static_assert(std::size(kTimes) == std::size(kNames));
Mishap any_mishap(RandomStream& random) {
  auto at = random.below(std::accumulate(std::begin(kTimes), std::end(kTimes), 0U));
  std::size_t which = 0;
  while (at >= kTimes[which]) at -= kTimes[which++];
  return static_cast<Mishap>(which);
}
rc::Seq<Mishap> no_simpler(Mishap) { return {}; }

class Life {
 public:
  explicit Life(std::uint32_t credit) : credit_(credit), line_(credit) {}

  void play(Mishap mishap) {
    line_.now += std::chrono::milliseconds{1};
    if (!play_at_ends(mishap)) play_between(mishap);
    look();
  }
  void settle() {
    line_.settle();
    RC_ASSERT(line_.has_all_once_in_order());
    RC_ASSERT(line_.sender.kept_bytes() == 0U);
  }
  [[nodiscard]] std::uint64_t refused() const { return line_.refused; }

 private:
  /// False: it is no matter of the two ends.
  [[nodiscard]] bool play_at_ends(Mishap mishap) {
    switch (mishap) {
      case Mishap::make:
        line_.make();
        return true;
      case Mishap::send:
        (void)line_.send();
        return true;
      case Mishap::say:
        line_.say();
        return true;
      case Mishap::wait:
        line_.now += LinkSender::kPatienceMax;
        line_.sender.tick(line_.now);
        return true;
      case Mishap::hold:
        line_.holds = true;
        return true;
      case Mishap::let_one_go:
        line_.let_go(std::min<std::uint64_t>(1, line_.held));
        return true;
      case Mishap::let_all_go:
        line_.holds = false;
        line_.let_go(line_.held);
        return true;
      default:
        return false;
    }
  }
  void play_between(Mishap mishap) {
    auto& frames = line_.frames;
    auto& acks = line_.acks;
    switch (mishap) {
      case Mishap::deliver:
        if (frames.empty()) return;
        seen_ = frames.front();
        frames.pop_front();
        return line_.deliver(*seen_);
      case Mishap::lose:
        if (!frames.empty()) frames.pop_front();
        return;
      case Mishap::repeat:
        if (seen_) line_.deliver(*seen_);
        return;
      case Mishap::swap:
        if (frames.size() > 1) std::swap(frames.front(), frames.back());
        return;
      case Mishap::hear:
        if (acks.empty()) return;
        line_.hear(acks.front());
        return acks.pop_front();
      case Mishap::lose_ack:
        if (!acks.empty()) acks.pop_front();
        return;
      default:  // the line breaks
        frames.clear();
        acks.clear();
    }
  }
  void look() const {
    RC_ASSERT(line_.sender.kept_bytes() == (line_.made - line_.acknowledged) * kFrame);
    RC_ASSERT(line_.has_each_once_in_order());
    RC_ASSERT(line_.acknowledged <= line_.arrived.size());
    RC_ASSERT(line_.arrived.size() <= line_.sent);
    // What waits has begun within the window, and what may still come has room beside it.
    const std::uint64_t held = line_.held * kFrame;
    const Ack ack = line_.receiver.ack();
    RC_ASSERT(held < credit_ + kFrame);
    RC_ASSERT(ack.credit == (held < credit_ ? credit_ - held : 0));
    RC_ASSERT(ack.next == line_.arrived.size() + 1);
  }

  const std::uint32_t credit_;
  Line line_;
  std::optional<std::uint64_t> seen_;
};

// Within an incarnation nothing is lost and nothing doubled, whatever the transport does and
// however long what has arrived waits for something else; what the sender keeps is what nobody has
// acknowledged, and what waits at the receiver is no more than it has room for.
TEST(LinkProperties, LosesAndDoublesNothingWhateverTheNetworkDoes) {
  std::uint64_t refused = 0;
  test::check_cases(2'000, [&] {
    // A few frames, so that often there is no room for the next.
    Life life{*rc::gen::inRange<std::uint32_t>(kFrame / 2, 6 * kFrame).as("credit")};
    for (const Mishap mishap : *test::any_trace(200, any_mishap, no_simpler).as("life"))
      life.play(mishap);
    life.settle();
    refused += life.refused();
  });
  EXPECT_GT(refused, 0U);
}

}  // namespace
}  // namespace chargemill::runtime
