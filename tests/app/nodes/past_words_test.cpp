// Another node's past answers what it would have answered here.
#include "app/nodes/past_words.hpp"

#include <gtest/gtest.h>

#include <memory>

#include "actors/archive/chronicle.hpp"
#include "actors/archive/past_set.hpp"
#include "app/nodes/remote_past.hpp"
#include "tests/actors/archive/told.hpp"

namespace chargemill::app {
namespace {

using namespace std::chrono_literals;
using archive::Filter;
using archive::Position;
using archive::UtcMicros;

archive::Chronicle some_history() {
  archive::Chronicle past{archive::Origin{1'000},
                          {[](PointId id) { return "CP-" + std::to_string(index_of(id)); },
                           [](DriverId id) { return "driver-" + std::to_string(index_of(id)); }}};
  for (std::uint32_t i = 0; i < 20; ++i) {
    const SimTime at{i * 10s};
    const PointId point{i % 4};
    archive::SessionStart start;
    start.at = at;
    start.session = SessionId{i + 1};
    start.point = point;
    start.driver = DriverId{i};
    past.add(start);
    archive::SessionEnd end;
    end.at = end.end = at + 5s;
    end.session = start.session;
    end.point = point;
    end.driver = start.driver;
    end.delivered = Energy{std::int64_t{i} * 1'000};
    end.status = SessionStatus::completed;
    if (i % 5 != 0) past.add(end);
    past.add(archive::Fault{at + 6s, point, ZoneId{2}, archive::EventType::fault, Reason::ko_key});
    past.add(archive::Fault{at + 7s, point, ZoneId{2}, archive::EventType::recovery, Reason::none});
  }
  return past;
}

/// A past that is reached over bytes only.
RemotePast remote(archive::Past& past) {
  return RemotePast{[&past](const std::string& bytes, const RemotePast::Done& done) {
    const auto question = past_question_from(bytes);
    ASSERT_TRUE(question.has_value());
    done(answer_of(past, *question));
  }};
}

TEST(RemotePast, AnswersAsThePastItIsOf) {
  auto past = some_history();
  auto there = remote(past);
  Filter filter;
  filter.point = "CP-2";
  filter.limit = 3;
  const auto faults = there.faults(filter);
  const auto expected = past.faults(filter);
  ASSERT_TRUE(faults && expected);
  ASSERT_EQ(faults->size(), 3U);
  for (std::size_t i = 0; i < faults->size(); ++i) {
    EXPECT_EQ((*faults)[i].id, (*expected)[i].id);
    EXPECT_EQ((*faults)[i].time, (*expected)[i].time);
    EXPECT_EQ((*faults)[i].point, "CP-2");
    EXPECT_EQ((*faults)[i].zone, ZoneId{2});
    EXPECT_EQ((*faults)[i].type, (*expected)[i].type);
  }
  filter.limit = 100;
  const auto sessions = there.sessions(filter);
  const auto all = past.sessions(filter);
  ASSERT_TRUE(sessions && all);
  ASSERT_EQ(sessions->size(), all->size());
  for (std::size_t i = 0; i < all->size(); ++i) {
    EXPECT_EQ((*sessions)[i].session, (*all)[i].session);
    EXPECT_EQ((*sessions)[i].driver, (*all)[i].driver);
    EXPECT_EQ((*sessions)[i].end, (*all)[i].end) << "some are open";
    EXPECT_EQ((*sessions)[i].delivered, (*all)[i].delivered);
  }
  EXPECT_EQ(there.tickets(filter)->size(), past.tickets(filter)->size());
  EXPECT_EQ(there.meter(filter)->size(), past.meter(filter)->size());
  EXPECT_EQ(there.health(filter)->size(), 0U);
  const auto statistics = there.statistics("", UtcMicros::min()).value();
  EXPECT_EQ(statistics.total_events, 40U);
  EXPECT_EQ(statistics.mean_recovery_s, 1.0);
}

// Its node was lost, and another one, which lives, had its shard next.
TEST(RemotePast, TellsTheRestOfASessionThatBeganElsewhere) {
  archive::Told lost{"lost"};
  archive::Told heir{"heir"};
  lost.start(1s, archive::kFirst);
  lost.checkpoint(11s, archive::kFirst, 100);
  heir.end(30s, archive::kFirst, 290);
  auto there = heir.history();
  std::vector<std::unique_ptr<archive::Past>> members;
  members.push_back(std::make_unique<archive::History>(lost.history()));
  members.push_back(std::make_unique<RemotePast>(remote(there)));
  archive::PastSet both{std::move(members)};
  const auto rows = both.sessions({}).value();
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].status, SessionStatus::completed);
  EXPECT_EQ(rows[0].delivered, Energy{290});
  Filter active;
  active.kind = "ACTIVE";
  EXPECT_TRUE(both.sessions(active).value().empty());
  Filter point;
  point.point = "CP-001";
  EXPECT_EQ(both.meter(point).value().size(), 3U) << "its beginning, a checkpoint, its end";
}

TEST(RemotePast, IsAskedOfManySessionsInSeveralQuestions) {
  auto past = some_history();
  unsigned questions = 0;
  RemotePast there{[&](const std::string& bytes, const RemotePast::Done& done) {
    ++questions;
    done(answer_of(past, *past_question_from(bytes)));
  }};
  std::vector<SessionId> sessions;
  for (std::uint64_t i = 0; i < 10'000; ++i) sessions.push_back(SessionId{i % 30});
  const auto told = there.told_of(sessions).value();
  const auto expected = past.told_of(sessions).value();
  ASSERT_EQ(told.size(), sessions.size());
  EXPECT_EQ(questions, 3U);
  for (std::size_t i = 0; i < told.size(); ++i) {
    ASSERT_EQ(told[i].end.has_value(), expected[i].end.has_value()) << i;
    ASSERT_EQ(told[i].ended, expected[i].ended) << i;
  }
}

TEST(RemotePast, IsFollowedRecordByRecord) {
  auto past = some_history();
  auto there = remote(past);
  const auto follow = [](archive::Past& one) {
    std::vector<std::string> seen;
    for (Position at{0};;) {
      const auto next =
          one.follow(at, 7, [&](const archive::Found& found, const Position& reached) {
            seen.push_back(to_text(reached) + " " + std::string{found.names.point} + " " +
                           std::to_string(found.record.index()));
          });
      if (!next || next->records() == at.records()) return seen;
      at = *next;
    }
  };
  EXPECT_EQ(follow(there), follow(past));
  EXPECT_EQ(there.newest().value()[0], past.newest().value()[0]);
}

TEST(RemotePast, PassesOnWhyItCannotAndBelievesNoOtherBytes) {
  RemotePast broken{[](const std::string&, const RemotePast::Done& done) {
    done(answer_of(Error{ErrorKind::environment, "the disk is gone"}));
  }};
  EXPECT_EQ(broken.newest().error().text, "the disk is gone");
  RemotePast lost{[](const std::string&, const RemotePast::Done& done) { done({}); }};
  EXPECT_FALSE(lost.faults({}));
  auto past = some_history();
  PastQuestion question;
  question.what = PastQuestion::What::sessions;
  const std::string answer = answer_of(past, question);
  using Rows = std::vector<archive::SessionRow>;
  EXPECT_TRUE(past_answer_from<Rows>(answer));
  for (std::size_t size = 0; size < answer.size(); ++size)
    ASSERT_FALSE(past_answer_from<Rows>(std::string_view{answer}.substr(0, size))) << size;
  const std::string asked = to_bytes(question);
  for (std::size_t size = 0; size < asked.size(); ++size)
    ASSERT_FALSE(past_question_from(std::string_view{asked}.substr(0, size))) << size;
  question.what = static_cast<PastQuestion::What>('?');
  EXPECT_FALSE(past_answer_from<Rows>(answer_of(past, question)));
}

TEST(RemotePast, SaysHowFarAQuestionWasLookedFor) {
  archive::Told told;
  told.status(1s, archive::kOne, Phase::fault, true);
  for (int i = 0; i < 500; ++i) told.event(i * 1s, archive::kTwo, archive::EventType::fault);
  auto past = told.history();
  past.set_patience(100);
  auto there = remote(past);
  EXPECT_TRUE(there.health({}).value().empty());
  EXPECT_TRUE(there.looked_back_to());
  EXPECT_EQ(there.looked_back_to(), past.looked_back_to());
  std::vector<std::unique_ptr<archive::Past>> members;
  members.push_back(std::make_unique<RemotePast>(remote(past)));
  archive::PastSet set{std::move(members)};
  EXPECT_TRUE(set.health({}).value().empty());
  EXPECT_EQ(set.looked_back_to(), there.looked_back_to());
  EXPECT_EQ(there.faults({}).value().size(), 100U);
  EXPECT_FALSE(there.looked_back_to());
  using Rows = std::vector<archive::FaultRow>;
  const std::string answer = past_answer_of<Rows>(Rows{}, UtcMicros{7});
  EXPECT_EQ(looked_back_to_in(answer), UtcMicros{7});
  EXPECT_TRUE(past_answer_from<Rows>(answer));
  for (std::size_t size = 0; size < 9; ++size)
    EXPECT_FALSE(looked_back_to_in(std::string_view{answer}.substr(0, size)));
}

// Whoever looked at one of those would look beyond what there is.
TEST(PastAnswers, OfNoKindOfRecordAndWithFlagsThatAreNoneAreRefused) {
  FollowedRecord one;
  archive::SessionEnd end;
  end.session = SessionId{7};
  end.status = SessionStatus::failed;
  end.is_final = true;
  one.record = end;
  one.point = "CP-1";
  const std::string sound = past_answer_of<Followed>(Followed{{one}, 9});
  const auto back = past_answer_from<Followed>(sound);
  ASSERT_TRUE(back);
  const auto* const told = std::get_if<archive::SessionEnd>(&back->records.at(0).record);
  ASSERT_NE(told, nullptr);
  EXPECT_EQ(told->session, SessionId{7});
  EXPECT_TRUE(told->is_final);
  EXPECT_EQ(past_answer_of<Followed>(*back), sound);
  constexpr std::size_t kKindAt = 1 + sizeof(std::uint64_t);
  std::string bytes = sound;
  for (const char kind : {'\x13', '\x7F', '\xFF'}) {
    bytes[kKindAt] = kind;
    EXPECT_FALSE(past_answer_from<Followed>(bytes));
  }
  // Behind its record: a name, none, a time, a number, and the last of all.
  const std::size_t flags_end = sound.size() - (8 + 4) - 8 - 8 - 8 - 8;
  for (std::size_t flag = 1; flag <= 3; ++flag) {
    bytes = sound;
    bytes[flags_end - flag] = '\2';
    EXPECT_FALSE(past_answer_from<Followed>(bytes)) << flag;
  }
}

TEST(PastAnswers, OfWhatIsToldOfSessionsComeThroughUnchanged) {
  std::vector<archive::SessionTold> told(3);
  told[1].reading =
      archive::SessionTold::Reading{UtcMicros{5}, UtcMicros{6}, UtcMicros{7}, Energy{8}, Money{9}};
  told[2].end.emplace().session = SessionId{4};
  told[2].delivered = UtcMicros{10};
  using Told = std::vector<archive::SessionTold>;
  const std::string bytes = past_answer_of<Told>(told);
  const auto back = past_answer_from<Told>(bytes);
  ASSERT_TRUE(back);
  ASSERT_EQ(back->size(), 3U);
  EXPECT_FALSE((*back)[0].reading.has_value());
  EXPECT_EQ((*back)[1].reading->end, UtcMicros{7});
  EXPECT_EQ((*back)[2].end->session, SessionId{4});
  EXPECT_EQ(past_answer_of<Told>(*back), bytes);
  for (std::size_t size = 0; size < bytes.size(); ++size)
    ASSERT_FALSE(past_answer_from<Told>(std::string_view{bytes}.substr(0, size))) << size;
}

}  // namespace
}  // namespace chargemill::app
