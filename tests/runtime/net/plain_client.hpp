// A client of an HTTP server that is as polite, slow or wrong as a test wants.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

namespace chargemill::runtime::test {

/// Waits at most for this, and never without need.
constexpr std::chrono::seconds kPatience{60};

/// A client that says exactly what it is told to.
class PlainClient {
 public:
  explicit PlainClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const timeval limit{kPatience.count(), 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
  }
  ~PlainClient() { ::close(socket_); }
  PlainClient(const PlainClient&) = delete;
  PlainClient& operator=(const PlainClient&) = delete;

  /// False: the server has closed.
  bool say(std::string_view text) {
    return ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(text.size());
  }
  void say_no_more() { ::shutdown(socket_, SHUT_WR); }
  /// All that comes until the server closes.
  std::string hear_all() {
    while (more()) continue;
    return std::exchange(heard_, {});
  }
  /// Whether there is something to hear, or the server has closed; waits that long for it.
  bool can_hear_within(std::chrono::milliseconds patience) const {
    pollfd one{socket_, POLLIN, 0};
    return ::poll(&one, 1, static_cast<int>(patience.count())) > 0;
  }
  /// One answer with a Content-Length; of HEAD: without a body.
  std::string hear_one(bool is_head = false) {
    for (;;) {
      const auto end = heard_.find("\r\n\r\n");
      if (end != std::string::npos) {
        const auto length = heard_.find("Content-Length: ");
        const std::size_t body =
            is_head || length > end ? 0 : std::stoul(heard_.substr(length + 16));
        if (heard_.size() >= end + 4 + body) {
          std::string one = heard_.substr(0, end + 4 + body);
          heard_.erase(0, one.size());
          return one;
        }
      }
      if (!more()) return std::exchange(heard_, {}) + "(closed)";
    }
  }
  /// Until `text` has come; false: the server closed before.
  bool hear_until(std::string_view text) {
    while (heard_.find(text) == std::string::npos) {
      if (!more()) return false;
    }
    return true;
  }

 private:
  bool more() {
    char bytes[4'096];
    const auto count = ::recv(socket_, bytes, sizeof bytes, 0);
    if (count > 0) heard_.append(bytes, static_cast<std::size_t>(count));
    return count > 0;
  }

  int socket_;
  std::string heard_;
};

}  // namespace chargemill::runtime::test
