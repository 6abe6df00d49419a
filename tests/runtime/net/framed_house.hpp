// A framed door's server on a free port, for tests that talk to it.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <chrono>
#include <future>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "runtime/net/framed_server.hpp"
#include "runtime/net/io_thread.hpp"

namespace chargemill::test {

/// Answers at once; WAIT only when told to; LONG with a long text; THROW never. Knows whoever says
/// TOKEN.
class Echo final : public runtime::FrameService {
 public:
  void on_message(const std::shared_ptr<runtime::FrameLink>& from, std::string_view text,
                  runtime::MessageNumber number) override {
    if (text == "TOKEN") from->welcome();
    if (text == "THROW") throw std::runtime_error{"a service that fails"};
    if (text == "WAIT") {
      waiting.emplace_back(from, number);
    } else if (text == "LONG") {
      from->reply(number, std::string(60'000, 'x'));
    } else {
      from->reply(number, "ACK: " + std::string{text});
    }
  }
  void on_closed(const runtime::FrameLink&) override { ++closed; }

  // The IoThread's.
  std::vector<std::pair<std::weak_ptr<runtime::FrameLink>, runtime::MessageNumber>> waiting;
  int closed = 0;
};

struct FramedHouse {
  template <class F>
  auto run(F f) {
    std::packaged_task<decltype(f())()> task{std::move(f)};
    auto answer = task.get_future();
    boost::asio::post(io.context(), std::move(task));
    return answer.get();
  }

  /// `send_bytes`: of what is sent the kernel takes so much a connection; 0: as much as it likes.
  explicit FramedHouse(runtime::FramedServer::Options options = {}, int send_bytes = 0) {
    auto listener =
        runtime::listen(io.context(), {"127.0.0.1", 0}, runtime::PortInUse::is_an_error);
    EXPECT_TRUE(listener);
    if (send_bytes > 0)  // whom it accepts inherits it
      listener->acceptor.set_option(boost::asio::socket_base::send_buffer_size{send_bytes});
    port = listener->at.port;
    server = std::make_unique<runtime::FramedServer>(std::move(*listener), options, echo,
                                                     [this](std::string text) {
                                                       const std::lock_guard lock{mutex};
                                                       troubles.push_back(std::move(text));
                                                     });
    run([this] { server->start(); });
  }
  // NOLINTNEXTLINE(bugprone-exception-escape): out of memory ends a test
  ~FramedHouse() {
    run([this] { server->cut(); });
    io.stop();
  }
  FramedHouse(const FramedHouse&) = delete;
  FramedHouse& operator=(const FramedHouse&) = delete;

  runtime::FramedServerCounters counters() {
    return run([this] { return server->counters(); });
  }
  /// Waits until `f` holds on the IoThread.
  template <class F>
  bool comes_true(F f) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{60};
    while (!run(f)) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::yield();
    }
    return true;
  }
  std::uint64_t ended(runtime::Ending how) {
    return counters().ended[static_cast<std::size_t>(how)];
  }

  runtime::IoThread io;
  Echo echo;
  std::uint16_t port = 0;
  std::mutex mutex;
  std::vector<std::string> troubles;
  std::unique_ptr<runtime::FramedServer> server;
};

}  // namespace chargemill::test
