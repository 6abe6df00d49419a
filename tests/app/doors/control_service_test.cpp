// What the framed door says when it cannot look, and to whom it does not listen for long.
#include "app/doors/control_service.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/doors/tcp_door.hpp"
#include "tests/app/doors/station.hpp"

namespace chargemill::app {
namespace {

using namespace std::chrono_literals;
using test::Station;
using testing::StartsWith;

/// Fills the desk, as another door may: what it has taken is under way until the actors work.
class Crowd final : public central::Inspection {
 public:
  std::uint32_t look(const central::ShardState&, SimTime, std::uint32_t) override {
    return kEnough;
  }
  void finish(SimTime) override {}
};
void crowd(network::Desk& desk) {
  for (std::size_t i = 0; i < network::Desk::kOpenMax; ++i)
    ASSERT_TRUE(desk.inspect(std::make_shared<Crowd>()));
  ASSERT_FALSE(desk.inspect(std::make_shared<Crowd>()));
}

TEST(ControlService, WhatIsDoneIsNotRefusedForWantOfALook) {  // D-144
  Station s{3};
  crowd(s.desk);
  const auto asked = [&](std::string_view text) {
    s.client.send(text);
    return s.client.receive().value_or("(no reply)");  // and the actors stand still
  };
  EXPECT_EQ(asked("STOP#CP-000002"), "ACK: STOP#1#unconfirmed");
  EXPECT_EQ(asked("STOP_SUPPLY#CP-000001"), "ACK: STOP_SUPPLY#CP-000001#unconfirmed");
  EXPECT_EQ(asked("ADD_CP#CP-NEW"), "ACK: ADD_CP#CP-NEW#unconfirmed");
  EXPECT_EQ(asked("STATUS#CP-000002"), "NACK: busy, please repeat") << "nothing was to be done";
  s.still.settle();
  s.still.pass(1s);
  EXPECT_EQ(s.ask("STATUS#CP-000002"), "ACK: STATUS#CP-000002#STOPPED#STOPPED#OK#-#-");
  EXPECT_THAT(s.ask("STATUS#CP-NEW"), StartsWith("ACK: STATUS#CP-NEW#"));
  EXPECT_EQ(s.ask("RESUME#CP-000002"), "ACK: RESUME#1") << "now it is seen that it is done";
}

TEST(ControlService, OnlyWhatIsDoneIsUnconfirmed) {  // D-144
  EXPECT_EQ(control_texts::unconfirmed("ACK: cp.fault"), "ACK: cp.fault#unconfirmed");
  EXPECT_EQ(control_texts::unconfirmed("NACK: no"), "NACK: no");
}

TEST(ControlService, WhatAJournalThatWasGivenUpDoesNotKeepIsDoneAllTheSame) {  // D-177
  RunFacts facts;
  facts.own_journal = [] {
    runtime::journal::JournalStatus status;
    status.state = runtime::journal::JournalState::abandoned;
    return status;
  };
  Station s{2, test::framed_only(), facts};
  EXPECT_EQ(s.ask("STOP#CP-000002"), "ACK: STOP#1#unrecorded");
  EXPECT_EQ(s.ask("STOP#CP-000002"), "ACK: STOP#1#unrecorded") << "nothing is done twice";
  s.still.pass(1s);
  EXPECT_EQ(s.ask("STATUS#CP-000002"), "ACK: STATUS#CP-000002#STOPPED#STOPPED#OK#-#-");
  EXPECT_EQ(control_texts::unrecorded("NACK: no"), "NACK: no");
}

TEST(ControlService, BeforeItsTokenAClientHasSmallLimits) {  // issue, section 6; law 6
  const test::Folder folder;
  Station s{1, test::token_file(folder)};
  const std::string lengthy(2'000, 'x');
  EXPECT_EQ(s.ask(lengthy), "NACK: a message is too long");
  EXPECT_EQ(s.ask("AUTH#wrong"), "NACK: wrong token");
  EXPECT_EQ(s.ask(lengthy), "NACK: a message is too long");
  EXPECT_EQ(s.ask(std::string{"AUTH#"} + test::kReader), "ACK: AUTH#read");
  EXPECT_THAT(s.ask(lengthy), StartsWith("NACK: unknown command 'xxx"));
  EXPECT_TRUE(framed_options({}, nullptr, true).connection.session.wants_welcome);
  EXPECT_FALSE(framed_options({}).connection.session.wants_welcome);
}

TEST(ControlService, WrongTokensAreToldAtTheFirstAndEachTenfold) {  // user-experience 5.1
  const test::Folder folder;
  Station s{1, test::token_file(folder)};
  EXPECT_THAT(s.ask("LIST"), StartsWith("NACK: a token is needed"));
  EXPECT_THAT(s.doors->take_news(), testing::IsEmpty()) << "none is not a wrong one";
  const std::string told = "wrong tokens at the framed door so far: ";
  for (int i = 1; i <= 12; ++i) {
    test::FrameClient other{test::port_of(*s.doors)};
    other.send("AUTH#wrong");
    EXPECT_EQ(s.hear(other), "NACK: wrong token");
    const auto news = s.doors->take_news();
    if (i == 1 || i == 10) {
      EXPECT_THAT(news, testing::ElementsAre(told + std::to_string(i)));
    } else {
      EXPECT_THAT(news, testing::IsEmpty());
    }
  }
}

TEST(TcpDoor, ItsRoomForSlowClientsGrowsWithTheirs) {  // law 6
  TcpSettings settings;
  EXPECT_EQ(framed_options(settings).held_bytes_max, 64U << 20U);
  settings.unsent_bytes = std::int64_t{10} << 20U;
  EXPECT_EQ(framed_options(settings).held_bytes_max, 160U << 20U);
}

}  // namespace
}  // namespace chargemill::app
