// What a leader makes of a node that it does not hear for a while.
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "app/nodes/leader.hpp"
#include "app/nodes/words.hpp"
#include "tests/simulation/seeded_peers.hpp"

namespace chargemill::test {
namespace {

using app::Leader;
using runtime::agreement::MachineTime;

constexpr unsigned kOther = 1;

/// Two nodes, of which the first leads; time goes on while it waits.
class SilentNode : public testing::Test {
 protected:
  SeededPeers::Around around() {
    SeededPeers::Around all;
    all.names = {"a", "b"};
    all.self = 0;
    all.now = [this] { return now_; };
    all.wait = [this](Nanos time) { now_ += time; };
    all.notice = [] {};
    all.carry = [this](unsigned, Post post) {
      told_.push_back(std::move(post));
      if (is_heard_) answer(told_.size() - 1, {});
    };
    all.may_act = [] { return true; };
    all.hears = [this](unsigned) { return is_heard_; };
    all.give_up = [](unsigned) {};
    return all;
  }
  void look() {
    network::Snapshot snapshot;
    leader_.add_looks(snapshot, Leader::Whom::heard);
  }
  /// The other one answers the look that it heard so many looks ago.
  void answer(std::size_t which, const std::string& news) {
    const auto question = app::said_in(told_.at(which).content);
    ASSERT_TRUE(question.has_value());
    app::NodeReport report;
    report.journal_news = news;
    Post post;
    post.content = app::message_of(question->word, question->number, app::to_bytes(report));
    peers_.hear(kOther, post);
  }

  MachineTime now_{std::chrono::seconds{100}};
  bool is_heard_ = false;
  std::vector<Post> told_;
  SeededPeers peers_{around()};
  Leader leader_{peers_};
};

TEST_F(SilentNode, IsWaitedForByNoLook) {
  const auto before = now_;
  look();
  EXPECT_EQ(now_, before);
  EXPECT_EQ(leader_.take_silences().size(), 1U);
  look();
  EXPECT_TRUE(leader_.take_silences().empty()) << "said once";
  EXPECT_EQ(told_.size(), 1U) << "it has that question yet: a second one would only wait too";
}

TEST_F(SilentNode, IsAskedByEveryLookOnceItIsHeardAgain) {
  look();
  look();
  is_heard_ = true;
  const auto before = now_;
  look();
  EXPECT_EQ(told_.size(), 2U) << "though it owes its first answer";
  EXPECT_EQ(now_, before) << "the answer to that question is what is waited for";
  look();
  EXPECT_EQ(told_.size(), 3U);
}

// It says them once, to whoever looks first; and it owes nothing then.
TEST_F(SilentNode, ItsNewsAreToldWhenItsAnswerComesLate) {
  look();
  look();
  answer(0, "the disk is full\n");
  leader_.listen(std::chrono::milliseconds{1});
  look();
  ASSERT_EQ(told_.size(), 2U);
  answer(1, "it is written again\n");
  leader_.listen(std::chrono::milliseconds{1});
  const std::vector<std::string> both{"b: the disk is full", "b: it is written again"};
  EXPECT_EQ(leader_.take_news(), both);
}

// Whoever takes them may be late, or never come.
TEST_F(SilentNode, OfItsNewsTheFirstThousandAreKeptAndTheOthersCounted) {
  look();
  std::string news;
  for (int i = 0; i < 1'007; ++i) news += std::to_string(i) + "\n";
  answer(0, news);
  leader_.listen(std::chrono::milliseconds{1});
  const auto kept = leader_.take_news();
  ASSERT_EQ(kept.size(), 1'001U);
  EXPECT_EQ(kept[0], "b: 0");
  EXPECT_EQ(kept[999], "b: 999");
  EXPECT_EQ(kept[1'000], "and 7 more that nobody kept");
  EXPECT_TRUE(leader_.take_news().empty());
  look();
  ASSERT_EQ(told_.size(), 2U);
  answer(1, "there is room again");
  leader_.listen(std::chrono::milliseconds{1});
  EXPECT_EQ(leader_.take_news(), std::vector<std::string>{"b: there is room again"});
}

TEST_F(SilentNode, OfALineOfItsNewsAKibibyteIsKeptAndNoCharacterIsCutInTwo) {
  look();
  const std::string most(1'024, 'x');
  const std::string less(1'022, 'y');
  answer(0, most + "\n" + most + "x\n" + less + "\u20AC and more\n" + less + "\u00E9 and more\n");
  leader_.listen(std::chrono::milliseconds{1});
  const std::vector<std::string> kept{"b: " + most, "b: " + most, "b: " + less,
                                      "b: " + less + "\u00E9"};
  EXPECT_EQ(leader_.take_news(), kept);
}

// That it is lost is said elsewhere.
TEST_F(SilentNode, IsHeardAgainAndNotWhoeverComesToItsPlace) {
  look();
  ASSERT_EQ(leader_.take_silences().size(), 1U);
  peers_.give_up(kOther);
  look();
  is_heard_ = true;
  peers_.let_back_in(kOther);
  look();
  EXPECT_TRUE(leader_.take_silences().empty());
  is_heard_ = false;
  now_ += std::chrono::seconds{10};
  look();
  EXPECT_EQ(leader_.take_silences().size(), 1U);
  is_heard_ = true;
  look();
  EXPECT_EQ(leader_.take_silences(), std::vector<std::string>{"b is heard again"});
}

}  // namespace
}  // namespace chargemill::test
