// What is accepted, what is refused, and that a refusal names the field (D-017 to D-022).
#include "tests/actors/codec/codec_story.hpp"

namespace chargemill::codec {
namespace {

std::string nested(int depth) {
  return std::string(static_cast<std::size_t>(depth), '[') +
         std::string(static_cast<std::size_t>(depth), ']');
}

TEST(StrictReading, IgnoresUnknownFieldsOfAnyKind) {  // D-017
  EXPECT_EQ(
      rewritten<CPStatus>(
          R"({"a": {"b": [1, -2.5e3, "\u20ac", null, true, false, {}, []]}, "cp_id": "c", "b": "x", "state": "s", "ts": "2025-10-18T01:27:13Z", "z": 1})"),
      R"({"cp_id": "c", "state": "s", "reason": null, "ts": "2025-10-18T01:27:13Z"})");
}
TEST(StrictReading, TakesFieldsInAnyOrderAndWithAnyBlanks) {
  EXPECT_EQ(rewritten<CPStatus>(
                "\n{\"ts\":\"2025-10-18T01:27:13Z\",\t\"state\" : \"s\",\"cp_id\":\"c\" }\r\n "),
            R"({"cp_id": "c", "state": "s", "reason": null, "ts": "2025-10-18T01:27:13Z"})");
}
TEST(StrictReading, KnowsAFieldWhoseNameIsEscaped) {
  EXPECT_EQ(flaw_of<CPHeartbeat>(R"({"cp\u005fid": "c"})"), "");
  EXPECT_EQ(flaw_of<CPHeartbeat>(R"({"cp_id\u0000": "c"})"), "cp_id: is missing");
}
TEST(StrictReading, NamesTheFirstMissingField) {  // D-017
  EXPECT_EQ(flaw_of<DriverRequest>("{}"), "request_id: is missing");
  EXPECT_EQ(flaw_of<DriverRequest>(R"({"request_id": "r"})"), "driver_id: is missing");
  EXPECT_EQ(flaw_of<DriverUpdate>(R"({"request_id":"r","driver_id":"d","cp_id":"c"})"),
            "status: is missing");
  EXPECT_EQ(flaw_of<CentralCommand>(R"({"cp_id": "c"})"), "cmd: is missing");
  EXPECT_EQ(flaw_of<CPStatus>(R"({"cp_id": "c"})"), "state: is missing");
  EXPECT_EQ(flaw_of<CPTelemetry>(R"({"cp_id": "c", "euros": 1})"), "kw: is missing");
  EXPECT_EQ(flaw_of<CPRegistration>(R"({"cp_id": "c", "cp_e_host": "h"})"),
            "cp_e_port: is missing");
  EXPECT_EQ(flaw_of<CPSessionTicket>(R"({"cp_id":"c","session_id":"s","driver_id":"d"})"),
            "start_time: is missing");
  EXPECT_EQ(flaw_of<CPHealth>(R"({"cp_id": "c"})"), "status: is missing");
  EXPECT_EQ(flaw_of<CPHeartbeat>("{}"), "cp_id: is missing");
}
TEST(StrictReading, StringsAreStringsAndMayBeEmpty) {  // D-018
  for (const char* wrong : {"7", "true", "null", "[]", "{}", "nul", "tru", "\xFF"}) {
    const std::string flaw = flaw_of<CPHeartbeat>(std::string{R"({"cp_id": )"} + wrong + "}");
    EXPECT_EQ(flaw, wrong[0] == '\xFF' ? "not valid JSON" : "cp_id: must be a string") << wrong;
  }
  EXPECT_EQ(read<CPHeartbeat>(R"({"cp_id": ""})")->cp_id, "");
}
TEST(StrictReading, EscapesOfAStringMustBeCharacters) {
  EXPECT_EQ(read<CPHeartbeat>(R"({"cp_id": "\ud83d\udd0b\u0000\/"})")->cp_id,
            std::string_view("\xF0\x9F\x94\x8B\0/", 6));
  for (const char* wrong : {R"(\ud800)", R"(\udc00)", R"(\ud800\u0041)", R"(\ux)", R"(\q)"}) {
    const std::string json = std::string{R"({"cp_id": ")"} + wrong + R"("})";
    EXPECT_EQ(flaw_of<CPHeartbeat>(json), "cp_id: holds an escape that is no character") << wrong;
  }
}
TEST(StrictReading, FloatsTakeIntegersAndNumericStrings) {  // D-019
  const auto kw = [](const std::string& value) {
    const auto body = read<CPTelemetry>(R"({"cp_id": "c", "euros": -1.5, "kw": )" + value + "}");
    return body ? body->kw : -1;
  };
  EXPECT_EQ(kw("22"), 22.0);
  EXPECT_EQ(kw("22.5"), 22.5);
  EXPECT_EQ(kw("\"22\""), 22.0);
  EXPECT_EQ(kw("\"2.2e1\""), 22.0);
  EXPECT_EQ(kw("123456789012345678901234567890"), 123456789012345678901234567890.0);
  EXPECT_EQ(read<CPTelemetry>(R"({"cp_id":"c","euros":-1.5,"kw":1})")->euros, -1.5);
}
TEST(StrictReading, FloatsAreNeverInfiniteNorNaN) {  // D-019
  for (const char* wrong : {"NaN",        "Infinity",  "-Infinity",
                            "1e999",      "-1e999",    R"("nan")",
                            R"("NaN")",   R"("inf")",  R"("-Infinity")",
                            R"("1e999")", R"("")",     R"("22 kW")",
                            R"(" 22")",   R"("0x10")", "true",
                            "null",       "[1]",       "{}",
                            "01",         "1.",        ".5",
                            "-",          "+1"}) {
    const std::string json = std::string{R"({"cp_id": "c", "euros": 0, "kw": )"} + wrong + "}";
    EXPECT_EQ(flaw_of<CPTelemetry>(json), "kw: must be a finite number") << wrong;
  }
  EXPECT_EQ(flaw_of<CPTelemetry>(R"({"cp_id":"c","kw":1,"euros":1,"kwh":"x"})"),
            "kwh: must be a finite number");
}
TEST(StrictReading, EnumsAreCaseSensitiveAndTheErrorListsThem) {  // D-020
  const auto update = [](const std::string& status) {
    return flaw_of<DriverUpdate>(R"({"request_id":"r","driver_id":"d","cp_id":"c","status":)" +
                                 status + "}");
  };
  const std::string list =
      "status: must be one of: accepted, denied, in_progress, completed, failed";
  EXPECT_EQ(update(R"("accepted")"), "");
  EXPECT_EQ(update(R"("ACCEPTED")"), list);
  EXPECT_EQ(update(R"("")"), list);
  EXPECT_EQ(update("3"), "status: must be a string");
  EXPECT_EQ(flaw_of<CentralCommand>(R"({"cmd": "start", "cp_id": "c"})"),
            "cmd: must be one of: start_supply, stop_supply, stop_cp, resume_cp, shutdown");
  EXPECT_EQ(flaw_of<CentralCommand>(R"({"cmd": "", "cp_id": "c"})"),
            "cmd: must be one of: start_supply, stop_supply, stop_cp, resume_cp, shutdown");
  EXPECT_EQ(flaw_of<CPHealth>(R"({"cp_id": "c", "status": "fault"})"),
            "status: must be one of: FAULT, HEALTHY");
  EXPECT_EQ(
      flaw_of<CPSessionTicket>(
          R"({"cp_id":"c","session_id":"s","driver_id":"d","start_time":0,"energy_kwh":0,"total_cost_eur":0,"status":"ACTIVE"})"),
      "status: must be one of: COMPLETED, FAILED");
}
TEST(StrictReading, AStateIsAnyString) {  // D-026: central checks it (D-057)
  EXPECT_EQ(read<CPStatus>(R"({"cp_id": "c", "state": "BORED"})")->state, "BORED");
}
TEST(StrictReading, TimesAreIsoOrUnixSecondsOrNow) {  // D-021
  const auto ts = [](const std::string& value) {
    const auto body = read<CPHeartbeat>(R"({"cp_id": "c", "ts": )" + value + "}");
    return body ? body->ts.us : -1;
  };
  EXPECT_EQ(read<CPHeartbeat>(R"({"cp_id": "c"})")->ts.us, kNow.us);
  EXPECT_EQ(ts("null"), kNow.us);  // D-022
  EXPECT_EQ(ts(R"("2025-10-18T03:27:13.123456+02:00")"), kNow.us);
  EXPECT_EQ(ts(R"("2025-10-18T01:27:13.123456")"), kNow.us);
  EXPECT_EQ(ts("1760750833.123456"), kNow.us);
  EXPECT_EQ(ts("1760750833"), kWholeSecond.us);
  for (const char* wrong : {R"("yesterday")", R"("1760750833")", "1e300", "true", "[]", R"("")"}) {
    EXPECT_EQ(flaw_of<CPHeartbeat>(std::string{R"({"cp_id": "c", "ts": )"} + wrong + "}"),
              "ts: must be an ISO 8601 time or a Unix time in seconds");
  }
}
TEST(StrictReading, NullIsAbsenceForOptionalFieldsOnly) {  // D-022
  EXPECT_EQ(
      rewritten<CPTelemetry>(
          R"({"cp_id":"c","kw":1,"kwh":null,"euros":2,"driver_id":null,"session_id":null,"ts":null})"),
      R"({"cp_id": "c", "kw": 1.0, "euros": 2.0, "driver_id": null, "session_id": null, "ts": "2025-10-18T01:27:13.123456Z"})");
  EXPECT_EQ(flaw_of<CPTelemetry>(R"({"cp_id":null,"kw":1,"euros":2})"), "cp_id: must be a string");
  EXPECT_EQ(flaw_of<CPTelemetry>(R"({"cp_id":"c","kw":null,"euros":2})"),
            "kw: must be a finite number");
  EXPECT_EQ(read<CPHealth>(R"({"cp_id":"c","status":"FAULT","reason":null})")->reason, "");
  EXPECT_EQ(
      flaw_of<CPSessionTicket>(
          R"({"cp_id":"c","session_id":"s","driver_id":"d","start_time":null,"energy_kwh":0,"total_cost_eur":0})"),
      "start_time: must be an ISO 8601 time or a Unix time in seconds");
}
TEST(StrictReading, PortsAreIntegersOfSixteenBits) {  // D-028
  const auto flaw = [](const std::string& port) {
    return flaw_of<CPRegistration>(R"({"cp_id":"c","cp_e_host":"h","cp_e_port":)" + port + "}");
  };
  EXPECT_EQ(flaw("0"), "");
  EXPECT_EQ(flaw("65535"), "");
  for (const char* wrong : {"65536", "-1", "8001.0", "\"8001\"", "null", "1e3", "true",
                            "123456789012345678901234567890"}) {
    EXPECT_EQ(flaw(wrong), "cp_e_port: must be an integer from 0 to 65535") << wrong;
  }
}
TEST(StrictReading, PayloadsAreObjectsOrNull) {  // D-025
  const auto command = [](const std::string& payload) {
    return R"({"cmd": "stop_cp", "cp_id": "c", "payload": )" + payload + "}";
  };
  EXPECT_EQ(flaw_of<CentralCommand>(command("null")), "");
  for (const char* wrong : {"5", "\"x\"", "[]", "true", "nul"}) {
    EXPECT_EQ(flaw_of<CentralCommand>(command(wrong)), "payload: must be an object or null");
  }
  EXPECT_EQ(flaw_of<CentralCommand>(command(R"({"a": })")), "not valid JSON");
  EXPECT_EQ(flaw_of<CentralCommand>(command(R"({"a" 1})")), "not valid JSON");
}
TEST(StrictReading, AStartWhosePayloadIsNoObjectIsLeftToItsChargePoint) {  // D-092
  const auto start = [](const std::string& payload) {
    return R"({"payload": )" + payload + R"(, "cmd": "start_supply", "cp_id": "c"})";
  };
  for (const char* value : {"5", "\"x\"", "[]", "[1, {}]", "true"}) {
    const auto body = read<CentralCommand>(start(value));
    ASSERT_TRUE(body.has_value()) << value;
    EXPECT_EQ(body->payload->text, value);
  }
  for (const char* wrong : {"nul", "01", "[1,]", "\"\\q\""})
    EXPECT_EQ(flaw_of<CentralCommand>(start(wrong)), "payload: must be an object or null") << wrong;
  EXPECT_EQ(flaw_of<CentralCommand>(R"({"payload": 5, "cmd": "stop_cp", "cp_id": "c"})"),
            "payload: must be an object or null");
}
TEST(StrictReading, PayloadsAreKeptInTheFormOfTheChannels) {  // D-011, D-016
  EXPECT_EQ(
      read<CentralCommand>("{\"cmd\": \"stop_cp\", \"cp_id\": \"c\", \"payload\": "
                           "{\"reason\":\"\xE2\x82\xAC\",\"n\":[1,2.50,-0,1e2,"
                           "12345678901234567890123,true,false,null],\"o\":{}}}")
          ->payload->text,
      R"({"reason": "\u20ac", "n": [1, 2.5, -0, 100.0, 12345678901234567890123, true, false, null], "o": {}})");
  EXPECT_EQ(flaw_of<StartPayload>("{}"), "driver_id: is missing");  // D-092
  EXPECT_EQ(flaw_of<StartPayload>(R"({"driver_id": "d"})"), "");
}
TEST(StrictReading, AFieldIsGivenOnce) {
  EXPECT_EQ(flaw_of<CPHeartbeat>(R"({"cp_id": "a", "cp_id": "b"})"), "cp_id: is given twice");
  EXPECT_EQ(flaw_of<CPHeartbeat>(R"({"cp_id": "a", "cp_i\u0064": "b"})"), "cp_id: is given twice");
  EXPECT_EQ(flaw_of<CPHeartbeat>(R"({"cp_id": "a", "x": 1, "x": 2})"), "");
}
TEST(StrictReading, RefusesWhatIsNotJson) {
  for (const char* wrong : {"",
                            " ",
                            "{",
                            R"({"cp_id": "c")",
                            R"({"cp_id": "c"}})",
                            R"({"cp_id": "c"} {})",
                            R"({"cp_id": "c"} 1)",
                            R"({"cp_id": "c",})",
                            R"({,"cp_id": "c"})",
                            R"({"cp_id" "c"})",
                            R"({"cp_id": "c" "x": 1})",
                            R"({cp_id: "c"})",
                            R"({"cp_id": "c", "x": 1 2})",
                            R"({"cp_id": "c", "x": [1,]})",
                            R"({"cp_id": "c", "x": [1})",
                            R"({"cp_id": "c", "x": {]})",
                            R"({"cp_id": "c", "x": "\q"})",
                            R"({"cp_id": "c", "\q": 1})",
                            R"({"cp_id": "c", "x": truE})",
                            R"({"cp_id": "c", "x": 01})",
                            R"({"cp_id": "c", "x": nullx})",
                            R"({"cp_id": "c", "x": })",
                            "{\"cp_id\": \"a\nb\"}",
                            "{\"cp_id\": \"\xC0\x80\"}",
                            R"({"cp_id": "c", "x": {"y": 1})",
                            R"({"cp_id": "c", "x": "y)",
                            R"({"cp_id": "c"x})",
                            R"({"cp_id": "c" "d"})",
                            R"({"cp_id": "c", "x": [})",
                            R"({"a":1}})",
                            R"({"cp_id": "c", "x": NaN})"}) {
    EXPECT_EQ(flaw_of<CPHeartbeat>(wrong), "not valid JSON") << wrong;
  }
  EXPECT_EQ(flaw_of<CPHeartbeat>({"{\"cp_id\": \"c\"}\0", 15}), "not valid JSON");
}
TEST(StrictReading, RefusesWhatIsNoObject) {
  for (const char* wrong : {"[]", "5", "\"x\"", "null", "true", "[{}]", "}"})
    EXPECT_EQ(flaw_of<CPHeartbeat>(wrong), "not a JSON object") << wrong;
}
TEST(StrictReading, DepthHasALimit) {
  const auto with = [](const std::string& value) {
    return R"({"cp_id": "c", "x": )" + value + "}";
  };
  EXPECT_EQ(flaw_of<CPHeartbeat>(with(nested(BodyReader::kDepthMax - 1))), "");
  EXPECT_EQ(flaw_of<CPHeartbeat>(with(nested(BodyReader::kDepthMax))), "nested too deeply");
  EXPECT_EQ(flaw_of<CPHeartbeat>(with(nested(30'000))), "nested too deeply");
  EXPECT_EQ(flaw_of<CentralCommand>(R"({"cmd":"stop_cp","cp_id":"c","payload":{"x":)" +
                                    nested(BodyReader::kDepthMax) + "}}"),
            "nested too deeply");
}
TEST(StrictReading, LengthHasALimit) {
  const auto long_id = [](std::size_t bytes) {
    constexpr std::size_t kFrame = std::string_view{R"({"cp_id": ""})"}.size();
    return R"({"cp_id": ")" + std::string(bytes - kFrame, 'x') + "\"}";
  };
  EXPECT_EQ(flaw_of<CPHeartbeat>(long_id(BodyReader::kBytesMax)), "");
  EXPECT_EQ(flaw_of<CPHeartbeat>(long_id(BodyReader::kBytesMax + 1)), "too long");
  BodyReader small{20};
  EXPECT_TRUE(small.read<CPHeartbeat>(R"({"cp_id": "CP-01"})", kNow).has_value());
  EXPECT_EQ(small.read<CPHeartbeat>(R"({"cp_id": "CP-000001"})", kNow).error().flaw,
            Flaw::too_long);
}
TEST(StrictReading, AnErrorDoesNotSpoilTheNextBody) {
  for (const char* wrong : {"{", "[1, 2", R"({"cp_id": "\ud800"})", ""}) {
    EXPECT_NE(flaw_of<CPHeartbeat>(wrong), "");
    EXPECT_EQ(read<CPHeartbeat>(R"({"cp_id": "CP-001"})")->cp_id, "CP-001");
  }
}

}  // namespace
}  // namespace chargemill::codec
