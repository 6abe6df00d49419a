#include "runtime/net/frame_client.hpp"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

#include "runtime/wire/frame_encoder.hpp"

namespace chargemill::runtime {
namespace {

constexpr std::size_t kReadBytes = 4'096;

std::string system_text(int code) { return std::generic_category().message(code); }

tl::unexpected<Error> broken(const std::string& text) {
  return failure(ErrorKind::environment, text);
}

/// 0, or what went wrong.
int await(int socket, short events, Millis timeout) {
  pollfd one{socket, events, 0};
  const int ready = poll(&one, 1, static_cast<int>(timeout.count()));
  if (ready < 0) return errno;
  return ready == 0 ? ETIMEDOUT : 0;
}

int connect_one(int socket, const addrinfo& to, Millis timeout) {
  if (connect(socket, to.ai_addr, to.ai_addrlen) == 0) return 0;
  if (errno != EINPROGRESS) return errno;
  if (const int code = await(socket, POLLOUT, timeout); code != 0) return code;
  int code = 0;
  socklen_t size = sizeof code;
  getsockopt(socket, SOL_SOCKET, SO_ERROR, &code, &size);
  return code;
}

}  // namespace

FrameClient::FrameClient(int socket, Millis timeout)
    : socket_(socket), timeout_(timeout), buffer_(kPayloadBytesMax + kReadBytes), decoder_({}) {}

FrameClient::~FrameClient() {
  if (socket_ >= 0) close(socket_);
}

FrameClient::FrameClient(FrameClient&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)),
      timeout_(other.timeout_),
      buffer_(kPayloadBytesMax + kReadBytes),  // nothing has come yet: it is moved when it is made
      decoder_({}) {}

Result<FrameClient> FrameClient::connect(const Endpoint& to, Millis timeout) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int code = getaddrinfo(to.host.c_str(), std::to_string(to.port).c_str(), &hints, &found);
  if (code != 0) return broken("no address of " + to.host + ": " + gai_strerror(code));
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> all{found, freeaddrinfo};
  int why = 0;
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    const int made =
        socket(one->ai_family, one->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, one->ai_protocol);
    if (made < 0) return broken("no socket: " + system_text(errno));
    FrameClient client{made, timeout};
    why = connect_one(made, *one, timeout);
    if (why == 0) return client;
  }
  return broken("cannot connect to " + to_text(to) + ": " + system_text(why));
}

Result<std::string> FrameClient::ask(std::string_view text) {
  if (text.size() > kPayloadBytesMax) return broken("a message has 65536 bytes at most");
  if (auto sent = send(text); !sent) return tl::unexpected<Error>(sent.error());
  return receive();
}

Result<void> FrameClient::send(std::string_view text) const {
  std::vector<std::byte> frame(frame_bytes_max(text.size()));
  const auto size = try_encode_frame({bytes_of(text)}, {frame.data(), frame.size()});
  std::size_t sent = 0;
  while (sent < size.value_or(0)) {
    const auto bytes = ::send(socket_, frame.data() + sent, *size - sent, MSG_NOSIGNAL);
    if (bytes > 0) {
      sent += static_cast<std::size_t>(bytes);
    } else if (errno != EAGAIN) {
      return broken("cannot send: " + system_text(errno));
    } else if (const int code = await(socket_, POLLOUT, timeout_); code != 0) {
      return broken("cannot send: " + system_text(code));
    }
  }
  return {};
}

Result<std::string> FrameClient::receive() {
  for (;;) {
    const Decoded found = decoder_.next(buffer_);
    if (found.kind == Decoded::Kind::frame) return std::string{found.payload.text()};
    if (found.kind != Decoded::Kind::nothing) return broken("a damaged reply");
    const int code = await(socket_, POLLIN, timeout_);
    if (code != 0) return broken("no reply: " + system_text(code));
    const ByteRoom room = buffer_.prepare(kReadBytes);
    const auto bytes = recv(socket_, room.data, room.size, 0);
    if (bytes == 0) return broken("the connection was closed");
    if (bytes > 0) {
      buffer_.commit(static_cast<std::size_t>(bytes));
    } else if (errno != EAGAIN && errno != EINTR) {
      return broken("no reply: " + system_text(errno));
    }
  }
}

}  // namespace chargemill::runtime
