// The other end of a WebSocket, byte by byte (RFC 6455): as polite, slow or wrong as a test or a
// benchmark wants.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace chargemill::bench {

/// Blocking; waits a minute at most.
class WebSocketClient {
 public:
  enum Opcode : unsigned { text = 1, binary = 2, close = 8, ping = 9, pong = 10 };
  struct Frame {
    unsigned opcode = 0;
    std::string payload;
  };
  static constexpr const char* kHost = "localhost";

  /// `receive_bytes`: what the kernel may hold for one who does not read; 0: as it likes.
  explicit WebSocketClient(std::uint16_t port, int receive_bytes = 0)
      : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const timeval limit{60, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    if (receive_bytes > 0)
      ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    (void)::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to);
  }
  ~WebSocketClient() { ::close(socket_); }
  [[nodiscard]] int fd() const noexcept { return socket_; }
  WebSocketClient(const WebSocketClient&) = delete;
  WebSocketClient& operator=(const WebSocketClient&) = delete;

  /// Asks for `path` with further `headers`, each with its line end. The head of the answer.
  std::string shake_hands(const std::string& path, const std::string& headers,
                          const std::string& host = kHost) {
    send_raw("GET " + path + " HTTP/1.1\r\nHost: " + host +
             "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
             headers + "\r\n");
    for (;;) {
      const auto end = heard_.find("\r\n\r\n");
      if (end != std::string::npos) {
        std::string head = heard_.substr(0, end + 4);
        heard_.erase(0, end + 4);
        return head;
      }
      if (!more()) return heard_;
    }
  }
  bool send_raw(std::string_view bytes) {
    return ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(bytes.size());
  }
  /// One message of at most 65,535 bytes, masked with zeros.
  bool send(unsigned opcode, std::string_view payload) {
    std::string frame{static_cast<char>(0x80U | opcode)};
    if (payload.size() < 126) {
      frame += static_cast<char>(0x80U | payload.size());
    } else {
      frame += static_cast<char>(0xFE);
      frame += static_cast<char>(payload.size() >> 8U);
      frame += static_cast<char>(payload.size() & 0xFFU);
    }
    frame.append(4, '\0');
    return send_raw(frame.append(payload));
  }
  /// Whether something has come that was not looked at yet. Waits for nothing.
  [[nodiscard]] bool has_bytes() const {
    char byte = 0;
    return !heard_.empty() || ::recv(socket_, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0;
  }
  /// The next message; nothing: the server has closed, or said nothing for a minute.
  std::optional<Frame> next() {
    while (!is_whole()) {
      if (!more()) return std::nullopt;
    }
    Frame frame{byte(0) & 0x0FU, heard_.substr(head_bytes(), payload_bytes())};
    heard_.erase(0, head_bytes() + frame.payload.size());
    return frame;
  }
  /// The next message of that kind; the others are dropped.
  std::optional<std::string> next(unsigned opcode) {
    while (const auto frame = next()) {
      if (frame->opcode == opcode) return frame->payload;
    }
    return std::nullopt;
  }

 private:
  [[nodiscard]] unsigned byte(std::size_t at) const {
    return static_cast<unsigned char>(heard_[at]);
  }
  [[nodiscard]] std::size_t head_bytes() const {
    const unsigned length = byte(1) & 0x7FU;
    return length < 126 ? 2U : length == 126 ? 4U : 10U;
  }
  [[nodiscard]] std::size_t payload_bytes() const {
    const std::size_t head = head_bytes();
    if (head == 2) return byte(1) & 0x7FU;
    std::size_t length = 0;
    for (std::size_t i = 2; i < head; ++i) length = length << 8U | byte(i);
    return length;
  }
  [[nodiscard]] bool is_whole() const {
    return heard_.size() >= 2 && heard_.size() >= head_bytes() &&
           heard_.size() >= head_bytes() + payload_bytes();
  }
  bool more() {
    char bytes[16'384];
    const auto count = ::recv(socket_, bytes, sizeof bytes, 0);
    if (count > 0) heard_.append(bytes, static_cast<std::size_t>(count));
    return count > 0;
  }

  int socket_;
  std::string heard_;
};

}  // namespace chargemill::bench
