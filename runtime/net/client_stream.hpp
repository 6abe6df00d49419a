// A connection to a door, plain or inside TLS, that blocks and has a time-out on all it does.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "runtime/base/result.hpp"
#include "runtime/base/units.hpp"
#include "runtime/net/client_tls.hpp"
#include "runtime/net/endpoint.hpp"
#include "runtime/wire/byte_view.hpp"

// OpenSSL's name for its connections.
struct ssl_st;  // NOLINT(readability-identifier-naming)

namespace chargemill::runtime {

/// All errors are of the environment. Threads: one.
class ClientStream {
 public:
  /// Asks a name server if it has to. With TLS: 1.2 or newer, and the certificate of the other end
  /// must be vouched for, valid today, and of the name or address that `to` says.
  [[nodiscard]] static Result<ClientStream> connect(const Endpoint& to, Millis timeout,
                                                    const ClientTls& tls = {});
  ~ClientStream();
  ClientStream(ClientStream&& other) noexcept;
  ClientStream& operator=(ClientStream&&) = delete;

  /// All of it.
  [[nodiscard]] Result<void> send(ByteView bytes);
  /// Some bytes into `room`, at least one; 0: the other end has closed.
  [[nodiscard]] Result<std::size_t> receive(ByteRoom room);

 private:
  struct Free {
    void operator()(ssl_st* one) const noexcept;
  };

  ClientStream(int socket, Millis timeout) : socket_(socket), timeout_(timeout) {}

  [[nodiscard]] Result<void> encrypt(const Endpoint& to, const ClientTls& tls);
  /// Waits for what OpenSSL waits for; the error says what went wrong instead.
  [[nodiscard]] Result<void> await_tls(int result, const std::string& what) const;
  [[nodiscard]] Result<void> await(short events, const std::string& what) const;

  int socket_;
  Millis timeout_;
  std::unique_ptr<ssl_st, Free> tls_;
};

}  // namespace chargemill::runtime
