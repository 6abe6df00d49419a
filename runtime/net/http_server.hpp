// HTTP/1.1 on one listener: bounded, patient with nobody, and without an opinion on what is asked.
#pragma once

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "runtime/base/units.hpp"
#include "runtime/net/endpoint.hpp"
#include "runtime/net/http_message.hpp"
#include "runtime/net/tls_context.hpp"
#include "runtime/net/web_socket.hpp"

namespace chargemill::runtime {

class HttpConnection;

/// Law 6: whoever reaches a limit gets the answer named with it, or is disconnected.
struct HttpLimits {
  std::uint32_t header_bytes = 8'192;       ///< request line and headers; 431
  std::size_t target_bytes = 4'096;         ///< 414
  std::uint64_t body_bytes = 1U << 20U;     ///< 413
  std::uint64_t bodies_bytes = 64U << 20U;  ///< of all requests, as far as they have come; 503
  /// Of all answers that are being taken; who has been at it longest is cut.
  std::uint64_t answers_bytes = 64U << 20U;
  std::size_t connections = 1'024;          ///< at once; 503
  Nanos idle = std::chrono::seconds{60};    ///< between two requests; disconnected
  Nanos header = std::chrono::seconds{10};  ///< for all of it, however it trickles; 408
  Nanos body = std::chrono::seconds{20};    ///< likewise
  Nanos answer = std::chrono::seconds{30};  ///< for whoever answers; 503
  Nanos write = std::chrono::seconds{30};   ///< for whoever reads the answer; disconnected
  Nanos linger = std::chrono::seconds{2};   ///< for one who still sends what nobody reads
  Nanos grace = std::chrono::seconds{1};    ///< for a newcomer to ask for something
  // Of a WebSocket; whoever is beyond is told goodbye.
  std::size_t message_bytes = 1'024;         ///< from the peer
  unsigned messages_per_second = 100;        ///< likewise
  Nanos silence = std::chrono::seconds{30};  ///< not even a ping is answered
};

/// What stands between a server and those who reach it.
struct HttpGuards {
  HttpGate gate = {};                   ///< empty: everybody may come in
  TlsContext tls = nullptr;             ///< null: bytes as they are
  std::vector<std::string> names = {};  ///< that it may be called by, beside its address
};

/// Counters since the start; each is written by the server's thread only.
struct HttpCounters {
  std::atomic<std::uint64_t> connections{0};
  std::atomic<std::uint64_t> connections_refused{0};    ///< too many at once
  std::atomic<std::uint64_t> connections_displaced{0};  ///< strangers, by newcomers
  std::atomic<std::uint64_t> answers_cut{0};            ///< all answers together were too large
  std::atomic<std::uint64_t> requests{0};               ///< handed to the handler
  std::atomic<std::uint64_t> requests_refused{0};       ///< malformed, too large, from a stranger
  std::atomic<std::uint64_t> timeouts{0};               ///< of any kind but idle
  std::atomic<std::uint64_t> web_sockets{0};            ///< opened
};

/// One connection has one request under way at a time: what a client sends beyond it waits in the
/// connection's buffer and then in the kernel's, so pipelining costs nobody memory.
///
/// When it is full, a newcomer takes the place of a stranger that had the time to say who it is:
/// with a gate one that the gate does not know, else one that has never asked for anything. Of the
/// oldest it is the one that has been idle longest; if there is none, the newcomer is refused. So
/// nobody fills it by silence, or by what everybody may ask for.
///
/// A browser is a client that strangers can send: a request that calls us by a foreign name is
/// refused, and one that changes something from a foreign page (`http_guard.hpp`).
class HttpServer {
 public:
  /// Serves from now on, on the thread of `acceptor`'s context, which outlives this. `at` is where
  /// it listens. Without guards everybody may come in. `open`: who talks over WebSockets; empty:
  /// such a request is like any other.
  HttpServer(boost::asio::ip::tcp::acceptor acceptor, Endpoint at, HttpHandler handler,
             HttpComplaint complain, HttpLimits limits = {}, HttpGuards guards = {},
             WebSocketOpener open = {});
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // On the thread of the context.

  /// Closes the listener at once and idle connections with it; what is under way is answered.
  void begin_to_close();
  /// No connection is left.
  [[nodiscard]] bool is_closed() const;
  /// Ends all connections, whatever they are about.
  void cut();

  [[nodiscard]] std::size_t connections() const noexcept;
  /// Of bodies that have come and are not answered yet, and of answers that are being taken.
  [[nodiscard]] std::uint64_t held_bytes() const noexcept;

  /// Any thread.
  [[nodiscard]] const HttpCounters& counters() const noexcept;

 private:
  struct Shared;
  friend class HttpConnection;

  std::shared_ptr<Shared> shared_;
};

}  // namespace chargemill::runtime
