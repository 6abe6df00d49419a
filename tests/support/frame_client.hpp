// A client of a framed door on a real socket, as a person would write it: it blocks.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/wire/plain_frames.hpp"

namespace chargemill::test {

class FrameClient {
 public:
  /// Nobody waits longer than `patience` for anything.
  explicit FrameClient(std::uint16_t port, std::chrono::seconds patience = std::chrono::seconds{60})
      : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    const timeval limit{patience.count(), 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    is_connected_ = connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
  }
  ~FrameClient() { close(fd_); }
  FrameClient(const FrameClient&) = delete;
  FrameClient& operator=(const FrameClient&) = delete;

  [[nodiscard]] bool is_connected() const noexcept { return is_connected_; }
  [[nodiscard]] int fd() const noexcept { return fd_; }
  // NOLINTBEGIN(modernize-use-nodiscard): whoever does not ask sees by the answer what became of it
  bool send_bytes(std::string_view bytes) const {
    while (!bytes.empty()) {
      const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  bool send(std::string_view text) const {
    const auto frame = runtime::plain_frame(runtime::bytes_of(text));
    return send_bytes({reinterpret_cast<const char*>(frame.data()), frame.size()});
  }
  // NOLINTEND(modernize-use-nodiscard)
  /// The next frame; none: the connection is over, or nothing came in time.
  std::optional<std::string> receive() {
    for (;;) {
      const auto byte = next_byte();
      if (!byte) return std::nullopt;
      if (decoder_.take(*byte) == runtime::Decoded::Kind::frame)
        return std::string{decoder_.payload().text()};
    }
  }
  std::string ask(std::string_view text) {
    if (!send(text)) return "(not sent)";
    return receive().value_or("(no reply)");
  }
  std::optional<std::byte> next_byte() {
    if (at_ == size_) {
      const auto got = recv(fd_, bytes_.data(), bytes_.size(), 0);
      if (got <= 0) return std::nullopt;
      at_ = 0;
      size_ = static_cast<std::size_t>(got);
    }
    return bytes_[at_++];
  }
  /// Something has arrived already and is not looked at.
  [[nodiscard]] bool holds_bytes() const noexcept { return at_ < size_; }
  /// The server has closed it; what it still sent is dropped.
  bool sees_the_end() {
    for (;;) {
      const auto got = recv(fd_, bytes_.data(), bytes_.size(), 0);
      if (got == 0) return true;
      if (got < 0) return errno == ECONNRESET;
    }
  }

 private:
  const int fd_;
  bool is_connected_ = false;
  runtime::PlainFrameDecoder decoder_{runtime::FrameDecoder::Options{}};
  std::array<std::byte, 4'096> bytes_{};
  std::size_t at_ = 0;
  std::size_t size_ = 0;
};

}  // namespace chargemill::test
