// The exported schemas against real bodies, with a validator of the part of JSON Schema that they
// use (D-032).
#include "actors/codec/schemas.hpp"

#include <nlohmann/json.hpp>

#include "actors/codec/frames.hpp"
#include "actors/codec/utc_time.hpp"
#include "tests/actors/codec/codec_story.hpp"

namespace chargemill::codec {
namespace {

using Json = nlohmann::json;

const Json& exported() {
  static const Json all = Json::parse(schemas());
  return all;
}

bool has_type(const std::string& type, const Json& value) {
  if (type == "string") return value.is_string();
  if (type == "number") return value.is_number();
  if (type == "integer") return value.is_number_integer();
  if (type == "object") return value.is_object();
  if (type == "null") return value.is_null();
  ADD_FAILURE() << "unknown type " << type;
  return false;
}
bool conforms(const Json& schema, const Json& root, const Json& value);
bool has_fields(const Json& schema, const Json& root, const Json& value) {
  for (const auto& name : schema.value("required", Json::array()))
    if (!value.contains(name.get<std::string>())) return false;
  for (const auto& [name, property] : schema["properties"].items())
    if (value.contains(name) && !conforms(property, root, value[name])) return false;
  return true;
}
bool conforms(const Json& schema, const Json& root, const Json& value) {
  if (schema.contains("$ref")) {
    const std::string path = schema["$ref"].get<std::string>().substr(1);
    return conforms(root.at(Json::json_pointer{path}), root, value);
  }
  if (schema.contains("anyOf")) {
    return std::any_of(schema["anyOf"].begin(), schema["anyOf"].end(),
                       [&](const Json& each) { return conforms(each, root, value); });
  }
  if (!has_type(schema.at("type"), value)) return false;
  if (schema.contains("enum") &&
      std::find(schema["enum"].begin(), schema["enum"].end(), value) == schema["enum"].end())
    return false;
  if (schema.value("format", "") == "date-time" && !parse_utc(value.get<std::string>()))
    return false;
  if (schema.contains("maximum") && value > schema["maximum"]) return false;
  if (schema.contains("minimum") && value < schema["minimum"]) return false;
  return !schema.contains("properties") || has_fields(schema, root, value);
}
bool conforms(const std::string& name, std::string_view body) {
  const Json& schema = exported().at(name);
  return conforms(schema, schema, Json::parse(body));
}

TEST(Schemas, AreThoseOfAllMessagesThatADoorTakesOrSends) {  // D-032, D-129, D-182, D-183
  std::vector<std::string> names;
  for (const auto& [name, schema] : exported().items()) {
    names.push_back(name);
    EXPECT_EQ(schema["title"], name);
    EXPECT_EQ(schema["type"], "object");
    EXPECT_TRUE(schema.contains("properties") && schema.contains("required")) << name;
    EXPECT_TRUE(conforms(schema, schema, schema["example"])) << name;
  }
  EXPECT_EQ(names,
            (std::vector<std::string>{
                "CPHealth", "CPHeartbeat", "CPRegistration", "CPSessionTicket", "CPStatus",
                "CPTelemetry", "CentralCommand", "DriverRequest", "DriverReturn", "DriverUpdate"}));
  for (std::size_t i = 0; i < kChannels; ++i) {
    with_body_of(static_cast<Channel>(i), [&](auto carried) {
      using Body = typename decltype(carried)::Type;
      EXPECT_TRUE(exported().contains(Shape<Body>::kName)) << word(static_cast<Channel>(i));
    });
  }
}
TEST(Schemas, HaveTheShapesOfTheReference) {  // D-032
  const Json& update = exported()["DriverUpdate"];
  EXPECT_EQ(update["properties"]["status"]["$ref"], "#/$defs/UpdateStatus");
  EXPECT_EQ(update["$defs"]["UpdateStatus"]["enum"],
            Json({"accepted", "denied", "in_progress", "completed", "failed"}));
  EXPECT_EQ(update["properties"]["reason"]["anyOf"],
            Json::parse(R"([{"type": "string"}, {"type": "null"}])"));
  EXPECT_EQ(update["properties"]["ts"]["format"], "date-time");
  EXPECT_EQ(update["required"], Json({"request_id", "driver_id", "cp_id", "status"}));
  EXPECT_EQ(exported()["CPRegistration"]["properties"]["cp_e_host"]["title"], "Cp E Host");
}
TEST(Schemas, AcceptTheGoldenBodies) {  // D-031, D-032
  const std::pair<const char*, const char*> bodies[] = {
      {"DriverRequest",
       R"({"request_id": "req-1a2b3c4d", "driver_id": "driver-alice", "cp_id": "CP-001", "ts": "2025-10-18T01:27:13.123456Z"})"},
      {"DriverUpdate",
       R"({"request_id": "r", "driver_id": "d", "cp_id": "c", "status": "in_progress", "reason": "Charging: 22.0 kW, \u20ac0.01", "ts": "2025-10-18T01:27:13.123456Z"})"},
      {"DriverUpdate",
       R"({"request_id": "r", "driver_id": "d", "cp_id": "c", "status": "denied", "reason": null, "ts": "2025-10-18T01:27:13Z"})"},
      {"DriverUpdate",
       R"({"request_id": "r", "driver_id": "d", "cp_id": "c", "status": "completed", "reason": "Charging completed successfully", "session_id": "session-5e6f7a8b", "ts": "2025-10-18T01:27:13.123456Z"})"},
      {"CentralCommand",
       R"({"cmd": "start_supply", "cp_id": "CP-001", "payload": {"driver_id": "d", "request_id": "r", "session_id": "s"}, "ts": "2025-10-18T01:27:13.123456Z"})"},
      {"CentralCommand",
       R"({"cmd": "stop_cp", "cp_id": "CP-001", "payload": null, "ts": "2025-10-18T01:27:13.123456Z"})"},
      {"CPStatus",
       R"({"cp_id": "CP-001", "state": "SUPPLYING", "reason": "Starting supply for driver driver-alice", "ts": "2025-10-18T01:27:13.123456Z"})"},
      {"CPTelemetry",
       R"({"cp_id": "CP-001", "kw": 22.0, "euros": 0.0018333333333333335, "driver_id": "d", "session_id": "s", "ts": "2025-10-18T01:27:13.123456Z"})"},
      {"CPTelemetry",
       R"({"cp_id": "CP-001", "kw": 22.0, "kwh": 0.006111111111111111, "euros": 0.0018333333333333335, "driver_id": "d", "session_id": "s", "ts": "2025-10-18T01:27:13.123456Z"})"},
      {"CPRegistration",
       R"({"cp_id": "CP-001", "cp_e_host": "localhost", "cp_e_port": 8001, "ts": "2025-10-18T01:27:13.123456Z"})"},
      {"CPHealth",
       R"({"cp_id": "CP-001", "status": "HEALTHY", "reason": "", "ts": "2025-10-18T01:27:13.123456Z"})"},
      {"CPHeartbeat", R"({"cp_id": "CP-001"})"},
      {"DriverReturn", R"({"driver_id": "driver-alice"})"},
  };
  for (const auto& [name, body] : bodies) EXPECT_TRUE(conforms(name, body)) << body;
}
TEST(Schemas, RefuseWhatTheReaderRefuses) {  // D-017 to D-020
  const std::pair<const char*, const char*> bodies[] = {
      {"DriverRequest", R"({"request_id": "r", "driver_id": "d"})"},
      {"DriverUpdate",
       R"({"request_id": "r", "driver_id": "d", "cp_id": "c", "status": "ACCEPTED"})"},
      {"CentralCommand", R"({"cmd": "stop_cp", "cp_id": "c", "payload": 5})"},
      {"CPStatus", R"({"cp_id": 7, "state": "s"})"},
      {"CPTelemetry", R"({"cp_id": "c", "kw": null, "euros": 0})"},
      {"CPRegistration", R"({"cp_id": "c", "cp_e_host": "h", "cp_e_port": 65536})"},
      {"CPHealth", R"({"cp_id": "c", "status": "SICK"})"},
      {"CPHeartbeat", R"({"ts": "2025-10-18T01:27:13Z"})"},
      {"DriverReturn", R"({"driver_id": 7})"},
      {"CPSessionTicket",
       R"({"cp_id": "c", "session_id": "s", "driver_id": "d", "start_time": "soon", "energy_kwh": 0, "total_cost_eur": 0})"},
  };
  for (const auto& [name, body] : bodies) EXPECT_FALSE(conforms(name, body)) << body;
}

}  // namespace
}  // namespace chargemill::codec
