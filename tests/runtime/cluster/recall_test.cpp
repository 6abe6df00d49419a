// What is kept for a node that returns, without sockets.
#include "runtime/cluster/recall.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "runtime/saved/state_file.hpp"
#include "tests/support/folder.hpp"

namespace chargemill::runtime {
namespace {

constexpr Incarnation kRun{500};

/// Node `own` of three; node 0 leads.
Recall make(std::uint16_t own, const std::string& log, std::uint64_t plan = 7) {
  return Recall{{log, {plan, own == 0 ? kRun : Incarnation{600U + own}, own, 3}}};
}

std::string text_of(const Recall::Resend& again) {
  std::string text;
  for (const std::byte byte : again.mail) text += static_cast<char>(byte);
  return text + again.meeting;
}

/// Both have met, and go on from there.
void greet(Recall& a, unsigned node_a, Recall& b, unsigned node_b) {
  const std::string from_a = a.begin_life(node_b);
  const std::string from_b = b.begin_life(node_a);
  ASSERT_TRUE(a.hear(node_b, from_b).has_value());
  ASSERT_TRUE(b.hear(node_a, from_a).has_value());
}

/// At meeting `round`, `to` gets mail that bears its number.
void meet(Recall& recall, unsigned to, std::uint64_t round) {
  const std::string mail = "mail " + std::to_string(round) + ",";
  (void)recall.keep(to, bytes_of(mail), round);
  (void)recall.keep(round, "meeting " + std::to_string(round));
}

TEST(Recall, SendsNothingToWhomHasNotGreeted) {
  Recall recall = make(0, {});
  EXPECT_EQ(recall.keep(1, bytes_of("mail"), 1), 0U);
  EXPECT_TRUE(recall.keep(1, "meeting").empty());
  EXPECT_FALSE(recall.has_greeted(1));
}

TEST(Recall, TellsWhoReturnsWhatItHasNotOnRecordAndNothingElse) {
  const test::Folder folder;
  Recall leader = make(0, {});
  {
    Recall first = make(1, folder.path() + "/node-1.log");
    greet(leader, 0, first, 1);
    ASSERT_TRUE(leader.settle().has_value());
    ASSERT_TRUE(first.settle().has_value());
    EXPECT_FALSE(first.is_replaying());
    for (std::uint64_t round = 1; round <= 5; ++round) {
      meet(leader, 1, round);
      leader.note_meeting(1, round);
      first.note_meeting(0, round);
      // It dies at the fifth before it has written it down.
      if (round == 5) break;
      ASSERT_TRUE(first.write({round, 0, 0, {}}, {{}, {}, {}}).has_value());
    }
  }
  Recall second = make(1, folder.path() + "/node-1.log");
  EXPECT_TRUE(second.is_replaying());
  EXPECT_EQ(leader.missing_from(1), 6U);
  const std::string to_second = leader.begin_life(1);
  const std::string to_leader = second.begin_life(0);
  const auto heard = leader.hear(1, to_leader);
  ASSERT_TRUE(heard.has_value());
  EXPECT_TRUE(heard->has_returned);
  EXPECT_TRUE(heard->trouble.empty()) << heard->trouble;
  ASSERT_EQ(heard->again.size(), 1U);  // four are on record
  EXPECT_EQ(text_of(heard->again[0]), "mail 5,meeting 5");
  // And the leader has all that it had said, so it needs no word of it before the sixth.
  ASSERT_TRUE(second.hear(0, to_second).has_value());
  ASSERT_TRUE(second.settle().has_value());
  EXPECT_TRUE(second.is_replaying());
  for (std::uint64_t round = 1; round <= 4; ++round) {
    const auto entry = second.next();
    ASSERT_TRUE(entry && entry->meeting);
    EXPECT_EQ(entry->meeting->round, round);
    EXPECT_EQ(second.keep(0, bytes_of("mail"), round), 0U);
  }
  EXPECT_FALSE(second.next().has_value());
  EXPECT_EQ(second.keep(0, bytes_of("mail"), 5), 0U);
  EXPECT_EQ(second.keep(0, bytes_of("mail"), 6), 1U);
}

TEST(Recall, SaysSoWhenWhatANodeNeedsIsGone) {
  const test::Folder folder;
  Recall leader = make(0, {});
  Recall first = make(1, folder.path() + "/first.log");
  greet(leader, 0, first, 1);
  ASSERT_TRUE(leader.settle().has_value());
  for (std::uint64_t round = 1; round <= 3; ++round) meet(leader, 1, round);
  Recall second = make(1, folder.path() + "/another.log");
  (void)leader.begin_life(1);
  const auto heard = leader.hear(1, second.begin_life(0));
  ASSERT_TRUE(heard.has_value());
  EXPECT_NE(heard->trouble.find("node 1 has no record of this run"), std::string::npos);
}

TEST(Recall, RefusesToReturnWithoutItsLogOrWithAnother) {
  const test::Folder folder;
  const std::string log = folder.path() + "/node-1.log";
  const auto returns = [&](std::uint64_t plan) {
    Recall leader = make(0, {});
    leader.note_meeting(1, 3);  // of a former life
    Recall node = make(1, log, plan);
    greet(leader, 0, node, 1);
    const auto settled = node.settle();
    return settled ? std::string{} : settled.error().text;
  };
  EXPECT_NE(returns(7).find("there is none"), std::string::npos);
  ASSERT_TRUE(MeetingLog::begin(log, {8, kRun, 1, 3}).has_value());
  EXPECT_NE(returns(7).find("of another scenario"), std::string::npos);
  ASSERT_TRUE(MeetingLog::begin(log, {7, kRun, 2, 3}).has_value());
  EXPECT_NE(returns(7).find("another place"), std::string::npos);
  ASSERT_TRUE(MeetingLog::begin(log, {7, Incarnation{1}, 1, 3}).has_value());
  EXPECT_NE(returns(7).find("of another run"), std::string::npos);
  ASSERT_TRUE(MeetingLog::begin(log, {7, kRun, 1, 3}).has_value());
  EXPECT_EQ(returns(7), "");
}

TEST(Recall, BeginsAnewWhereALogOfAnEarlierRunLies) {
  const test::Folder folder;
  const std::string log = folder.path() + "/node-1.log";
  {
    auto old = MeetingLog::begin(log, {7, Incarnation{1}, 1, 3});
    ASSERT_TRUE(old.has_value());
    ASSERT_TRUE((*old)->write({1, 0, 0, {}}, {{}, {}, {}}).has_value());
  }
  Recall leader = make(0, {});
  Recall node = make(1, log);
  greet(leader, 0, node, 1);
  ASSERT_TRUE(leader.settle().has_value());
  ASSERT_TRUE(node.settle().has_value());
  EXPECT_FALSE(node.is_replaying());
  // What it claimed to have does not count.
  EXPECT_EQ(leader.keep(1, bytes_of("mail"), 1), 1U);
  const MappedLog written{log};
  EXPECT_EQ(MeetingLogReader{written.bytes()}.head()->run, kRun);
}

/// Four meetings of node 1, whose state is saved at the last of them; the leader has not heard of
/// that one. What its log was just before is kept beside it.
void live_and_save(Recall& leader, const std::string& log) {
  Recall first = make(1, log);
  greet(leader, 0, first, 1);
  ASSERT_TRUE(leader.settle().has_value());
  ASSERT_TRUE(first.settle().has_value());
  for (std::uint64_t round = 1; round <= 4; ++round) {
    meet(leader, 1, round);
    meet(first, 0, round);
    first.note_meeting(0, round);
    if (round == 4) break;
    leader.note_meeting(1, round);
    ASSERT_TRUE(first.write({round, 0, 0, {}}, {{}, {}, {}}).has_value());
  }
  std::filesystem::copy_file(log, log + ".before");
  first.keep_word("resume");
  const ByteView state = bytes_of("what it is");
  ASSERT_TRUE(first.write({4, 11, 12, {}}, {{}, {}, {}}, {state.data, state.data + state.size})
                  .has_value());
}

/// It returns, and finds its state; how many meetings of its log follow.
int meetings_after_its_state(Recall& leader, const std::string& log) {
  Recall second = make(1, log);
  const std::string to_second = leader.begin_life(1);
  const auto heard = leader.hear(1, second.begin_life(0));
  EXPECT_TRUE(heard && heard->trouble.empty());
  EXPECT_TRUE(second.hear(0, to_second).has_value());
  const auto settled = second.settle();
  EXPECT_TRUE(settled.has_value()) << (settled ? "" : settled.error().text);
  const auto owed = second.take_owed();
  EXPECT_EQ(owed.size(), 1U);
  if (!owed.empty()) {
    EXPECT_EQ(owed[0].node, 0U);
    EXPECT_EQ(text_of(owed[0].what), "mail 4,meeting 4") << "nobody has heard it";
  }
  EXPECT_EQ(second.kept_words(), std::vector<std::string>{"resume"});
  const auto saved = second.take_saved();
  EXPECT_TRUE(saved && saved->round == 4 && saved->proposed == 11 && saved->mail_sum == 12);
  EXPECT_FALSE(second.take_saved().has_value()) << "once";
  int meetings = 0;
  while (const auto entry = second.next()) {
    EXPECT_TRUE(entry->meeting && entry->meeting->round == 4U + static_cast<unsigned>(meetings));
    ++meetings;
  }
  return meetings;
}

TEST(Recall, GoesOnFromItsStateAndWhatItsLogHasSince) {
  const test::Folder folder;
  const std::string log = folder.path() + "/node-1.log";
  Recall leader = make(0, {});
  live_and_save(leader, log);
  EXPECT_EQ(meetings_after_its_state(leader, log), 1);
}

// The state is in its place, and the log has not begun anew.
TEST(Recall, GoesOnFromAStateThatIsYoungerThanItsLog) {
  const test::Folder folder;
  const std::string log = folder.path() + "/node-1.log";
  Recall leader = make(0, {});
  live_and_save(leader, log);
  std::filesystem::rename(log + ".before", log);
  EXPECT_EQ(meetings_after_its_state(leader, log), 0);
  // And once more: its log is as new as that.
  EXPECT_EQ(meetings_after_its_state(leader, log), 0);
}

TEST(Recall, RefusesToReturnWithoutTheStateThatItsLogBeginsWith) {
  const test::Folder folder;
  const std::string log = folder.path() + "/node-1.log";
  const std::string state = folder.path() + "/node-1.state";
  Recall leader = make(0, {});
  live_and_save(leader, log);
  const auto trouble = [&] {
    Recall again = make(0, {});
    again.note_meeting(1, 3);  // of a former life
    Recall node = make(1, log);
    greet(again, 0, node, 1);
    const auto settled = node.settle();
    return settled ? std::string{} : settled.error().text;
  };
  EXPECT_EQ(trouble(), "");
  std::filesystem::resize_file(state, std::filesystem::file_size(state) - 1);
  EXPECT_NE(trouble().find("its state, " + state + ", is not there, or is damaged"),
            std::string::npos);
  ASSERT_TRUE(saved::write_state(state, {8, 500, 1, 3, 4}, {}));
  EXPECT_NE(trouble().find("is of another scenario, seed, version or place"), std::string::npos);
  ASSERT_TRUE(saved::write_state(state, {7, 501, 1, 3, 4}, {}));
  EXPECT_NE(trouble().find("is of another run"), std::string::npos);
  ASSERT_TRUE(saved::write_state(state, {7, 500, 1, 3, 3}, {}));
  EXPECT_NE(trouble().find("is of an earlier meeting"), std::string::npos);
  ASSERT_TRUE(saved::write_state(state, {7, 500, 1, 3, 4}, {}));
  EXPECT_NE(trouble().find("is damaged"), std::string::npos);
}

TEST(Recall, NeedsNoStateWhereItsLogBeginsWithTheRun) {
  const test::Folder folder;
  const std::string log = folder.path() + "/node-1.log";
  Recall leader = make(0, {});
  live_and_save(leader, log);
  std::filesystem::rename(log + ".before", log);
  std::filesystem::resize_file(folder.path() + "/node-1.state", 40);
  Recall second = make(1, log);
  const std::string to_second = leader.begin_life(1);
  ASSERT_TRUE(leader.hear(1, second.begin_life(0)).has_value());
  ASSERT_TRUE(second.hear(0, to_second).has_value());
  ASSERT_TRUE(second.settle().has_value());
  EXPECT_FALSE(second.take_saved().has_value());
  const auto first = second.next();
  EXPECT_TRUE(first && first->meeting && first->meeting->round == 1U);
}

TEST(Recall, HasNoUseForBytesThatAreNoGreeting) {
  Recall leader = make(0, {});
  const std::string greeting = leader.begin_life(1);
  EXPECT_FALSE(leader.hear(1, greeting.substr(1)).has_value());
  EXPECT_FALSE(leader.hear(1, "").has_value());
  EXPECT_TRUE(leader.hear(1, greeting).has_value());
  EXPECT_FALSE(leader.hear(1, greeting).has_value()) << "once a life";
}

}  // namespace
}  // namespace chargemill::runtime
