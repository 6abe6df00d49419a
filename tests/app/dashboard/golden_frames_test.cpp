// Frames as tests/dashboard/golden_frames.json has them: the encoder makes them, the reader takes
// them, and so does the page's (tests/dashboard/frame_laws.mjs). Neither can change without the
// other. CHARGEMILL_GOLDEN=write ./dev test GoldenFrames records them anew.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "app/dashboard/outbox.hpp"

namespace chargemill::app::dashboard {
namespace {

const std::string kFile = CHARGEMILL_SOURCE_DIR "/tests/dashboard/golden_frames.json";

/// A message, and what a reader holds once it has seen it.
struct Step {
  std::string says;
  std::string frame;
  bool is_taken;
  std::uint32_t number;
  std::int64_t sim_ms;
  std::string codes;  ///< a figure a point
};

/// The same numbers on every machine (Numerical Recipes).
struct Random {
  std::uint32_t below(std::uint32_t end) {
    state = state * 1'664'525U + 1'013'904'223U;
    return (state >> 16U) % end;
  }
  std::uint32_t state = 6;
};

/// One watcher, from the samples to what it holds.
class Story {
 public:
  explicit Story(std::uint32_t points) : truth(points), shown_(points) {}

  void sample(std::int64_t sim_ms) { log.add(truth, sim_ms); }
  void join(std::uint32_t points) {
    PackedStates grown{points};
    for (std::uint32_t i = 0; i < truth.size(); ++i) grown.set(i, truth.get(i));
    truth = grown;
  }
  void lose() { (void)box_.hear({Said::Kind::lost, 0}); }
  /// What the watcher is sent now, and takes.
  void hand(const std::string& says) {
    const auto message = box_.next(log);
    ASSERT_TRUE(message && message->bytes) << says;
    show(says, *message->bytes);
    EXPECT_TRUE(steps.back().is_taken) << says;
    EXPECT_EQ(shown_.bytes(), truth.bytes()) << says;
    EXPECT_TRUE(box_.hear({Said::Kind::taken, held})) << says;
  }
  void show(const std::string& says, const std::string& frame) {
    const auto head = apply_frame(frame, held, shown_);
    if (head) {
      held = head->number;
      sim_ms_ = head->sim_ms;
    }
    std::string codes;
    for (std::uint32_t i = 0; i < shown_.size(); ++i)
      codes += std::to_string(static_cast<unsigned>(shown_.get(i)));
    steps.push_back({says, frame, head.has_value(), held, sim_ms_, codes});
  }

  PackedStates truth;
  FrameLog log;
  std::uint32_t held = 0;
  std::vector<Step> steps;

 private:
  PackedStates shown_;
  Outbox box_;
  std::int64_t sim_ms_ = 0;
};

std::string with(std::string frame, std::size_t at, std::uint32_t value) {
  for (std::size_t i = 0; i < 4; ++i) frame[at + i] = static_cast<char>(value >> 8U * i & 0xFFU);
  return frame;
}

constexpr std::size_t kPointsAt = 2;
constexpr std::size_t kBaseAt = 10;

void tell_what_is_refused(Story& story) {
  const std::uint32_t n = story.held;
  const std::string good = *story.log.message_for(n);
  const auto key = [n](const PackedStates& states) {
    return encode_frame({states.size(), n + 1, 0, 0}, states, nullptr);
  };
  const auto difference = [n](std::uint32_t points, std::uint32_t base) {
    const PackedStates states{points};
    return encode_frame({points, n + 1, base, 0}, states, &states);
  };
  story.show("refused: less than a head", good.substr(0, kFrameHeadBytes - 1));
  story.show("refused: cut short", good.substr(0, good.size() - 1));
  std::string damaged = good;
  damaged.back() = static_cast<char>(damaged.back() ^ 1);
  story.show("refused: its checksum is another one", damaged);
  story.show("refused: another type", '\x02' + good.substr(1));
  story.show("refused: a difference to a frame that is not held", difference(10, n - 1));
  story.show("refused: a difference to nothing", with(good, kBaseAt, 0));
  story.show("refused: a difference of fewer charge points", difference(9, n));
  story.show("refused: a keyframe with a base", with(key(PackedStates{10}), kBaseAt, n));
  story.show("refused: a keyframe of fewer charge points", key(PackedStates{8}));
  story.show("refused: more bytes than charge points", with(key(PackedStates{12}), kPointsAt, 10));
  story.show("refused: fewer bytes than charge points", with(key(PackedStates{10}), kPointsAt, 12));
  PackedStates strange{10};
  strange.set(9, static_cast<StateCode>(kStateCodes));
  story.show("refused: a state that nobody knows", key(strange));
}

/// A watcher that is slow and loses what it holds, at random; charge points join.
void tell_a_life(Story& story, std::int64_t sim_ms) {
  Random random;
  for (unsigned round = 1; round <= 60; ++round) {
    if (round == 1) story.join(33);
    if (round == 30) story.join(36);
    for (std::uint32_t changes = random.below(6); changes > 0; --changes) {
      const std::uint32_t point = random.below(story.truth.size());
      story.truth.set(point, static_cast<StateCode>(random.below(kStateCodes)));
    }
    story.sample(sim_ms += 500);
    if (random.below(3) == 0) continue;
    if (random.below(10) == 0) story.lose();
    story.hand(fmt::format("round {}", round));
  }
}

std::vector<Step> told() {
  Story story{7};
  for (std::uint32_t i = 0; i < 7; ++i) story.truth.set(i, static_cast<StateCode>(i % kStateCodes));
  story.sample(1'286);
  story.hand("a snapshot, the first");
  story.truth.set(6, StateCode::faulted);
  story.sample(1'786);
  story.hand("a difference of one charge point");
  story.truth.set(0, StateCode::charging);
  story.sample(2'286);
  story.truth.set(1, StateCode::stopped);
  story.sample(2'786);
  story.truth.set(0, StateCode::available);
  story.sample(3'286);
  story.hand("a difference of three samples, two of which undo each other");
  story.sample(3'786);
  story.hand("a difference of nothing");
  story.lose();
  story.sample(4'286);
  story.hand("a keyframe for one who has lost what it held");
  for (std::int64_t i = 1; i <= static_cast<std::int64_t>(FrameLog::kKept) + 1; ++i) {
    story.truth.set(2, static_cast<StateCode>(i % 2));
    story.sample(4'286 + 500 * i);
  }
  story.hand("a keyframe for one who is too far behind");
  story.join(10);
  story.truth.set(9, StateCode::charging);
  story.sample(9'286);
  story.hand("a keyframe of more charge points");
  constexpr std::int64_t kTenYears = 315'360'000'000;
  story.truth.set(7, StateCode::starting);
  story.sample(kTenYears);
  tell_what_is_refused(story);
  story.hand("a difference after ten years");
  tell_a_life(story, kTenYears);
  return story.steps;
}

std::string hex(const std::string& bytes) {
  std::string text;
  for (const char byte : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return text;
}

/// A step a line.
std::string text_of(const std::vector<Step>& steps) {
  std::string text;
  for (const Step& step : steps)
    text += fmt::format(
        "{}{{\"says\": \"{}\", \"frame\": \"{}\", \"is_taken\": {}, \"number\": {}, "
        "\"sim_ms\": {}, \"codes\": \"{}\"}}",
        text.empty() ? "[\n" : ",\n", step.says, hex(step.frame), step.is_taken, step.number,
        step.sim_ms, step.codes);
  return text + "\n]\n";
}

std::string unhex(const std::string& text) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2)
    bytes += static_cast<char>(std::stoi(text.substr(i, 2), nullptr, 16));
  return bytes;
}

/// Another zlib may pack other bytes that hold the same; `damaged` where they hold nothing.
std::string held_by(const std::string& frame) {
  if (frame.size() < kFrameHeadBytes) return "damaged";
  std::string plain(64, '\0');
  uLongf length = static_cast<uLongf>(plain.size());
  const int code = uncompress(reinterpret_cast<Bytef*>(plain.data()), &length,
                              reinterpret_cast<const Bytef*>(frame.data()) + kFrameHeadBytes,
                              static_cast<uLong>(frame.size() - kFrameHeadBytes));
  return code == Z_OK ? hex(plain.substr(0, length)) : "damaged";
}

TEST(GoldenFrames, WhatTheEncoderMakesAndTheReaderTakesIsWhatThePageIsHeldTo) {  // FORMAT.md
  const std::vector<Step> steps = told();
  const char* const wish = std::getenv("CHARGEMILL_GOLDEN");  // NOLINT(concurrency-mt-unsafe)
  if (wish != nullptr && std::string{wish} == "write") std::ofstream{kFile} << text_of(steps);
  std::ostringstream recorded;
  recorded << std::ifstream{kFile}.rdbuf();
  const auto golden = nlohmann::json::parse(recorded.str());
  ASSERT_EQ(golden.size(), steps.size()) << text_of(steps);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const Step& step = steps[i];
    SCOPED_TRACE(step.says);
    const auto& kept = golden[i];
    const std::string frame = unhex(kept["frame"]);
    EXPECT_EQ(kept["says"], step.says);
    EXPECT_EQ(hex(frame.substr(0, kFrameHeadBytes)), hex(step.frame.substr(0, kFrameHeadBytes)));
    EXPECT_EQ(held_by(frame), held_by(step.frame));
    EXPECT_EQ(kept["is_taken"], step.is_taken);
    EXPECT_EQ(kept["number"], step.number);
    EXPECT_EQ(kept["sim_ms"], step.sim_ms);
    EXPECT_EQ(kept["codes"], step.codes);
  }
}

TEST(GoldenFrames, AreTakenAsTheyAreRecordedToo) {
  std::ostringstream recorded;
  recorded << std::ifstream{kFile}.rdbuf();
  Story story{7};
  for (const auto& kept : nlohmann::json::parse(recorded.str())) {
    story.show(kept["says"], unhex(kept["frame"]));
    EXPECT_EQ(kept["is_taken"], story.steps.back().is_taken) << kept["says"];
    EXPECT_EQ(kept["number"], story.steps.back().number) << kept["says"];
    EXPECT_EQ(kept["codes"], story.steps.back().codes) << kept["says"];
  }
  EXPECT_GT(story.steps.size(), 40U);
}

}  // namespace
}  // namespace chargemill::app::dashboard
