// The laws of the earlier system's unit tests that speak of messages: T-01 to T-08.
#include <nlohmann/json.hpp>

#include "actors/codec/schemas.hpp"
#include "tests/actors/codec/codec_story.hpp"

namespace chargemill::codec {
namespace {

const DriverRequest kRequest{"req-123", "driver-alice", "CP-001", kNow};

TEST(SeedLaws, T01DriverRequestKeepsItsIdsAndATime) {  // D-023
  const auto request = read<DriverRequest>(
      R"({"request_id": "req-123", "driver_id": "driver-alice", "cp_id": "CP-001"})");
  ASSERT_TRUE(request.has_value());
  EXPECT_EQ(request->request_id, "req-123");
  EXPECT_EQ(request->driver_id, "driver-alice");
  EXPECT_EQ(request->cp_id, "CP-001");
  EXPECT_EQ(request->ts, kNow) << "that of reading, where none is said";
}
TEST(SeedLaws, T02DriverRequestSurvivesJson) {  // D-023, D-011
  const std::string json = written(kRequest);
  EXPECT_NE(json.find("req-123"), std::string::npos);
  EXPECT_NE(json.find("driver-alice"), std::string::npos);
  EXPECT_NE(json.find("CP-001"), std::string::npos);
  EXPECT_TRUE(*read<DriverRequest>(json) == kRequest);
}
TEST(SeedLaws, T03DriverUpdateTakesEachStatusWithAReason) {  // D-024
  for (const char* status : {"accepted", "denied", "in_progress", "completed", "failed"}) {
    const auto update = read<DriverUpdate>(
        std::string{R"({"request_id": "r", "driver_id": "d", "cp_id": "c", "status": ")"} + status +
        R"(", "reason": "why"})");
    ASSERT_TRUE(update.has_value()) << status;
    EXPECT_EQ(word(update->status), status);
    EXPECT_EQ(update->reason, "why");
  }
}
TEST(SeedLaws, T04CentralCommandTakesEachCommandWithAPayload) {  // D-025
  for (const char* cmd : {"start_supply", "stop_supply", "stop_cp", "resume_cp", "shutdown"}) {
    const auto command = read<CentralCommand>(std::string{R"({"cmd": ")"} + cmd +
                                              R"(", "cp_id": "c", "payload": {"key": "value"}})");
    ASSERT_TRUE(command.has_value()) << cmd;
    EXPECT_EQ(word(command->cmd), cmd);
    EXPECT_EQ(command->payload->text, R"({"key": "value"})");
  }
}
TEST(SeedLaws, T05CPStatusKeepsItsFields) {  // D-026
  const auto status = read<CPStatus>(R"({"cp_id": "CP-001", "state": "ACTIVATED", "reason": "x"})");
  EXPECT_EQ(status->cp_id, "CP-001");
  EXPECT_EQ(status->state, "ACTIVATED");
  EXPECT_EQ(status->reason, "x");
}
TEST(SeedLaws, T06CPTelemetryNeedsNoEnergy) {  // D-027
  const auto telemetry = read<CPTelemetry>(
      R"({"cp_id": "CP-001", "kw": 22.5, "euros": 3.75, "driver_id": "d", "session_id": "s"})");
  ASSERT_TRUE(telemetry.has_value());
  EXPECT_EQ(telemetry->cp_id, "CP-001");
  EXPECT_EQ(telemetry->kw, 22.5);
  EXPECT_EQ(telemetry->euros, 3.75);
  EXPECT_EQ(telemetry->driver_id, "d");
  EXPECT_EQ(telemetry->session_id, "s");
  EXPECT_FALSE(telemetry->kwh);
}
TEST(SeedLaws, T07TheSchemaExportHasTheMessages) {  // D-032
  const auto all = nlohmann::json::parse(schemas());
  for (const char* name :
       {"DriverRequest", "DriverUpdate", "CentralCommand", "CPStatus", "CPTelemetry"})
    EXPECT_TRUE(all.contains(name)) << name;
  EXPECT_TRUE(all["DriverRequest"]["properties"].contains("request_id"));
}
TEST(SeedLaws, T08MissingFieldsAndUnknownStatusesAreErrors) {  // D-017, D-020
  EXPECT_EQ(flaw_of<DriverRequest>(R"({"request_id": "r", "driver_id": "d"})"),
            "cp_id: is missing");
  EXPECT_EQ(
      flaw_of<DriverUpdate>(
          R"({"request_id": "r", "driver_id": "d", "cp_id": "c", "status": "INVALID_STATUS"})"),
      "status: must be one of: accepted, denied, in_progress, completed, failed");
}

}  // namespace
}  // namespace chargemill::codec
