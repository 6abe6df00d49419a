// How many PING dialogues does the framed door hold with 1,000 clients, and how long does each
// wait? Bar: half of what a bare epoll loop that echoes bytes does beside it, p99 below 20 ms: both
// make the same system calls, and the door adds a decoder, a queue of replies and Asio's
// bookkeeping.
#include <arpa/inet.h>
#include <benchmark/benchmark.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <chrono>
#include <future>
#include <memory>
#include <thread>
#include <vector>

#include "runtime/net/framed_server.hpp"
#include "runtime/net/io_thread.hpp"
#include "runtime/wire/plain_frames.hpp"

namespace chargemill::bench {
namespace {

using runtime::FramedServer;
using runtime::FrameLink;
using runtime::MessageNumber;
using Clock = std::chrono::steady_clock;

constexpr int kEventsMax = 128;
constexpr std::size_t kReadBytes = 4'096;

/// Both ends of every connection lie in this process.
void raise_file_limit() {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}

/// Answers PING as the door of a run does.
class Ping final : public runtime::FrameService {
 public:
  void on_message(const std::shared_ptr<FrameLink>& from, std::string_view text,
                  MessageNumber number) override {
    from->reply(number, text == "PING" ? "ACK: PING" : "NACK: unknown command");
  }
  void on_closed(const FrameLink&) override {}
};

class Door {
 public:
  explicit Door(std::size_t clients) {
    FramedServer::Options options;
    options.connections_max = clients;
    auto listener =
        runtime::listen(io_.context(), {"127.0.0.1", 0}, runtime::PortInUse::is_an_error);
    if (!listener) return;
    port_ = listener->at.port;
    server_ = std::make_unique<FramedServer>(std::move(*listener), options, ping_, nullptr);
    boost::asio::post(io_.context(), [this] { server_->start(); });
  }
  // NOLINTNEXTLINE(bugprone-exception-escape): out of memory ends a benchmark
  ~Door() {
    std::promise<void> done;
    boost::asio::post(io_.context(), [this, &done] {
      if (server_) server_->cut();
      done.set_value();
    });
    done.get_future().wait();
    io_.stop();
  }
  Door(const Door&) = delete;
  Door& operator=(const Door&) = delete;
  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  static constexpr std::string_view kReply = "ACK: PING";

 private:
  Ping ping_;
  runtime::IoThread io_;
  std::unique_ptr<FramedServer> server_;
  std::uint16_t port_ = 0;
};

/// The rival: one thread, edges of epoll, what comes in goes out.
class EpollEcho {
 public:
  explicit EpollEcho(std::size_t /*clients*/)
      : epoll_(epoll_create1(0)), stop_(eventfd(0, EFD_NONBLOCK)) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    (void)bind(listener_, reinterpret_cast<const sockaddr*>(&at), sizeof at);
    (void)listen(listener_, SOMAXCONN);
    getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size);
    port_ = ntohs(at.sin_port);
    watch(listener_);
    watch(stop_);
    thread_ = std::thread{[this] { run(); }};
  }
  ~EpollEcho() {
    const std::uint64_t one = 1;
    (void)!write(stop_, &one, sizeof one);
    thread_.join();
    for (const int fd : clients_) close(fd);
    for (const int fd : {listener_, stop_, epoll_}) close(fd);
  }
  EpollEcho(const EpollEcho&) = delete;
  EpollEcho& operator=(const EpollEcho&) = delete;
  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  static constexpr std::string_view kReply = "PING";

 private:
  void watch(int fd) const {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
  }
  void run() {
    std::array<epoll_event, kEventsMax> events{};
    std::array<std::byte, kReadBytes> bytes{};
    for (;;) {
      const int count = epoll_wait(epoll_, events.data(), kEventsMax, -1);
      for (int i = 0; i < count; ++i) {
        const int fd = events[static_cast<std::size_t>(i)].data.fd;
        if (fd == stop_) return;
        if (fd == listener_) {
          const int client = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK);
          if (client < 0) continue;
          const int on = 1;
          setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
          clients_.push_back(client);
          watch(client);
          continue;
        }
        const auto got = recv(fd, bytes.data(), bytes.size(), 0);
        if (got > 0) (void)!send(fd, bytes.data(), static_cast<std::size_t>(got), MSG_NOSIGNAL);
        if (got == 0) epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr);
      }
    }
  }

  const int epoll_;
  const int stop_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::vector<int> clients_;  // the thread's until it has ended
  std::thread thread_;
};

/// All clients, one thread: each sends PING, waits for the reply, and sends again.
class Crowd {
 public:
  Crowd(std::size_t clients, std::uint16_t port, std::string_view reply)
      : epoll_(epoll_create1(0)),
        ping_(runtime::plain_frame(runtime::bytes_of("PING"))),
        reply_(runtime::plain_frame(runtime::bytes_of(reply))) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (std::size_t i = 0; i < clients; ++i) {
      const int fd = socket(AF_INET, SOCK_STREAM, 0);
      if (connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
        is_sound_ = false;
        return;
      }
      const int on = 1;
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      epoll_event event{};
      event.events = EPOLLIN;
      event.data.u64 = clients_.size();
      epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
      clients_.push_back({fd, {}, 0});
    }
  }
  ~Crowd() {
    for (const auto& client : clients_) close(client.fd);
    close(epoll_);
  }
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;

  /// One dialogue of each client; then all that were asked for are answered.
  void round() {
    for (auto& client : clients_) ask(client);
    std::size_t open = clients_.size();
    std::array<epoll_event, kEventsMax> events{};
    constexpr int kPatienceMs = 10'000;
    while (open > 0 && is_sound_) {
      const int count = epoll_wait(epoll_, events.data(), kEventsMax, kPatienceMs);
      if (count <= 0) is_sound_ = false;
      for (int i = 0; i < count; ++i)
        open -= hear(clients_[events[static_cast<std::size_t>(i)].data.u64]) ? 1 : 0;
    }
  }
  [[nodiscard]] bool is_sound() const noexcept { return is_sound_; }
  [[nodiscard]] double latency_ms(double quantile) {
    if (latencies_.empty()) return 0.0;
    const auto at =
        static_cast<std::ptrdiff_t>(quantile * static_cast<double>(latencies_.size() - 1));
    std::nth_element(latencies_.begin(), latencies_.begin() + at, latencies_.end());
    return static_cast<double>(latencies_[static_cast<std::size_t>(at)].count()) * 1e-6;
  }

 private:
  struct Client {
    int fd;
    Clock::time_point asked;
    std::size_t heard;
  };
  void ask(Client& client) {
    client.asked = Clock::now();
    client.heard = 0;
    if (send(client.fd, ping_.data(), ping_.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(ping_.size()))
      is_sound_ = false;
  }
  bool hear(Client& client) {
    std::array<std::byte, kReadBytes> bytes{};
    const auto got = recv(client.fd, bytes.data(), reply_.size() - client.heard, 0);
    if (got <= 0 || !std::equal(bytes.begin(), bytes.begin() + got,
                                reply_.begin() + static_cast<std::ptrdiff_t>(client.heard))) {
      is_sound_ = false;
      return true;
    }
    client.heard += static_cast<std::size_t>(got);
    if (client.heard < reply_.size()) return false;
    latencies_.push_back(
        std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - client.asked));
    return true;
  }

  const int epoll_;
  const std::vector<std::byte> ping_;
  const std::vector<std::byte> reply_;
  std::vector<Client> clients_;
  std::vector<std::chrono::nanoseconds> latencies_;
  bool is_sound_ = true;
};

template <class Server>
void ping(benchmark::State& state) {
  raise_file_limit();
  const auto clients = static_cast<std::size_t>(state.range(0));
  Server server{clients};
  Crowd crowd{clients, server.port(), Server::kReply};
  crowd.round();  // connections are accepted, memory is there
  for (auto _ : state) crowd.round();
  if (!crowd.is_sound()) state.SkipWithError("a dialogue failed");
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.counters["p50_ms"] = crowd.latency_ms(0.50);
  state.counters["p99_ms"] = crowd.latency_ms(0.99);
}
BENCHMARK_TEMPLATE(ping, Door)->Name("door/ping")->Arg(1'000)->UseRealTime();
BENCHMARK_TEMPLATE(ping, EpollEcho)->Name("door/epoll_echo")->Arg(1'000)->UseRealTime();

}  // namespace
}  // namespace chargemill::bench
