// What a server and its connections have in common; it outlives them all. All of it is the server's
// thread's. Inside of HttpServer.
#pragma once

#include <map>
#include <string>

#include "runtime/net/farewells.hpp"
#include "runtime/net/http_server.hpp"

namespace chargemill::runtime {

struct HttpServer::Shared : std::enable_shared_from_this<HttpServer::Shared> {
  Shared(boost::asio::ip::tcp::acceptor from, Endpoint where, HttpHandler to,
         HttpComplaint complaint, HttpLimits most, HttpGuards kept_by, WebSocketOpener opener)
      : acceptor(std::move(from)),
        at(std::move(where)),
        handler(std::move(to)),
        complain(std::move(complaint)),
        limits(most),
        guards(std::move(kept_by)),
        open(std::move(opener)) {}

  void accept();
  [[nodiscard]] bool make_room();
  /// Ends those who take their answers slowest, until a quarter of the room is free; not `newest`.
  void cut_answers(const HttpConnection& newest);
  void refuse(boost::asio::ip::tcp::socket socket);
  void each(void (HttpConnection::*what)());

  boost::asio::ip::tcp::acceptor acceptor;
  const Endpoint at;
  const HttpHandler handler;
  const HttpComplaint complain;
  const HttpLimits limits;
  const HttpGuards guards;
  const WebSocketOpener open;
  HttpCounters counters;
  std::map<std::uint64_t, HttpConnection*> connections;  ///< as they came
  std::uint64_t next_number = 0;
  std::uint64_t spoken_before = 0;  ///< those that are older are no strangers, or over
  std::uint64_t bodies_bytes = 0;   ///< of requests under way, as far as they have come
  std::uint64_t answers_bytes = 0;  ///< that are being taken
  std::string refusal;              ///< what one is told who is not let in; once it was
  Farewells farewells;
  bool is_stopping = false;
};

/// relaxed: a counter; orders nothing.
inline void count(std::atomic<std::uint64_t>& counter) noexcept {
  counter.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace chargemill::runtime
