// A server of HTTP on a free port, for tests that talk to it.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <future>
#include <mutex>
#include <thread>

#include "runtime/net/http_server.hpp"
#include "runtime/net/io_thread.hpp"
#include "runtime/net/listener.hpp"
#include "tests/runtime/net/plain_client.hpp"

namespace chargemill::runtime::test {

/// A server whose answers name what was asked. `/later` waits until told; `/big` is 8 MiB,
/// `/empty` is nothing, `/same` as the client has it.
class Served {
 public:
  explicit Served(HttpLimits limits = {}, HttpGuards guards = {}) {
    auto listener = listen(io_.context(), {"127.0.0.1", 0}, PortInUse::is_an_error);
    port_ = listener->at.port;
    server_ = std::make_unique<HttpServer>(
        std::move(listener->acceptor), listener->at,
        [this](const HttpRequest& request, HttpAnswer answer) { take(request, std::move(answer)); },
        [](unsigned status, const std::string& text, std::string_view target) {
          HttpResponse response;
          response.status = status;
          response.body = text + " [" + std::string{target.substr(0, 20)} + "]";
          return response;
        },
        limits, std::move(guards));
  }
  ~Served() { io_.stop(); }  // connections end with the context
  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;

  void close() {
    on_thread([this] {
      server_->begin_to_close();
      server_->cut();
    });
  }
  template <class F>
  std::invoke_result_t<F> on_thread(F f) {
    std::packaged_task<std::invoke_result_t<F>()> task{std::move(f)};
    auto done = task.get_future();
    boost::asio::post(io_.context(), std::move(task));
    return done.get();
  }
  bool becomes_closed() {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (std::chrono::steady_clock::now() < deadline) {
      if (on_thread([this] { return server_->is_closed(); })) return true;
      std::this_thread::yield();
    }
    return false;
  }
  HttpAnswer waiting_answer() {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (std::chrono::steady_clock::now() < deadline) {
      const std::lock_guard lock{mutex_};
      if (waiting_) return std::exchange(waiting_, {});
    }
    ADD_FAILURE() << "nobody asked";
    return [](const HttpResponse&) {};
  }
  [[nodiscard]] HttpServer& server() { return *server_; }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  std::string ask(const std::string& request) {
    PlainClient client{port_};
    client.say(request);
    return client.hear_one();
  }

 private:
  void take(const HttpRequest& request, HttpAnswer answer) {
    if (request.target == "/later") {
      const std::lock_guard lock{mutex_};
      waiting_ = std::move(answer);
      return;
    }
    HttpResponse response;
    response.content_type = "text/plain";
    response.body = request.method + " " + request.target + " " +
                    std::string{request.header("x-test")} + " " + request.body +
                    (request.is_stranger ? "(a stranger)" : "");
    if (request.target == "/empty") response = HttpResponse{204, "application/json", ""};
    if (request.target == "/same") response = HttpResponse{304, "text/css", ""};
    if (request.target == "/big") response.body.assign(8U << 20U, 'x');
    answer(std::move(response));
  }

  IoThread io_;
  std::uint16_t port_ = 0;
  std::unique_ptr<HttpServer> server_;
  std::mutex mutex_;
  HttpAnswer waiting_;  // guarded by mutex_
};

inline const std::string kHost = "Host: localhost\r\n";

}  // namespace chargemill::runtime::test
