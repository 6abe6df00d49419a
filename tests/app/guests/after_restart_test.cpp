// Drivers outside who outlive a central that was killed: their requests go by their own names.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "actors/shell/recording.hpp"
#include "tests/app/guests/hotel.hpp"
#include "tests/support/folder.hpp"

namespace chargemill::app {
namespace {

using namespace std::chrono_literals;
using test::Hotel;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kReturn = R"({"type": "driver.return", "driver_id": "guest"})";
constexpr const char* kRegister =
    R"({"type": "cp.register", "cp_id": "CP-OUT", "cp_e_host": "h", "cp_e_port": 1})";
constexpr const char* kSupplying =
    R"({"type": "cp.status", "cp_id": "CP-OUT", "state": "SUPPLYING"})";
constexpr const char* kActivated =
    R"({"type": "cp.status", "cp_id": "CP-OUT", "state": "ACTIVATED"})";
constexpr const char* kEnd =
    R"({"type": "cp.session_end", "cp_id": "CP-OUT", "driver_id": "guest", "session_id": "session-10000000001", "start_time": 0, "energy_kwh": 2.0, "total_cost_eur": 0.6})";

auto is_about(const char* request, const char* status) {
  return AllOf(HasSubstr(std::string{R"("request_id": ")"} + request + '"'),
               HasSubstr(std::string{R"("status": ")"} + status + '"'));
}

/// One central after another with the same journal; each is killed, without a last word.
class Lives {
 public:
  template <class Play>
  void live(Play play) {
    Recording::Options options;
    options.journal.chain.directory = folder_.path();
    options.journal.batch_time = 1ms;
    options.pace = Recorder::Pace::own_time;  // nobody has to wait for the disk
    const auto recording = std::move(Recording::open(std::move(options)).value());
    auto scenario = test::scenario();
    std::optional<archive::Image> image;
    if (const auto& last = recording->last_run()) {
      scenario.run.start_unix_s = std::chrono::ceil<std::chrono::seconds>(last->last_time).count();
      image = recording->restore(archive::Origin{scenario.run.start_unix_s}).value();
    }
    Hotel h{scenario, recording.get(), image ? &*image : nullptr};
    play(h);
    EXPECT_TRUE(recording->flush(10s));
  }

 private:
  chargemill::test::Folder folder_;
};

TEST(GuestsAfterARestart, ARequestIsKnownByItsNameWhileItGoesOnAndWhenItIsOver) {  // D-054, D-129
  Lives lives;
  lives.live([](Hotel& h) {
    h.open_point();
    ASSERT_EQ(h.ask("mine", "CP-OUT"), "ACK: driver.requests");
    h.say(h.point, kSupplying);
    ASSERT_THAT(h.driver->heard, Contains(is_about("mine", "accepted")));
  });
  lives.live([](Hotel& h) {
    EXPECT_EQ(h.say(h.driver, kReturn), "ACK: driver.return");
    EXPECT_THAT(h.driver->heard, Contains(is_about("mine", "in_progress")))
        << "how its open request stands";
    EXPECT_EQ(h.ask("mine", "CP-OUT"), "ACK: driver.requests");
    EXPECT_EQ(h.ask("other", "CP-OUT"), "NACK: request mine is open");
    h.say(h.point, kRegister);
    h.say(h.point, kSupplying);
    EXPECT_EQ(h.say(h.point, kEnd), "ACK: cp.session_end");
    h.say(h.point, kActivated);
    EXPECT_THAT(h.driver->heard, Contains(is_about("mine", "completed")));
    EXPECT_THAT(h.driver->heard, Not(Contains(HasSubstr("req-")))) << "a name that it never gave";
    EXPECT_EQ(h.totals().sessions_started, 1U) << "the one that had been open, and no other";
    const std::string ticket = h.driver->heard.back();
    ASSERT_THAT(ticket, HasSubstr("driver.ticket"));
    EXPECT_EQ(h.say(h.driver, ticket), "ACK: driver.ticket");
  });
  lives.live([](Hotel& h) {
    h.open_point();
    EXPECT_EQ(h.ask("mine", "CP-OUT"), "ACK: driver.requests");
    EXPECT_THAT(h.driver->heard, Contains(is_about("mine", "completed")));
    EXPECT_THAT(h.driver->heard, Not(Contains(HasSubstr("driver.ticket"))))
        << "it has that (D-083)";
    EXPECT_THAT(h.point->heard, IsEmpty());
    EXPECT_EQ(h.totals().sessions_started, 0U) << "nothing is booked twice";
    EXPECT_EQ(h.ask("next", "CP-OUT"), "ACK: driver.requests");
    EXPECT_THAT(h.point->heard, Contains(HasSubstr("start_supply")));
  });
}

TEST(GuestsAfterARestart, ARequestCanBeGivenUpByItsName) {  // D-125
  Lives lives;
  lives.live([](Hotel& h) {
    h.open_point();
    h.ask("mine", "CP-OUT");
    h.say(h.point, kSupplying);
  });
  lives.live([](Hotel& h) {
    h.say(h.point, kRegister);
    h.say(h.point, kSupplying);
    EXPECT_EQ(
        h.say(
            h.driver,
            R"({"type": "driver.cancel", "driver_id": "guest", "cp_id": "CP-OUT", "request_id": "mine"})"),
        "ACK: driver.cancel");
    EXPECT_THAT(h.point->heard, Contains(HasSubstr("stop_supply")));
  });
}

TEST(GuestsAfterARestart, WhatWasNotLetInMayBeAskedAgain) {
  Lives lives;
  lives.live([](Hotel& h) {
    h.ask("mine", "CP-OUT");  // its engine has not come yet
    ASSERT_THAT(h.driver->heard, Contains(is_about("mine", "denied")));
  });
  lives.live([](Hotel& h) {
    h.open_point();
    EXPECT_EQ(h.ask("mine", "CP-OUT"), "ACK: driver.requests");
    EXPECT_THAT(h.driver->heard, Contains(is_about("mine", "accepted")));
  });
}

}  // namespace
}  // namespace chargemill::app
