// Real etcd processes on free ports of the loopback, in a folder that goes with them.
#pragma once

#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "runtime/agreement/etcd_client.hpp"
#include "runtime/net/http_call.hpp"
#include "runtime/net/io_thread.hpp"

namespace chargemill::test {

/// Whether `condition` came true: a slow machine is no failure.
template <class Condition>
[[nodiscard]] bool comes_true(Condition condition,
                              std::chrono::seconds most = std::chrono::seconds{60}) {
  const auto end = std::chrono::steady_clock::now() + most;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  return true;
}

/// Ports that nobody listens on at this moment, no two alike: all are held until the last is found.
inline std::vector<std::uint16_t> free_ports(std::size_t count) {
  std::vector<std::uint16_t> result;
  std::vector<int> held;
  for (std::size_t i = 0; i < count; ++i) {
    held.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    (void)::bind(held.back(), reinterpret_cast<sockaddr*>(&address), size);
    (void)::getsockname(held.back(), reinterpret_cast<sockaddr*>(&address), &size);
    result.push_back(ntohs(address.sin_port));
  }
  for (const int one : held) ::close(one);
  return result;
}

class EtcdCluster {
 public:
  /// Debian's etcd-server is installed.
  static bool is_there() { return std::filesystem::exists("/usr/bin/etcd"); }

  /// Files of a cluster that is asked inside TLS, and asks those who come for a certificate.
  struct Tls {
    std::string cert;  ///< empty: plain
    std::string key;
    std::string ca_file;  ///< vouches for `cert` and for those who come
  };

  /// Starts them; whoever wants to talk to them waits until they answer.
  explicit EtcdCluster(unsigned members, Tls tls = {}) : tls_(std::move(tls)) {
    std::string name = (std::filesystem::temp_directory_path() / "chargemill-etcd-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) std::abort();
    folder_ = name;
    const auto ports = free_ports(std::size_t{2} * members);
    for (std::size_t m = 0; m < members; ++m)
      members_.push_back({ports[2 * m], ports[2 * m + 1], 0});
    for (unsigned m = 0; m < members; ++m) start(m);
  }
  ~EtcdCluster() {
    for (unsigned m = 0; m < members_.size(); ++m) kill(m);
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  EtcdCluster(const EtcdCluster&) = delete;
  EtcdCluster& operator=(const EtcdCluster&) = delete;

  /// By member.
  [[nodiscard]] std::vector<runtime::Endpoint> endpoints() const {
    std::vector<runtime::Endpoint> result;
    for (const auto& member : members_) result.push_back({"127.0.0.1", member.client_port});
    return result;
  }
  void start(unsigned m) {
    std::string all;
    for (unsigned i = 0; i < members_.size(); ++i)
      all += (i > 0 ? "," : "") + name_of(i) + "=" + url(members_[i].peer_port);
    std::vector<std::string> words{"/usr/bin/etcd",
                                   "--name",
                                   name_of(m),
                                   "--data-dir",
                                   (folder_ / name_of(m)).string(),
                                   "--listen-client-urls",
                                   client_url(members_[m]),
                                   "--advertise-client-urls",
                                   client_url(members_[m]),
                                   "--listen-peer-urls",
                                   url(members_[m].peer_port),
                                   "--initial-advertise-peer-urls",
                                   url(members_[m].peer_port),
                                   "--initial-cluster",
                                   all,
                                   "--initial-cluster-state",
                                   "new",
                                   "--logger",
                                   "zap",
                                   "--log-outputs",
                                   (folder_ / (name_of(m) + ".log")).string()};
    if (!tls_.cert.empty()) {
      for (const std::string& word :
           {std::string{"--cert-file"}, tls_.cert, std::string{"--key-file"}, tls_.key,
            std::string{"--client-cert-auth"}, std::string{"--trusted-ca-file"}, tls_.ca_file})
        words.push_back(word);
    }
    std::vector<char*> argv;
    for (const auto& word : words) argv.push_back(const_cast<char*>(word.c_str()));  // NOLINT
    argv.push_back(nullptr);
    if (::posix_spawn(&members_[m].pid, argv[0], nullptr, nullptr, argv.data(), environ) != 0)
      members_[m].pid = 0;
  }
  /// kill -9.
  void kill(unsigned m) {
    if (members_[m].pid <= 0) return;
    ::kill(members_[m].pid, SIGKILL);
    ::waitpid(members_[m].pid, nullptr, 0);
    members_[m].pid = 0;
  }
  /// A SIGSTOP has stopped it when this returns: its other threads go on for a moment after
  /// kill(2).
  void signal(unsigned m, int number) {
    ::kill(members_[m].pid, number);
    if (number == SIGSTOP) ::waitpid(members_[m].pid, nullptr, WUNTRACED);
  }
  [[nodiscard]] bool is_running(unsigned m) const { return members_[m].pid > 0; }

 private:
  struct Member {
    std::uint16_t client_port = 0;
    std::uint16_t peer_port = 0;
    pid_t pid = 0;
  };
  static std::string name_of(unsigned m) { return "m" + std::to_string(m); }
  static std::string url(std::uint16_t port) { return "http://127.0.0.1:" + std::to_string(port); }

  [[nodiscard]] std::string client_url(const Member& member) const {
    return (tls_.cert.empty() ? "http" : "https") + url(member.client_port).substr(4);
  }

  const Tls tls_;
  std::filesystem::path folder_;
  std::vector<Member> members_;
};

/// Asks and waits for the answer.
class AskingClient {
 public:
  using Client = runtime::agreement::EtcdClient;
  using Answer = runtime::agreement::Answer;

  /// So patient that a slow disk under etcd is no failure; another member is asked long before.
  explicit AskingClient(std::vector<runtime::Endpoint> members,
                        Nanos patience = std::chrono::seconds{30},
                        runtime::TlsContext tls = nullptr)
      : AskingClient(Client::Options{std::move(members), patience,
                                     std::min<Nanos>(patience / 20, std::chrono::milliseconds{500}),
                                     std::move(tls)}) {}
  explicit AskingClient(Client::Options options)
      : client_(std::make_shared<Client>(io_, std::move(options))) {}
  // NOLINTNEXTLINE(bugprone-exception-escape): out of memory ends a test
  ~AskingClient() {
    on_thread([this] {
      client_->stop();
      return 0;
    });
    io_.stop();
  }
  AskingClient(const AskingClient&) = delete;
  AskingClient& operator=(const AskingClient&) = delete;

  Result<Answer> ask(const runtime::agreement::Request& request) {
    auto told = std::make_shared<std::promise<Result<Answer>>>();
    auto answer = told->get_future();
    io_.poster()->post([this, request, told] {
      client_->call(request, [told](Result<Answer> a) { told->set_value(std::move(a)); });
    });
    return answer.get();
  }
  /// Until it succeeds: members may have no leader yet.
  [[nodiscard]] bool answers(const runtime::agreement::Request& request) {
    return comes_true([&] { return ask(request).has_value(); });
  }
  /// Runs `f` on the IoThread, and waits.
  template <class F>
  std::invoke_result_t<F> on_thread(F f) {
    auto told = std::make_shared<std::promise<std::invoke_result_t<F>>>();
    auto result = told->get_future();
    io_.poster()->post([f, told] { told->set_value(f()); });
    return result.get();
  }
  [[nodiscard]] Client& client() { return *client_; }
  [[nodiscard]] runtime::IoThread& io() { return io_; }

 private:
  runtime::IoThread io_;
  std::shared_ptr<Client> client_;
};

/// The body of an answer to a POST of `{}`; empty: none came.
inline std::string posted(runtime::IoThread& io, const runtime::Endpoint& to,
                          const std::string& target) {
  auto told = std::make_shared<std::promise<std::string>>();
  auto result = told->get_future();
  auto text = std::make_shared<std::string>();
  runtime::HttpCall::Options options{to, target, "{}"};
  auto call = std::make_shared<runtime::HttpCall>(
      io.context(), options, [text](std::string_view piece) { *text += piece; },
      [text, told](const runtime::HttpEnd& end) {
        told->set_value(end.error.empty() ? *text : std::string{});
      });
  io.poster()->post([call] { call->start(); });
  return result.get();
}

/// Which member the others follow; empty: they do not agree on one.
inline std::optional<unsigned> leader_of(runtime::IoThread& io, const EtcdCluster& etcd) {
  const auto endpoints = etcd.endpoints();
  for (unsigned m = 0; m < endpoints.size(); ++m) {
    if (!etcd.is_running(m)) continue;
    const auto status =
        nlohmann::json::parse(posted(io, endpoints[m], "/v3/maintenance/status"), nullptr, false);
    if (!status.is_object() || !status.contains("leader") || !status.contains("header")) continue;
    if (status["leader"] == status["header"].value("member_id", "")) return m;
  }
  return std::nullopt;
}

}  // namespace chargemill::test
