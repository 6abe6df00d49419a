// The fuzz targets in their short form: seeds, and what becomes of them by chance, through the very
// functions that libFuzzer calls. A target that is broken ends the program, with the input kept.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <set>
#include <sstream>

#include "actors/control/operator_command.hpp"
#include "app/api/route.hpp"
#include "app/nodes/moves.hpp"
#include "app/nodes/node_report.hpp"
#include "tests/fuzz/seeds.hpp"
#include "tests/support/stress.hpp"

extern "C" {
using Target = int(const std::uint8_t* data, std::size_t size);
Target fuzz_frame, fuzz_message, fuzz_control, fuzz_http, fuzz_node, fuzz_scenario, fuzz_segment,
    fuzz_session;
}

namespace chargemill {
namespace {

using test::Mutator;

// For the handler of a signal; written by the test that runs.
std::string under_way;
std::string kept_as;
constexpr std::string_view kSaid = "the input is kept as ";

extern "C" void keep_input(int signal) {
  const int file = ::open(kept_as.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  bool is_kept = ::write(file, under_way.data(), under_way.size()) >= 0;
  is_kept = ::write(STDERR_FILENO, kSaid.data(), kSaid.size()) >= 0 && is_kept;
  is_kept = ::write(STDERR_FILENO, kept_as.data(), kept_as.size()) >= 0 && is_kept;
  ::signal(signal, SIG_DFL);
  ::raise(is_kept ? signal : SIGKILL);
}

std::vector<std::string> seeds_of(const std::string& name) {
  return test::seeds_of(CHARGEMILL_SOURCE_DIR "/tests/fuzz/seeds/" + name + ".txt");
}

/// Each of `seeds`, and `mutants` made of them.
void play(const std::string& name, Target* target, const std::vector<std::string>& seeds,
          std::uint64_t mutants) {
  ASSERT_GT(seeds.size(), 8U);
  for (const auto& seed : seeds) ASSERT_FALSE(seed.empty()) << "a line of the seeds is none";
  kept_as = CHARGEMILL_BINARY_DIR "/tests/crash-" + name;
  for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE}) ::signal(signal, keep_input);
  const auto give = [target](const std::string& input) {
    under_way = input;
    // At its own place, so that a sanitizer sees a read beyond its end; nowhere none is.
    std::vector<std::uint8_t> bytes;
    bytes.reserve(std::max<std::size_t>(1, input.size()));
    bytes.assign(input.begin(), input.end());
    EXPECT_EQ(target(bytes.data(), bytes.size()), 0);
  };
  give("");
  for (const auto& seed : seeds) give(seed);
  Mutator mutator{seeds, 1};
  for (std::uint64_t n = test::stress_count(mutants); n > 0; --n) give(mutator.next());
  for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE}) ::signal(signal, SIG_DFL);
}

TEST(ShortFuzz, NoBytesBreakTheFrameCodec) {  // D-134
  play("frame", fuzz_frame, seeds_of("frame"), 3'000);
}

TEST(ShortFuzz, NoBytesBreakTheReaderOfJsonMessages) {  // D-017
  const auto seeds = seeds_of("message");
  std::set<int> kinds;
  for (const auto& seed : seeds) kinds.insert(seed.front() & 0x0F);
  EXPECT_EQ(kinds.size(), 10U) << "each of the bodies, and those that name their channel";
  play("message", fuzz_message, seeds, 30'000);
}

TEST(ShortFuzz, NoTextBreaksTheCommandsOfOperators) {  // D-145
  const auto seeds = seeds_of("control");
  for (std::size_t verb = 0; verb < control::kVerbs; ++verb) {
    const auto word = control::word(static_cast<control::Verb>(verb));
    EXPECT_TRUE(std::any_of(
        seeds.begin(), seeds.end(),
        [word](const std::string& seed) { return seed.substr(0, seed.find('#')) == word; }))
        << word << " has no seed";
  }
  play("control", fuzz_control, seeds, 30'000);
}

TEST(ShortFuzz, NoClientBreaksTheHttpDoorNorTheApi) {  // D-179
  auto seeds = seeds_of("http");
  for (const auto& route : app::api::routes()) {
    std::string path{route.pattern};
    const auto put = [&path](const char* holder, const char* name) {
      const auto at = path.find(holder);
      if (at != std::string::npos) path.replace(at, std::string_view{holder}.size(), name);
    };
    put("{id}", path.find("/drivers/") == std::string::npos ? "CP-001" : "alice");
    put("{request}", "req-1");
    seeds.push_back('\x07' + std::string{route.method} + ' ' + path +
                    " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}");
  }
  play("http", fuzz_http, seeds, 500);
}

TEST(ShortFuzz, NoClientBreaksAConnectionOfTheFramedDoor) {  // D-142, D-148
  play("session", fuzz_session, seeds_of("session"), 2'000);
}

/// What is too long for a line: what a node says that gives shards, and a report of all it has.
std::vector<std::string> long_words() {
  app::Given given;
  given.sent = {1, 2, 3};
  given.state = "all that they are";
  app::NodeReport report;
  report.snapshot.latencies.tick_lateness.record(Nanos{1'500'000}, 7);
  report.snapshot.worker_busy = {0.5};
  report.failure = "why";
  report.display = {DisplayState::stopped, DisplayState::activated};
  report.detail.zones.resize(1);
  report.detail.slowest[1].resize(1);
  report.journal.emplace().status.last_failure = "no room";
  return {'\x13' + to_bytes(given), '\x19' + to_bytes(report)};
}

TEST(ShortFuzz, NoNodeBreaksWhoeverHearsIt) {
  auto seeds = seeds_of("node");
  for (auto& seed : long_words()) seeds.push_back(std::move(seed));
  std::set<char> readers;
  for (const auto& seed : seeds) readers.insert(seed.front());
  EXPECT_EQ(readers.size(), 32U) << "each of them has a seed";
  play("node", fuzz_node, seeds, 30'000);
}

TEST(ShortFuzz, NoDamageBreaksTheReaderOfAJournal) {
  play("segment", fuzz_segment, seeds_of("segment"), 500);
}

TEST(ShortFuzz, NoFileBreaksTheReaderOfScenarios) {  // D-219
  auto seeds = seeds_of("scenario");
  for (const auto& entry :
       std::filesystem::directory_iterator{CHARGEMILL_SOURCE_DIR "/config/scenarios"}) {
    if (entry.path().extension() != ".toml") continue;
    std::ostringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    seeds.push_back(text.str());
  }
  play("scenario", fuzz_scenario, seeds, 500);
}

}  // namespace
}  // namespace chargemill
