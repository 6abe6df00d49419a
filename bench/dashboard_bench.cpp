// Question: does the network work later because somebody watches it?
// Budget:   the p99 of tick lateness with 20 clients and a tab is not measurably above the one with
//           none (dashboard_bar.py judges it): twice a second four bits of each point are copied
//           between two messages, 512 points a look, and one 26 KiB frame is compressed for all;
//           that is some milliseconds a second of one thread.
// Shape:    at speed 1, health checks at 1 Hz, a fifth of all supplying; the clients take
//           every frame and answer, on a thread of this process, so what they cost is measured
//           with it. A tab is Debian's chromium without a screen, on the same two cores, at the
//           lowest priority: what it costs is its user's, but it gets the frames that a tab gets.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <caf/actor_system.hpp>
#include <csignal>
#include <filesystem>
#include <memory>
#include <thread>
#include <vector>

#include "app/dashboard/state_frame.hpp"
#include "app/doors/doors.hpp"
#include "app/output/interval.hpp"
#include "bench/support/web_socket_client.hpp"
#include "runtime/engine/coordinator.hpp"
#include "runtime/net/endpoint.hpp"

namespace chargemill::bench {
namespace {

using namespace std::chrono_literals;
using app::dashboard::Said;
using app::dashboard::to_bytes;

constexpr auto kMeasured = 10s;

network::Scenario watched_city(std::uint32_t points) {
  network::Scenario scenario;
  scenario.network.charge_points = points;
  scenario.network.zones = 64;
  scenario.run.duration = 24h;
  scenario.run.stop_timeout = 1s;
  scenario.drivers.count = points / 5;
  scenario.drivers.sessions_per_cp_per_day = 1.0;
  scenario.drivers.initial_supplying = 0.2;
  return scenario;
}

/// Tabs that take every frame at once, all on one thread.
class Tabs {
 public:
  Tabs(std::uint16_t port, int count) {
    for (int i = 0; i < count; ++i) {
      tabs_.push_back(std::make_unique<WebSocketClient>(port));
      (void)tabs_.back()->shake_hands("/ws", "Sec-WebSocket-Protocol: chargemill.v1\r\n");
    }
    thread_ = std::thread{[this] { serve(); }};
  }
  ~Tabs() {
    is_over_.store(true, std::memory_order_relaxed);  // relaxed: a flag alone
    thread_.join();
  }
  Tabs(const Tabs&) = delete;
  Tabs& operator=(const Tabs&) = delete;

  /// Frames of states that all of them have taken so far.
  [[nodiscard]] std::uint64_t taken() const noexcept {
    return taken_.load(std::memory_order_relaxed);  // relaxed: a counter
  }

 private:
  void serve() {
    std::vector<pollfd> waits;
    for (const auto& tab : tabs_) waits.push_back({tab->fd(), POLLIN, 0});
    while (!is_over_.load(std::memory_order_relaxed)) {  // relaxed: likewise
      if (waits.empty() || poll(waits.data(), waits.size(), 100) <= 0) {
        if (waits.empty()) std::this_thread::sleep_for(100ms);
        continue;
      }
      for (std::size_t i = 0; i < waits.size(); ++i) {
        while (tabs_[i]->has_bytes()) {
          const auto frame = tabs_[i]->next();
          if (!frame) return;
          if (frame->opcode == WebSocketClient::binary) take(*tabs_[i], frame->payload);
        }
      }
    }
  }
  void take(WebSocketClient& tab, const std::string& payload) {
    if (payload.size() < app::dashboard::kFrameHeadBytes) return;
    std::uint32_t number = 0;
    for (std::size_t k = 0; k < 4; ++k)
      number |= std::uint32_t{static_cast<unsigned char>(payload[6 + k])} << 8U * k;
    tab.send(WebSocketClient::binary, to_bytes({Said::Kind::taken, number}));
    taken_.fetch_add(1, std::memory_order_relaxed);  // relaxed: a counter
  }

  std::vector<std::unique_ptr<WebSocketClient>> tabs_;
  std::atomic<bool> is_over_{false};
  std::atomic<std::uint64_t> taken_{0};
  std::thread thread_;
};

constexpr const char* kBrowser = "/usr/bin/chromium";

/// A browser with one tab at the dashboard.
class Browser {
 public:
  explicit Browser(std::uint16_t port) {
    const std::string home = "--user-data-dir=" CHARGEMILL_SOURCE_DIR "/build/bench_browser";
    const std::string address = "http://127.0.0.1:" + std::to_string(port) + "/";
    // Not `nice`: a browser gives its threads that draw a better one again where it may.
    const char* const command[] = {"chrt",
                                   "--idle",
                                   "0",
                                   kBrowser,
                                   "--headless",
                                   "--no-sandbox",
                                   "--disable-gpu",
                                   "--no-first-run",
                                   "--disable-quic",
                                   "--disable-background-networking",
                                   "--remote-debugging-port=0",
                                   "--window-size=1280,900",
                                   home.c_str(),
                                   address.c_str(),
                                   nullptr};
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);  // its helpers go with it
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    if (posix_spawnp(&pid_, "chrt", &files, &attributes, const_cast<char* const*>(command),
                     environ) != 0)
      pid_ = 0;
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
  }
  ~Browser() {
    if (pid_ == 0) return;
    (void)::kill(-pid_, SIGTERM);
    (void)::waitpid(pid_, nullptr, 0);
  }
  Browser(const Browser&) = delete;
  Browser& operator=(const Browser&) = delete;
  [[nodiscard]] bool is_there() const {
    return pid_ != 0 && ::waitpid(pid_, nullptr, WNOHANG) == 0;
  }

 private:
  pid_t pid_ = 0;
};

bool all_on(const network::Network& network, std::uint64_t points) {
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  while (std::chrono::steady_clock::now() < deadline) {
    const auto& display = network.look().totals.display;
    if (display[static_cast<std::size_t>(DisplayState::disconnected)] * 100 < points) return true;
    std::this_thread::sleep_for(50ms);
  }
  return false;
}

double ms(Nanos time) { return static_cast<double>(time.count()) / 1e6; }

/// By charge points and clients.
void lateness(benchmark::State& state, bool has_tab) {
  if (has_tab && !std::filesystem::exists(kBrowser))
    return state.SkipWithError("there is no browser here");
  const auto points = static_cast<std::uint32_t>(state.range(0));
  const auto clients = static_cast<int>(state.range(1));
  const network::Scenario scenario = watched_city(points);
  app::DoorsSettings settings;
  settings.tcp.listen = app::kDoorOff;
  settings.http.listen = "127.0.0.1:0";
  settings.http.is_chosen = true;
  settings.http.connections = 100;
  auto doors = app::Doors::bind(settings);
  if (!doors) return state.SkipWithError("no port is free");
  const auto port = runtime::parse_endpoint((*doors)->addresses().front().at)->port;
  runtime::EngineConfig config{runtime::EngineOptions{}};
  auto system = std::make_unique<caf::actor_system>(config);
  auto& engine = runtime::Coordinator::of(*system);
  network::Network network{scenario, engine};
  if (!engine.freeze(60s)) return state.SkipWithError("the actors did not come to rest");
  engine.thaw();
  network::Desk desk{network, engine};
  auto open = (*doors)->open({desk, scenario, {}});
  engine.start_clock();
  network.start();
  if (!all_on(network, points)) return state.SkipWithError("the charge points did not come up");
  {
    const Tabs tabs{port, clients};
    std::unique_ptr<Browser> browser;
    if (has_tab) browser = std::make_unique<Browser>(port);
    // The start is over, all have their first frame, and a browser its page.
    std::this_thread::sleep_for(has_tab ? 10s : 2s);
    if (browser && !browser->is_there()) state.SkipWithError("the browser did not stay");
    if (browser && (*doors)->figures().web_sockets <= static_cast<std::uint64_t>(clients))
      state.SkipWithError("the tab does not watch");
    for (auto _ : state) {
      const auto taken = tabs.taken();
      const auto before = network.look().latencies.tick_lateness;
      std::this_thread::sleep_for(kMeasured);
      const auto late = app::recorded_since(before, network.look().latencies.tick_lateness);
      state.SetIterationTime(std::chrono::duration<double>(late.quantile(0.99)).count());
      state.counters["p50_ms"] = ms(late.quantile(0.5));
      state.counters["p99_ms"] = ms(late.quantile(0.99));
      state.counters["p999_ms"] = ms(late.quantile(0.999));
      state.counters["frames"] = static_cast<double>(tabs.taken() - taken);
      // Twice a second, and a little slack for a beat that falls beside the measured time.
      if (static_cast<double>(tabs.taken() - taken) < 0.8 * 20 * clients)
        state.SkipWithError("clients were not served");
    }
  }
  open.reset();
  system.reset();
}
BENCHMARK_CAPTURE(lateness, clients, false)
    ->Name("dashboard/lateness")
    ->Args({10'000, 0})
    ->Args({10'000, 20})
    ->Args({100'000, 0})
    ->Args({100'000, 20})
    ->UseManualTime()
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(lateness, tab, true)
    ->Name("dashboard/lateness_with_tab")
    ->Args({10'000, 20})
    ->Args({100'000, 20})
    ->UseManualTime()
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace chargemill::bench
