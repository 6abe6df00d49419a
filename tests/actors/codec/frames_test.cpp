// Any message in one frame, told by its `type` (issue of the doors; names of D-004).
#include "actors/codec/frames.hpp"

#include "tests/actors/codec/codec_story.hpp"

namespace chargemill::codec {
namespace {

std::string frame_rewritten(std::string_view json) {
  const auto frame = shared_reader().read_frame(json, kNow);
  if (!frame) return text(frame.error());
  JsonText out;
  write_frame(*frame, out);
  return std::string{out.view()};
}

TEST(Frames, EachTypeCarriesItsBody) {
  for (
      const char* json : {
          R"({"type": "central.commands", "cmd": "stop_cp", "cp_id": "c", "payload": {"reason": "x"}, "ts": "2025-10-18T01:27:13Z"})",
          R"({"type": "cp.status", "cp_id": "c", "state": "FAULT", "reason": null, "ts": "2025-10-18T01:27:13Z"})",
          R"({"type": "cp.telemetry", "cp_id": "c", "kw": 1.0, "euros": 2.0, "driver_id": null, "session_id": null, "ts": "2025-10-18T01:27:13Z"})",
          R"({"type": "driver.requests", "request_id": "r", "driver_id": "d", "cp_id": "c", "ts": "2025-10-18T01:27:13Z"})",
          R"({"type": "driver.updates", "request_id": "r", "driver_id": "d", "cp_id": "c", "status": "denied", "reason": null, "ts": "2025-10-18T01:27:13Z"})",
          R"({"type": "cp.session_end", "cp_id": "c", "session_id": "s", "driver_id": "d", "start_time": "2025-10-18T01:27:13Z", "end_time": "2025-10-18T01:27:13Z", "energy_kwh": 1.0, "total_cost_eur": 0.3, "ts": "2025-10-18T01:27:13Z"})",
          R"({"type": "driver.ticket", "cp_id": "c", "session_id": "s", "driver_id": "d", "start_time": "2025-10-18T01:27:13Z", "end_time": "2025-10-18T01:27:13Z", "energy_kwh": 1.0, "total_cost_eur": 0.3, "ts": "2025-10-18T01:27:13Z"})",
          R"({"type": "cp.register", "cp_id": "c", "cp_e_host": "h", "cp_e_port": 8001, "ts": "2025-10-18T01:27:13Z"})",
          R"({"type": "cp.fault", "cp_id": "c", "status": "HEALTHY", "reason": "", "ts": "2025-10-18T01:27:13Z"})",
          R"({"type": "cp.heartbeat", "cp_id": "c", "ts": "2025-10-18T01:27:13Z"})",
          R"({"type": "driver.cancel", "request_id": "r", "driver_id": "d", "cp_id": "c", "ts": "2025-10-18T01:27:13Z"})",
          R"({"type": "driver.return", "driver_id": "d", "ts": "2025-10-18T01:27:13Z"})",
      }) {
    EXPECT_EQ(frame_rewritten(json), json);
  }
}
TEST(Frames, EveryChannelHasItsName) {  // D-004
  for (std::size_t i = 0; i < kChannels; ++i) {
    const auto channel = static_cast<Channel>(i);
    EXPECT_EQ(channel_of(word(channel)), channel);
  }
  EXPECT_EQ(channel_of("cp.statu"), std::nullopt);
  EXPECT_EQ(channel_of(""), std::nullopt);
}
TEST(Frames, TheTypeMayStandAnywhere) {
  constexpr std::string_view kFirst =
      R"({"type": "cp.status", "cp_id": "c", "state": "s", "reason": null, "ts": "2025-10-18T01:27:13Z"})";
  EXPECT_EQ(frame_rewritten(R"({"cp_id":"c","state":"s","ts":1760750833,"type":"cp.status"})"),
            kFirst);
  EXPECT_EQ(
      frame_rewritten(
          R"({"x":{"type":"no"},"cp_id":"c","type":"cp.status","state":"s","ts":1760750833})"),
      kFirst);
}
TEST(Frames, LongFieldsBeforeTheTypeAreReadTwiceWithoutHarm) {
  // What is unescaped on the way is forgotten before the second pass, or it would not fit.
  std::string json = "{";
  for (int i = 0; i < 40; ++i)
    json += '"' + std::string(1'000, 'k') + std::to_string(i) + R"(":"v",)";
  EXPECT_EQ(frame_flaw(json + R"("cp_id":"c","type":"cp.heartbeat"})"), "");
}
TEST(Frames, AFrameWithoutAKnownTypeIsRefused) {
  EXPECT_EQ(frame_flaw("{}"), "type: is missing");
  EXPECT_EQ(frame_flaw(R"({"cp_id": "c"})"), "type: is missing");
  EXPECT_EQ(frame_flaw(R"({"type": "cp.nothing", "cp_id": "c"})"),
            "type: no message has this type");
  EXPECT_EQ(frame_flaw(R"({"type": "CP.STATUS"})"), "type: no message has this type");
  EXPECT_EQ(frame_flaw(R"({"type": 5})"), "type: must be a string");
  EXPECT_EQ(frame_flaw(R"({"type": null})"), "type: must be a string");
  EXPECT_EQ(frame_flaw(R"({"type": "\ud800"})"), "type: must be a string");
}
TEST(Frames, AFrameHasOneType) {
  EXPECT_EQ(frame_flaw(R"({"type":"cp.heartbeat","cp_id":"c","type":"cp.heartbeat"})"),
            "type: is given twice");
  EXPECT_EQ(frame_flaw(R"({"cp_id":"c","type":"cp.heartbeat","type":"cp.status"})"),
            "type: is given twice");
}
TEST(Frames, TheErrorsOfABodyAreThoseOfAFrame) {
  EXPECT_EQ(frame_flaw(R"({"type": "cp.heartbeat"})"), "cp_id: is missing");
  EXPECT_EQ(frame_flaw(R"({"cp_id": 5, "type": "cp.heartbeat"})"), "cp_id: must be a string");
  for (const char* wrong : {"", "{", R"({"type": "cp.heartbeat", "cp_id": "c"}})",
                            R"({"x": [, "type": "cp.heartbeat", "cp_id": "c"})",
                            R"({"x" 1, "type": "cp.heartbeat", "cp_id": "c"})",
                            R"({"type" "cp.heartbeat", "cp_id": "c"})"})
    EXPECT_EQ(frame_flaw(wrong), "not valid JSON") << wrong;
  EXPECT_EQ(frame_flaw("[]"), "not a JSON object");
}

}  // namespace
}  // namespace chargemill::codec
