// What a server and its connections have in common; it outlives them all. All of it is the server's
// thread's. Inside of HttpServer.
#pragma once

#include <unordered_set>

#include "runtime/net/http_server.hpp"

namespace chargemill::runtime {

struct HttpServer::Shared : std::enable_shared_from_this<HttpServer::Shared> {
  Shared(boost::asio::ip::tcp::acceptor from, Endpoint where, HttpHandler to,
         HttpComplaint complaint, HttpLimits most, WebSocketOpener opener)
      : acceptor(std::move(from)),
        at(std::move(where)),
        handler(std::move(to)),
        complain(std::move(complaint)),
        limits(most),
        open(std::move(opener)) {}

  void accept();
  void refuse(boost::asio::ip::tcp::socket socket);
  void each(void (HttpConnection::*what)());

  boost::asio::ip::tcp::acceptor acceptor;
  const Endpoint at;
  const HttpHandler handler;
  const HttpComplaint complain;
  const HttpLimits limits;
  const WebSocketOpener open;
  HttpCounters counters;
  std::unordered_set<HttpConnection*> connections;
  bool is_stopping = false;
};

/// relaxed: a counter; orders nothing.
inline void count(std::atomic<std::uint64_t>& counter) noexcept {
  counter.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace chargemill::runtime
