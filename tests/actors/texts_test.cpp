#include "actors/texts.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace chargemill {
namespace {

DriverUpdate update(UpdateStatus status, Reason reason, Phase phase = Phase::activated,
                    Reason detail = Reason::none) {
  DriverUpdate u{};
  u.status = status;
  u.reason = reason;
  u.phase = phase;
  u.detail = detail;
  return u;
}

Status status(Reason reason, Reason detail = Reason::none) {
  Status s{};
  s.phase = Phase::stopped;
  s.reason = reason;
  s.detail = detail;
  return s;
}

TEST(Texts, DriverUpdatesReadAsTheReferenceSays) {  // D-051 to D-070
  const auto denied = [](Reason r, Phase p) {
    return update_text(update(UpdateStatus::denied, r, p));
  };
  const auto failed = [](Reason r, Phase p, Reason detail) {
    return update_text(update(UpdateStatus::failed, r, p, detail));
  };
  EXPECT_EQ(update_text(update(UpdateStatus::accepted, Reason::request_accepted)),
            "Request accepted, starting charging");
  EXPECT_EQ(denied(Reason::point_not_found, Phase::activated), "Charging point not found");
  EXPECT_EQ(denied(Reason::not_available, Phase::supplying),
            "Charging point not available (state: SUPPLYING)");
  EXPECT_EQ(denied(Reason::reserved, Phase::activated),
            "Charging point not available (state: ACTIVATED, reserved)");
  EXPECT_EQ(denied(Reason::circuit_open, Phase::activated),
            "Charging point not available (state: ACTIVATED, circuit open)");
  EXPECT_EQ(update_text(update(UpdateStatus::completed, Reason::charging_completed)),
            "Charging completed successfully");
  EXPECT_EQ(failed(Reason::start_timeout, Phase::activated, Reason::none),
            "Charging interrupted: start timeout");
  EXPECT_EQ(failed(Reason::no_telemetry, Phase::supplying, Reason::none),
            "Charging interrupted: no telemetry");
  EXPECT_EQ(failed(Reason::interrupted_by_state, Phase::stopped, Reason::none),
            "Charging interrupted: STOPPED");
  EXPECT_EQ(failed(Reason::interrupted_by_fault, Phase::fault, Reason::health_check_failed),
            "Charging interrupted: FAULT (Health check failures exceeded threshold)");
  DriverUpdate refused = update(UpdateStatus::failed, Reason::refused_by_point, Phase::activated);
  refused.refusal = Refusal::not_plugged;  // D-063
  EXPECT_EQ(update_text(refused),
            "Charging interrupted: refused by charging point (START_SUPPLY requires vehicle to be "
            "plugged in)");
}

TEST(Texts, ChargingShowsOneAndTwoDecimals) {  // D-064, D-211
  DriverUpdate u = update(UpdateStatus::in_progress, Reason::charging, Phase::supplying);
  u.power = Power{22'000};
  EXPECT_EQ(update_text(u), "Charging: 22.0 kW, €0.00");
  u.cost = Money{5'500};  // 3 s for 0.30 EUR/kWh
  EXPECT_EQ(update_text(u), "Charging: 22.0 kW, €0.01");
  u.cost = Money{18'333};  // 10 s
  EXPECT_EQ(update_text(u), "Charging: 22.0 kW, €0.02");
  u.delivered = Energy{kMillijoulesPerKwh};
  EXPECT_EQ(update_text(u), "Charging: 22.0 kW, €0.02") << "what the engine says (D-218)";
}

TEST(Texts, TheEurosOfAMessageAreExactOrWhatTheEngineSaid) {  // D-111, D-218
  const Energy energy = Power{22'000} * std::chrono::seconds{1};
  const Price price{300'000};
  EXPECT_DOUBLE_EQ(euros(cost_of(energy, price), energy, price), 0.0018333333333333333);
  EXPECT_DOUBLE_EQ(euros(Money{2'000}, energy, price), 0.002);
  EXPECT_DOUBLE_EQ(euros(Money{}, energy, price), 0.0);
}

TEST(Texts, DecimalsAreCorrectlyRounded) {
  EXPECT_EQ(fixed(0.125, 2), "0.12");  // a tie: to even
  EXPECT_EQ(fixed(0.375, 2), "0.38");
  EXPECT_EQ(fixed(2.675, 2), "2.67");  // the double is below the tie
  EXPECT_EQ(fixed(1e15, 1), "1000000000000000.0");
  EXPECT_EQ(fixed(-0.5, 1), "-0.5");
}

TEST(Texts, StatusesReadAsTheReferenceSays) {  // D-089 to D-110
  EXPECT_EQ(status_text(status(Reason::engine_started)), "Engine started");
  EXPECT_EQ(status_text(status(Reason::state_report)), "State report");
  EXPECT_EQ(status_text(status(Reason::starting_supply), "driver-alice"),
            "Starting supply for driver driver-alice");
  EXPECT_EQ(status_text(status(Reason::central_stopped)), "Central stopped CP");
  EXPECT_EQ(status_text(status(Reason::central_stopped, Reason::operator_stopped)),
            "Central stopped CP (Operator stopped CP)");  // D-099
  EXPECT_EQ(status_text(status(Reason::central_requested_stop)), "Central requested stop");
  EXPECT_EQ(status_text(status(Reason::central_resumed)), "Central resumed CP");
  EXPECT_EQ(status_text(status(Reason::engine_shutting_down)), "Engine shutting down");
  EXPECT_EQ(status_text(status(Reason::time_limit_reached)), "Session time limit reached");
  Status refused = status(Reason::refused);
  refused.refused = Command::start_supply;
  refused.refusal = Refusal::not_plugged;
  EXPECT_EQ(status_text(refused),
            "Refused start_supply: START_SUPPLY requires vehicle to be plugged in");
  refused.refused = Command::stop_supply;
  refused.refusal = Refusal::invalid_transition;
  EXPECT_EQ(status_text(refused), "Refused stop_supply: Invalid transition: STOPPED + stop_supply");
}

TEST(Texts, EveryCodeHasAWord) {
  for (std::size_t i = 0; i < kPhases; ++i) {
    EXPECT_FALSE(word(static_cast<Phase>(i)).empty());
    EXPECT_FALSE(word(static_cast<DisplayState>(i)).empty());
  }
  for (int i = 1; i <= static_cast<int>(Command::shutdown); ++i) {
    EXPECT_FALSE(word(static_cast<Command>(i)).empty());
  }
  for (int i = 1; i <= static_cast<int>(kLastReason); ++i) {
    EXPECT_FALSE(word(static_cast<Reason>(i)).empty()) << i;
  }
  EXPECT_EQ(word(DisplayState::stopped), "Out of Order");  // D-194
  EXPECT_EQ(words_of(DisplayState::broken).code, "BROKEN");
  EXPECT_EQ(words_of(DisplayState::broken).figure, "fault");
  EXPECT_EQ(word(UpdateStatus::in_progress), "in_progress");
  EXPECT_EQ(word(SessionStatus::failed), "FAILED");
}

TEST(Texts, WordsOfOthersHaveACodeOfTheirOwn) {
  const Reason hot = reason_in_words("Overheating");
  EXPECT_TRUE(is_foreign(hot));
  EXPECT_EQ(word(hot), "Overheating");
  EXPECT_EQ(reason_in_words("Overheating"), hot);
  EXPECT_NE(reason_in_words("Flooded"), hot);
  EXPECT_EQ(reason_in_words(""), Reason::none);
  EXPECT_EQ(word(reason_in_words("a\nb\x1b[2J")), "a?b?[2J")
      << "nobody's terminal is told anything";
  DriverUpdate update{};
  update.reason = Reason::interrupted_by_fault;
  update.detail = hot;
  EXPECT_EQ(update_text(update), "Charging interrupted: FAULT (Overheating)");  // D-070
  const std::string longest(kForeignBytesMax - 1, 'x');
  EXPECT_EQ(word(reason_in_words(longest + "€")), longest) << "whole characters";
}

// In a process of its own: what is full stays full.
TEST(TextsDeathTest, AfterAsManyDifferentWordsAsThereIsRoomForNewOnesAreNone) {  // law 6
  const auto fill = [] {
    const Reason first = reason_in_words("reason 0");
    for (std::size_t i = 0; i < 2 * kForeignReasons; ++i)
      (void)reason_in_words("reason " + std::to_string(i));
    const bool is_full = reason_in_words("one more") == Reason::none;
    const bool is_known = reason_in_words("reason 0") == first && word(first) == "reason 0";
    return is_full && is_known && word(kForeignWords).empty();
  };
  EXPECT_EXIT(std::_Exit(fill() ? 0 : 1), testing::ExitedWithCode(0), "");
}

TEST(Texts, QuantitiesBecomeWhatPeopleRead) {  // D-108: 22 kW at 0.30 EUR for 11 s
  const Energy energy = Power{22'000} * std::chrono::seconds{11};
  EXPECT_DOUBLE_EQ(kilowatt_hours(energy), 0.06722222222222222);
  EXPECT_NEAR(euros(energy, Price{300'000}), 0.020166666666666666, 1e-15);
  EXPECT_DOUBLE_EQ(euros(Money{20'167}), 0.020167);
  EXPECT_DOUBLE_EQ(kilowatts(Power{7'200}), 7.2);
  EXPECT_DOUBLE_EQ(euros_per_kwh(Price{300'000}), 0.3);
}

}  // namespace
}  // namespace chargemill
