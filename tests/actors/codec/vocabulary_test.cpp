// From the actors' messages to bodies and back (D-016, D-030).
#include <gtest/gtest.h>

#include "actors/codec/inbound.hpp"
#include "actors/codec/outbound.hpp"
#include "actors/codec/reasons.hpp"
#include "actors/texts.hpp"
#include "tests/actors/codec/codec_story.hpp"
#include "tests/actors/codec/small_names.hpp"

namespace chargemill::codec {
namespace {

using namespace std::chrono_literals;

/// Model time begins 13.123456 s before the time of the golden bodies.
constexpr UtcTime kRunStart{kNow.us - 13'123'456};
constexpr SimTime kAt{13'123'456us};
constexpr PointId kPoint{0};
constexpr DriverId kDriver{0};
constexpr RequestId kRequest{0x1a2b3c4d};
constexpr SessionId kSession{0x5e6f7a8b};

struct Vocabulary : testing::Test {
  SmallNames names;
  Outbound outbound{names, kRunStart};
  Inbound inbound{names, kRunStart};
};

TEST_F(Vocabulary, MessagesBecomeTheGoldenBodies) {  // D-031
  ChargeRequest request{};
  request.request = kRequest;
  EXPECT_EQ(
      written(outbound.body_of(request, kAt)),
      R"({"request_id": "req-1a2b3c4d", "driver_id": "driver-alice", "cp_id": "CP-001", "ts": "2025-10-18T01:27:13.123456Z"})");
  StartSupply start{};
  start.session = kSession;
  start.request = kRequest;
  start.issued = kAt;
  EXPECT_EQ(
      written(outbound.body_of(kPoint, start)),
      R"({"cmd": "start_supply", "cp_id": "CP-001", "payload": {"driver_id": "driver-alice", "request_id": "req-1a2b3c4d", "session_id": "session-5e6f7a8b"}, "ts": "2025-10-18T01:27:13.123456Z"})");
  EXPECT_EQ(
      written(outbound.body_of(kPoint, StopCp{Reason::none}, kAt)),
      R"({"cmd": "stop_cp", "cp_id": "CP-001", "payload": null, "ts": "2025-10-18T01:27:13.123456Z"})");
  Status status{};
  status.at = kAt;
  status.phase = Phase::supplying;
  status.reason = Reason::starting_supply;
  EXPECT_EQ(
      written(outbound.body_of(status, kDriver)),
      R"({"cp_id": "CP-001", "state": "SUPPLYING", "reason": "Starting supply for driver driver-alice", "ts": "2025-10-18T01:27:13.123456Z"})");
  chargemill::DriverUpdate update{};
  update.request = kRequest;
  update.status = UpdateStatus::completed;
  update.reason = Reason::charging_completed;
  update.session = kSession;
  EXPECT_EQ(
      written(outbound.body_of(update, kAt)),
      R"({"request_id": "req-1a2b3c4d", "driver_id": "driver-alice", "cp_id": "CP-001", "status": "completed", "reason": "Charging completed successfully", "session_id": "session-5e6f7a8b", "ts": "2025-10-18T01:27:13.123456Z"})");
  Telemetry telemetry{};
  telemetry.at = kAt;
  telemetry.session = kSession;
  telemetry.power = Power{22'000};
  telemetry.delivered = Power{22'000} * 1s;
  telemetry.cost = cost_of(telemetry.delivered, Price{300'000});
  EXPECT_EQ(
      written(outbound.body_of(telemetry, Price{300'000})),
      R"({"cp_id": "CP-001", "kw": 22.0, "kwh": 0.006111111111111111, "euros": 0.0018333333333333333, "driver_id": "driver-alice", "session_id": "session-5e6f7a8b", "ts": "2025-10-18T01:27:13.123456Z"})");
}

TEST_F(Vocabulary, RequestsAndCommandsComeBack) {  // D-016
  ChargeRequest request{};
  request.request = kRequest;
  request.driver = DriverId{1};
  request.point = PointId{2};
  const auto again = inbound.message_of(outbound.body_of(request, kAt));
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->request, kRequest);
  EXPECT_EQ(again->driver, DriverId{1});
  EXPECT_EQ(again->point, PointId{2});

  StartSupply start{};
  start.session = kSession;
  start.request = kRequest;
  start.issued = kAt;
  start.driver = DriverId{1};
  const auto command = inbound.message_of(outbound.body_of(PointId{1}, start));
  ASSERT_TRUE(command.has_value());
  EXPECT_EQ(command->point, PointId{1});
  const auto& started = std::get<StartSupply>(command->command);
  EXPECT_EQ(started.session, kSession);
  EXPECT_EQ(started.request, kRequest);
  EXPECT_EQ(started.driver, DriverId{1});
  EXPECT_EQ(started.issued, kAt);
  EXPECT_EQ(started.defect, PayloadDefect::none);

  const auto stop =
      inbound.message_of(outbound.body_of(kPoint, StopSupply{Reason::driver_cancelled}, kAt));
  EXPECT_EQ(std::get<StopSupply>(stop->command).why, Reason::driver_cancelled);
  const auto fault =
      inbound.message_of(outbound.body_of(kPoint, StopCp{Reason::health_check_failed}, kAt));
  EXPECT_EQ(std::get<StopCp>(fault->command).why, Reason::health_check_failed);
  EXPECT_TRUE(std::holds_alternative<ResumeCp>(
      inbound.message_of(outbound.body_of(kPoint, ResumeCp{}, kAt))->command));
  EXPECT_TRUE(std::holds_alternative<Shutdown>(
      inbound.message_of(outbound.body_of(kPoint, Shutdown{}, kAt))->command));
}

TEST_F(Vocabulary, TelemetryAndTicketsComeBackExactly) {  // D-016, D-111
  for (std::int64_t mj = 1; mj < 1'000'000'000'000; mj = mj * 7 + 3) {
    Telemetry telemetry{};
    telemetry.at = kAt;
    telemetry.session = kSession;
    telemetry.power = Power{mj % 350'000};
    telemetry.delivered = Energy{mj};
    telemetry.cost = mj % 2 == 0 ? cost_of(telemetry.delivered, Price{450'000}) : Money{mj / 5};
    const auto news = inbound.message_of(outbound.body_of(telemetry, Price{450'000}));
    ASSERT_TRUE(news.has_value());
    EXPECT_EQ(news->message.delivered, telemetry.delivered);
    EXPECT_EQ(news->message.cost, telemetry.cost);
    EXPECT_EQ(news->message.power, telemetry.power);
    EXPECT_EQ(news->message.at, kAt);
    EXPECT_EQ(news->message.session, kSession);
    EXPECT_TRUE(news->has_energy);

    SessionEnd end{};
    end.session = kSession;
    end.start = kAt;
    end.end = kAt + 11s;
    end.delivered = Energy{mj};
    end.cost = Money{mj / 3};
    end.status = SessionStatus::failed;
    end.reason = Reason::ko_key;
    const auto again = inbound.session_end_of(outbound.body_of(end, kAt));
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(again->delivered, end.delivered);
    EXPECT_EQ(again->cost, end.cost);
    EXPECT_EQ(again->start, end.start);
    EXPECT_EQ(again->end, end.end);
    EXPECT_EQ(again->status, end.status);
    EXPECT_EQ(again->reason, end.reason);
  }
}

TEST_F(Vocabulary, WhatAMonitorSaysComesBack) {  // D-181 to D-183
  const auto fault =
      inbound.message_of(outbound.body_of(FaultReport{kPoint, Reason::health_check_failed}, kAt));
  EXPECT_EQ(std::get<FaultReport>(*fault).reason, Reason::health_check_failed);
  const auto healthy = inbound.message_of(outbound.body_of(HealthyReport{PointId{1}}, kAt));
  EXPECT_EQ(std::get<HealthyReport>(*healthy).point, PointId{1});
  EXPECT_EQ(inbound.message_of(outbound.body_of(Heartbeat{PointId{2}}, kAt))->point, PointId{2});
  const CPRegistration priced{"CP-001", "h", Port{1}, {}, 0.35, kNow};
  EXPECT_EQ(inbound.message_of(priced, Price{1})->price.microeur_per_kwh, 350'000);
  const CPRegistration plain{"CP-001", "h", Port{1}, {}, {}, kNow};
  EXPECT_EQ(inbound.message_of(plain, Price{1})->price.microeur_per_kwh, 1);
}

TEST_F(Vocabulary, ThePayloadOfAStartIsCheckedByTheChargePoint) {  // D-092
  const auto defect = [this](std::string_view payload) {
    CentralCommand body{Command::start_supply, "CP-001", JsonObject{payload}, kNow};
    if (payload.empty()) body.payload.reset();
    return std::get<StartSupply>(inbound.message_of(body)->command).defect;
  };
  EXPECT_EQ(defect(""), PayloadDefect::is_null);
  EXPECT_EQ(defect("{}"), PayloadDefect::is_empty);
  for (const char* value : {"5", "\"x\"", "[]", "true"})
    EXPECT_EQ(defect(value), PayloadDefect::not_an_object) << value;
  EXPECT_EQ(defect(R"({"request_id": "req-1a2b3c4d"})"), PayloadDefect::no_driver);
  EXPECT_EQ(defect(R"({"driver_id": ""})"), PayloadDefect::no_driver);
  EXPECT_EQ(defect(R"({"driver_id": 7})"), PayloadDefect::no_driver);
  EXPECT_EQ(defect(R"({"driver_id": "driver-bob"})"), PayloadDefect::none);
}

TEST_F(Vocabulary, StrangersAreToldApart) {  // D-051, D-056, D-057, D-074
  EXPECT_EQ(inbound.message_of(DriverRequest{"req-00000001", "driver-bob", "CP-9", kNow})->point,
            kUnknownPoint);
  EXPECT_EQ(inbound.message_of(DriverRequest{"req-00000001", "nobody", "CP-001", kNow}).error(),
            Misfit::unknown_driver);
  EXPECT_EQ(inbound.message_of(DriverRequest{"mine", "driver-bob", "CP-001", kNow}).error(),
            Misfit::unknown_request);
  EXPECT_EQ(inbound.message_of(CPStatus{"CP-9", "FAULT", {}, kNow}).error(), Misfit::unknown_point);
  EXPECT_EQ(inbound.message_of(CPStatus{"CP-001", "BORED", {}, kNow}).error(),
            Misfit::invalid_state);
  EXPECT_EQ(inbound.message_of(CPHeartbeat{"CP-9", kNow}).error(), Misfit::unknown_point);
  EXPECT_EQ(inbound.message_of(CPTelemetry{"CP-001", 1, {}, 1, {}, "mine", kNow}).error(),
            Misfit::unknown_session);
}

TEST_F(Vocabulary, NumbersThatFitNoQuantityAreRefused) {  // D-019
  const auto telemetry = [this](double kw, double kwh, double cost) {
    return inbound.message_of(CPTelemetry{"CP-001", kw, kwh, cost, {}, {}, kNow});
  };
  EXPECT_EQ(telemetry(1e300, 0, 0).error(), Misfit::out_of_range);
  EXPECT_EQ(telemetry(-1, 0, 0).error(), Misfit::out_of_range);
  EXPECT_EQ(telemetry(1, 1e300, 0).error(), Misfit::out_of_range);
  EXPECT_EQ(telemetry(1, -1, 0).error(), Misfit::out_of_range);
  EXPECT_EQ(telemetry(1, 1, 1e300).error(), Misfit::out_of_range);
  EXPECT_EQ(telemetry(1, 1, -3.75)->message.cost.microeur, -3'750'000);
  EXPECT_FALSE(
      inbound.message_of(CPTelemetry{"CP-001", 1, {}, 1, {}, {}, kNow})->has_energy);  // D-027
  EXPECT_EQ(inbound.message_of(CPStatus{"CP-001", "FAULT", {}, kUtcMin}).error(),
            Misfit::out_of_range);
  EXPECT_EQ(inbound.message_of(CPStatus{"CP-001", "FAULT", {}, kUtcMax}).error(),
            Misfit::out_of_range);
}

TEST_F(Vocabulary, EveryReasonOfAStatusComesBackAsItsText) {
  for (int reason = 0; reason <= static_cast<int>(kLastReason); ++reason) {
    for (int detail = 0; detail <= static_cast<int>(kLastReason); ++detail) {
      Status status{};
      status.at = kAt;
      status.reason = static_cast<Reason>(reason);
      if (status.reason == Reason::refused) continue;
      status.detail = static_cast<Reason>(detail);
      const auto again = inbound.message_of(outbound.body_of(status, kDriver));
      ASSERT_TRUE(again.has_value());
      EXPECT_EQ(status_text(*again, "d"), status_text(status, "d"));
    }
  }
}
TEST_F(Vocabulary, EveryRefusalComesBack) {  // D-094
  for (const Phase phase :
       {Phase::disconnected, Phase::activated, Phase::stopped, Phase::supplying, Phase::fault}) {
    for (const Command command : Values<Command>::kAll) {
      for (int refusal = 1; refusal <= static_cast<int>(Refusal::starts_refused); ++refusal) {
        Status status{};
        status.at = kAt;
        status.phase = phase;
        status.reason = Reason::refused;
        status.refused = command;
        status.refusal = static_cast<Refusal>(refusal);
        const auto again = inbound.message_of(outbound.body_of(status, kDriver));
        EXPECT_EQ(again->refused, status.refused);
        EXPECT_EQ(again->refusal, status.refusal);
      }
    }
  }
}
TEST_F(Vocabulary, EveryUpdateComesBackAsItsText) {  // D-051 to D-070
  for (int reason = 0; reason <= static_cast<int>(kLastReason); ++reason) {
    for (int phase = 0; phase < static_cast<int>(kPhases); ++phase) {
      chargemill::DriverUpdate update{};
      update.reason = static_cast<Reason>(reason);
      if (update.reason == Reason::charging) {  // as far as its decimals go
        update.power = Power{22'100};
        update.cost = Money{-1'230'000};
      }
      update.phase = static_cast<Phase>(phase);
      update.detail = Reason::health_check_failed;
      update.refusal = Refusal::invalid_transition;
      const auto again = inbound.message_of(outbound.body_of(update, kAt));
      ASSERT_TRUE(again.has_value());
      EXPECT_EQ(update_text(*again), update_text(update));
    }
  }
}
TEST(Reasons, WordsThatAreNotOursGiveNone) {
  Status status{};
  read_status_reason("because", status);
  EXPECT_EQ(status.reason, Reason::none);
  read_status_reason("Refused to dance", status);
  EXPECT_EQ(status.refused, Command::none);
  chargemill::DriverUpdate update{};
  for (const char* text : {"", "(", ")", " ()", "Charging interrupted: ", "Charging interrupted: x",
                           "Charging point not available (state: ", "FAULT ("})
    read_update_reason(text, update);
  EXPECT_EQ(update.detail, Reason::none);
  for (const char* text :
       {"Charging: ", "Charging: 1 kW", "Charging: 1 kW, €", "Charging: x kW, €1",
        "Charging: 1 kW, €1x", "Charging: 1e300 kW, €1", "Charging: nan kW, €1"}) {
    read_update_reason(text, update);
    EXPECT_EQ(update.reason, Reason::charging) << text;
    EXPECT_EQ(update.power, Power{}) << text;
    EXPECT_EQ(update.cost, Money{}) << text;
  }
}
TEST(HexNames, HaveEightDigitsAtLeastAndComeBack) {  // D-030
  const auto name = [](std::uint64_t n) {
    std::string text;
    append_hex_name(text, kRequestPrefix, n);
    return text;
  };
  EXPECT_EQ(name(0x2a), "req-0000002a");
  EXPECT_EQ(name(0xFFFFFFFFFFFFFFFF), "req-ffffffffffffffff");
  for (const std::uint64_t n : {std::uint64_t{0}, std::uint64_t{0x1a2b3c4d}, ~std::uint64_t{0}})
    EXPECT_EQ(number_of_hex_name(kRequestPrefix, name(n)), n);
  for (const char* other : {"", "req-", "req-2a", "req-0000002A", "req-0x00002a", "req-00000002a",
                            "session-0000002a", "req-10000000000000000", "req--000002a"})
    EXPECT_EQ(number_of_hex_name(kRequestPrefix, other), std::nullopt) << other;
}

}  // namespace
}  // namespace chargemill::codec
