// Question: how long does a scrape take while the network works: its text alone, and GET /metrics
//           through the door of a run?
// Budget:   20 ms with 1,000,000 charge points; it must not grow with them, since it reads what
//           shards and workers publish: 64 shards, 64 zones, a histogram of 45 KiB a worker.
// Shape:    busy: at speed 1, health checks at 1 Hz, a fifth of all supplying, as in the front
//           page's run.
#include <arpa/inet.h>
#include <benchmark/benchmark.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <caf/actor_system.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "app/doors/doors.hpp"
#include "app/metrics/collector.hpp"
#include "app/metrics/labels.hpp"

namespace chargemill::app::metrics {
namespace {

using namespace std::chrono_literals;

constexpr double kBudgetMs = 20;
/// So many that the slowest one in a hundred is more than the slowest of all.
constexpr int kScrapes = 500;

network::Scenario busy_city(std::uint32_t points) {
  network::Scenario scenario;
  scenario.network.charge_points = points;
  scenario.network.zones = 64;
  scenario.run.duration = 24h;
  scenario.drivers.count = points / 5;
  scenario.drivers.sessions_per_cp_per_day = 1.0;
  scenario.drivers.initial_supplying = 0.2;
  return scenario;
}

/// Waits until all points are on, or says that they never were.
bool all_on(const network::Network& network, std::uint64_t points) {
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  while (std::chrono::steady_clock::now() < deadline) {
    const auto& display = network.look().totals.display;
    if (display[static_cast<std::size_t>(DisplayState::disconnected)] * 100 < points) return true;
    std::this_thread::sleep_for(50ms);
  }
  return false;
}

using Scrape = std::function<std::string()>;
/// How a network is scraped.
using Way = std::function<Scrape(network::Desk&, const network::Scenario&, Collector&)>;

void measure(benchmark::State& state, const Way& way) {
  const auto points = static_cast<std::uint32_t>(state.range(0));
  const network::Scenario scenario = busy_city(points);
  runtime::EngineConfig config{runtime::EngineOptions{}};
  auto system = std::make_unique<caf::actor_system>(config);
  auto& engine = runtime::Coordinator::of(*system);
  network::Network network{scenario, engine};
  if (!engine.freeze(60s)) return state.SkipWithError("the actors did not come to rest");
  engine.thaw();
  network::Desk desk{network, engine};
  Collector collector{desk, facts_of(scenario, network.topology(), "bench", "none"), nullptr,
                      nullptr};
  engine.start_clock();
  network.start();
  if (!all_on(network, points)) return state.SkipWithError("the charge points did not come up");
  Scrape scrape = way(desk, scenario, collector);
  std::vector<double> took_ms;
  std::size_t bytes = 0;
  for (auto _ : state) {
    const auto begun = std::chrono::steady_clock::now();
    const auto text = scrape();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    state.SetIterationTime(took.count());
    took_ms.push_back(took.count() * 1e3);
    bytes = text.size();
    std::this_thread::sleep_for(20ms);  // nobody scrapes without a pause; caches are cold again
  }
  scrape = nullptr;  // its door closes before the network goes
  if (bytes == 0 || bytes > kScrapeBytesMax) state.SkipWithError("a scrape of the wrong size");
  std::sort(took_ms.begin(), took_ms.end());
  if (took_ms[took_ms.size() / 2] > kBudgetMs) state.SkipWithError("a scrape over its budget");
  state.counters["p99_ms"] = took_ms[(took_ms.size() * 99 + 99) / 100 - 1];
  state.counters["bytes"] = static_cast<double>(bytes);
  system.reset();
}

/// The text alone.
void scrape(benchmark::State& state) {
  measure(state, [](network::Desk&, const network::Scenario&, Collector& collector) {
    return [&collector] { return collector.scrape(); };
  });
}
BENCHMARK(scrape)
    ->Name("scrape/busy")
    ->Arg(100'000)
    ->Arg(1'000'000)
    ->UseManualTime()
    ->Iterations(kScrapes)
    ->Unit(benchmark::kMillisecond);

/// The door of a run, and one who asks it again and again on one connection, as Prometheus does.
class Door {
 public:
  Door(network::Desk& desk, const network::Scenario& scenario, Collector& collector)
      : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    DoorsSettings settings;
    settings.tcp.listen = kDoorOff;
    settings.http.listen = "127.0.0.1:0";
    settings.http.is_chosen = true;
    auto bound = Doors::bind(settings);
    if (!bound) return;
    doors_ = std::move(*bound);
    app::RunFacts facts;
    facts.metrics = [&collector] { return collector.scrape(); };
    open_ = doors_->open({desk, scenario, {}, facts});
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(runtime::parse_endpoint(doors_->addresses().front().at)->port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    (void)::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to);
  }
  ~Door() { ::close(socket_); }
  Door(const Door&) = delete;
  Door& operator=(const Door&) = delete;

  /// The body; empty: there was none.
  [[nodiscard]] std::string get() {
    constexpr std::string_view kRequest = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n";
    constexpr std::string_view kLength = "Content-Length: ";
    if (::send(socket_, kRequest.data(), kRequest.size(), MSG_NOSIGNAL) < 0) return {};
    std::string heard;
    std::size_t end = std::string::npos;
    while (true) {
      if (end == std::string::npos) end = heard.find("\r\n\r\n");
      const auto length = heard.find(kLength);
      if (end != std::string::npos && length < end) {
        const std::size_t body = std::stoul(heard.substr(length + kLength.size()));
        if (heard.size() >= end + 4 + body) return heard.substr(end + 4);
      }
      std::array<char, 65'536> bytes{};
      const auto got = ::recv(socket_, bytes.data(), bytes.size(), 0);
      if (got <= 0) return {};
      heard.append(bytes.data(), static_cast<std::size_t>(got));
    }
  }

 private:
  const int socket_;
  std::unique_ptr<Doors> doors_;
  std::shared_ptr<void> open_;
};

/// All of it: through the socket, the server and the API's thread.
void get(benchmark::State& state) {
  measure(state, [](network::Desk& desk, const network::Scenario& scenario, Collector& collector) {
    auto door = std::make_shared<Door>(desk, scenario, collector);
    return [door] { return door->get(); };
  });
}
BENCHMARK(get)
    ->Name("scrape/get")
    ->Arg(100'000)
    ->Arg(1'000'000)
    ->UseManualTime()
    ->Iterations(kScrapes)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace chargemill::app::metrics
