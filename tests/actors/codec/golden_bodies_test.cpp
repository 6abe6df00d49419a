// The golden bodies of the reference: these bytes and no others (D-031).
#include "tests/actors/codec/codec_story.hpp"

namespace chargemill::codec {
namespace {

/// `body` is written as `golden`, and `golden` is read and written as itself.
template <class Body>
void expect_golden(const Body& body, std::string_view golden) {
  EXPECT_EQ(written(body), golden);
  EXPECT_EQ(rewritten<Body>(golden), golden);
  const auto again = read<Body>(golden);
  ASSERT_TRUE(again.has_value());
  EXPECT_TRUE(*again == body);
}

constexpr Text kRequest = "req-1a2b3c4d";
constexpr Text kDriver = "driver-alice";
constexpr Text kPoint = "CP-001";
constexpr Text kSession = "session-5e6f7a8b";

TEST(GoldenBodies, DriverRequestIsWrittenToTheByte) {  // D-023
  expect_golden(
      DriverRequest{kRequest, kDriver, kPoint, kNow},
      R"({"request_id": "req-1a2b3c4d", "driver_id": "driver-alice", "cp_id": "CP-001", "ts": "2025-10-18T01:27:13.123456Z"})");
}
TEST(GoldenBodies, DriverUpdateIsWrittenToTheByte) {  // D-024, D-011, D-012, D-014
  expect_golden(
      DriverUpdate{kRequest,
                   kDriver,
                   kPoint,
                   UpdateStatus::accepted,
                   "Request accepted, starting charging",
                   {},
                   kNow},
      R"({"request_id": "req-1a2b3c4d", "driver_id": "driver-alice", "cp_id": "CP-001", "status": "accepted", "reason": "Request accepted, starting charging", "ts": "2025-10-18T01:27:13.123456Z"})");
  expect_golden(
      DriverUpdate{kRequest,
                   kDriver,
                   kPoint,
                   UpdateStatus::in_progress,
                   "Charging: 22.0 kW, \xE2\x82\xAC"
                   "0.01",
                   {},
                   kNow},
      R"({"request_id": "req-1a2b3c4d", "driver_id": "driver-alice", "cp_id": "CP-001", "status": "in_progress", "reason": "Charging: 22.0 kW, \u20ac0.01", "ts": "2025-10-18T01:27:13.123456Z"})");
  expect_golden(
      DriverUpdate{"r", "d", "c", UpdateStatus::denied, {}, {}, kWholeSecond},
      R"({"request_id": "r", "driver_id": "d", "cp_id": "c", "status": "denied", "reason": null, "ts": "2025-10-18T01:27:13Z"})");
}
TEST(GoldenBodies, CentralCommandIsWrittenToTheByte) {  // D-025
  const std::string payload = written(StartPayload{kDriver, kRequest, kSession});
  expect_golden(
      CentralCommand{Command::start_supply, kPoint, JsonObject{payload}, kNow},
      R"({"cmd": "start_supply", "cp_id": "CP-001", "payload": {"driver_id": "driver-alice", "request_id": "req-1a2b3c4d", "session_id": "session-5e6f7a8b"}, "ts": "2025-10-18T01:27:13.123456Z"})");
  expect_golden(
      CentralCommand{Command::stop_cp, kPoint, {}, kNow},
      R"({"cmd": "stop_cp", "cp_id": "CP-001", "payload": null, "ts": "2025-10-18T01:27:13.123456Z"})");
}
TEST(GoldenBodies, CPStatusIsWrittenToTheByte) {  // D-026
  expect_golden(
      CPStatus{kPoint, "SUPPLYING", "Starting supply for driver driver-alice", kNow},
      R"({"cp_id": "CP-001", "state": "SUPPLYING", "reason": "Starting supply for driver driver-alice", "ts": "2025-10-18T01:27:13.123456Z"})");
}
TEST(GoldenBodies, CPTelemetryIsWrittenToTheByte) {  // D-027, D-013
  expect_golden(
      CPTelemetry{kPoint, 22.0, {}, 0.0018333333333333335, kDriver, kSession, kNow},
      R"({"cp_id": "CP-001", "kw": 22.0, "euros": 0.0018333333333333335, "driver_id": "driver-alice", "session_id": "session-5e6f7a8b", "ts": "2025-10-18T01:27:13.123456Z"})");
}
TEST(GoldenBodies, CPRegistrationIsWrittenToTheByte) {  // D-028
  expect_golden(
      CPRegistration{kPoint, "localhost", Port{8001}, {}, {}, kNow},
      R"({"cp_id": "CP-001", "cp_e_host": "localhost", "cp_e_port": 8001, "ts": "2025-10-18T01:27:13.123456Z"})");
}
TEST(GoldenBodies, ExtensionFieldsHaveTheirPlace) {  // D-015
  expect_golden(
      DriverUpdate{kRequest, kDriver, kPoint, UpdateStatus::completed,
                   "Charging completed successfully", kSession, kNow},
      R"({"request_id": "req-1a2b3c4d", "driver_id": "driver-alice", "cp_id": "CP-001", "status": "completed", "reason": "Charging completed successfully", "session_id": "session-5e6f7a8b", "ts": "2025-10-18T01:27:13.123456Z"})");
  expect_golden(
      CPTelemetry{kPoint, 22.0, 0.006111111111111111, 0.0018333333333333335, kDriver, kSession,
                  kNow},
      R"({"cp_id": "CP-001", "kw": 22.0, "kwh": 0.006111111111111111, "euros": 0.0018333333333333335, "driver_id": "driver-alice", "session_id": "session-5e6f7a8b", "ts": "2025-10-18T01:27:13.123456Z"})");
  expect_golden(
      CPRegistration{kPoint, "localhost", Port{8001}, "Alicante", 0.3, kNow},
      R"({"cp_id": "CP-001", "cp_e_host": "localhost", "cp_e_port": 8001, "location": "Alicante", "price_eur_kwh": 0.3, "ts": "2025-10-18T01:27:13.123456Z"})");
}
TEST(GoldenBodies, CPSessionTicketKeepsItsOrder) {  // D-029: no golden body, but an order
  const CPSessionTicket ticket{kPoint, kSession, kDriver, kWholeSecond, kNow,
                               0.5,    0.25,     {},      {},           kNow};
  expect_golden(
      ticket,
      R"({"cp_id": "CP-001", "session_id": "session-5e6f7a8b", "driver_id": "driver-alice", "start_time": "2025-10-18T01:27:13Z", "end_time": "2025-10-18T01:27:13.123456Z", "energy_kwh": 0.5, "total_cost_eur": 0.25, "ts": "2025-10-18T01:27:13.123456Z"})");
  CPSessionTicket failed = ticket;
  failed.status = SessionStatus::failed;
  failed.reason = "FAULT";
  expect_golden(
      failed,
      R"({"cp_id": "CP-001", "session_id": "session-5e6f7a8b", "driver_id": "driver-alice", "start_time": "2025-10-18T01:27:13Z", "end_time": "2025-10-18T01:27:13.123456Z", "energy_kwh": 0.5, "total_cost_eur": 0.25, "status": "FAILED", "reason": "FAULT", "ts": "2025-10-18T01:27:13.123456Z"})");
}
TEST(GoldenBodies, WhatAMonitorSaysIsWrittenToTheByte) {  // D-182, D-183
  expect_golden(
      CPHealth{kPoint, Health::fault, "Health check failures exceeded threshold", kNow},
      R"({"cp_id": "CP-001", "status": "FAULT", "reason": "Health check failures exceeded threshold", "ts": "2025-10-18T01:27:13.123456Z"})");
  expect_golden(CPHeartbeat{kPoint, kWholeSecond},
                R"({"cp_id": "CP-001", "ts": "2025-10-18T01:27:13Z"})");
}

}  // namespace
}  // namespace chargemill::codec
