#include "runtime/net/client_stream.hpp"

#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <system_error>
#include <utility>

#include "runtime/net/lookup.hpp"
#include "runtime/net/tls_context.hpp"

namespace chargemill::runtime {
namespace {

std::string system_text(int code) { return std::generic_category().message(code); }

tl::unexpected<Error> broken(const std::string& text) {
  return failure(ErrorKind::environment, text);
}

/// 0, or what went wrong.
int wait_for(int socket, short events, Millis timeout) {
  pollfd one{socket, events, 0};
  const int ready = poll(&one, 1, static_cast<int>(timeout.count()));
  if (ready < 0) return errno;
  return ready == 0 ? ETIMEDOUT : 0;
}

int connect_one(int socket, const addrinfo& to, Millis timeout) {
  if (connect(socket, to.ai_addr, to.ai_addrlen) == 0) return 0;
  if (errno != EINPROGRESS) return errno;
  if (const int code = wait_for(socket, POLLOUT, timeout); code != 0) return code;
  int code = 0;
  socklen_t size = sizeof code;
  getsockopt(socket, SOL_SOCKET, SO_ERROR, &code, &size);
  return code;
}

/// What OpenSSL says last, in its words; its queue is empty then.
std::string last_words() {
  const auto code = ERR_peek_last_error();
  ERR_clear_error();
  const char* const text = ERR_reason_error_string(code);
  return text == nullptr ? "error " + std::to_string(code) : text;
}

}  // namespace

void ClientStream::Free::operator()(ssl_st* one) const noexcept { SSL_free(one); }

ClientStream::~ClientStream() {
  if (tls_ != nullptr) SSL_shutdown(tls_.get());  // says that this was all, and does not wait
  if (socket_ >= 0) close(socket_);
}

ClientStream::ClientStream(ClientStream&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)),
      timeout_(other.timeout_),
      tls_(std::move(other.tls_)) {}

Result<ClientStream> ClientStream::connect(const Endpoint& to, Millis timeout,
                                           const ClientTls& tls) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const std::string name = name_to_look_up(to);
  const int code = getaddrinfo(name.empty() ? nullptr : name.c_str(),
                               std::to_string(to.port).c_str(), &hints, &found);
  if (code != 0) return broken("no address of " + to.host + ": " + gai_strerror(code));
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> all{found, freeaddrinfo};
  int why = 0;
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    const int made =
        socket(one->ai_family, one->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, one->ai_protocol);
    if (made < 0) return broken("no socket: " + system_text(errno));
    ClientStream stream{made, timeout};
    why = connect_one(made, *one, timeout);
    if (why != 0) continue;
    if (!tls.is_on) return stream;
    if (auto done = stream.encrypt(to, tls); !done) return tl::unexpected<Error>(done.error());
    return stream;
  }
  return broken("cannot connect to " + to_text(to) + ": " + system_text(why));
}

Result<void> ClientStream::encrypt(const Endpoint& to, const ClientTls& tls) {
  // OpenSSL writes without MSG_NOSIGNAL: a door that has gone must not end this process.
  (void)std::signal(SIGPIPE, SIG_IGN);
  const auto context = open_client_tls(tls);
  if (!context) return tl::unexpected<Error>(context.error());
  tls_.reset(SSL_new((*context)->native_handle()));  // it keeps the context
  if (tls_ == nullptr || SSL_set_fd(tls_.get(), socket_) != 1 || !expect_peer(tls_.get(), to.host))
    return broken("no TLS: " + last_words());
  for (;;) {
    ERR_clear_error();
    const int result = SSL_connect(tls_.get());
    if (result == 1) return {};
    if (const auto doubt = doubt_about(tls_.get(), to); !doubt.empty()) return broken(doubt);
    if (auto ready = await_tls(result, "no TLS with " + to_text(to)); !ready) return ready;
  }
}

Result<void> ClientStream::await_tls(int result, const std::string& what) const {
  switch (SSL_get_error(tls_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return await(POLLIN, what);
    case SSL_ERROR_WANT_WRITE:
      return await(POLLOUT, what);
    case SSL_ERROR_SYSCALL:
      return broken(what + ": " + (errno == 0 ? "the connection was closed" : system_text(errno)));
    default:
      return broken(what + ": " + last_words());
  }
}

Result<void> ClientStream::await(short events, const std::string& what) const {
  const int code = wait_for(socket_, events, timeout_);
  if (code == 0 || code == EINTR) return {};
  return broken(what + ": " + system_text(code));
}

Result<void> ClientStream::send(ByteView bytes) {
  for (std::size_t sent = 0; sent < bytes.size;) {
    const std::byte* const from = bytes.data + sent;
    const std::size_t left = bytes.size - sent;
    Result<void> ready;
    if (tls_ != nullptr) {
      ERR_clear_error();
      std::size_t taken = 0;
      const int result = SSL_write_ex(tls_.get(), from, left, &taken);
      sent += taken;
      if (result != 1) ready = await_tls(result, "cannot send");
    } else {
      const auto taken = ::send(socket_, from, left, MSG_NOSIGNAL);
      if (taken > 0) {
        sent += static_cast<std::size_t>(taken);
      } else if (errno == EAGAIN || errno == EINTR) {
        ready = await(POLLOUT, "cannot send");
      } else {
        return broken("cannot send: " + system_text(errno));
      }
    }
    if (!ready) return ready;
  }
  return {};
}

Result<std::size_t> ClientStream::receive(ByteRoom room) {
  for (;;) {
    Result<void> ready;
    if (tls_ != nullptr) {
      ERR_clear_error();
      std::size_t bytes = 0;
      const int result = SSL_read_ex(tls_.get(), room.data, room.size, &bytes);
      if (result == 1) return bytes;
      if (SSL_get_error(tls_.get(), result) == SSL_ERROR_ZERO_RETURN) return std::size_t{0};
      ready = await_tls(result, "no reply");
    } else {
      const auto bytes = recv(socket_, room.data, room.size, 0);
      if (bytes >= 0) return static_cast<std::size_t>(bytes);
      if (errno != EAGAIN && errno != EINTR) return broken("no reply: " + system_text(errno));
      ready = await(POLLIN, "no reply");
    }
    if (!ready) return tl::unexpected<Error>(ready.error());
  }
}

}  // namespace chargemill::runtime
