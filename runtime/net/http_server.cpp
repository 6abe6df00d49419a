#include "runtime/net/http_server.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <utility>
#include <vector>

#include "runtime/net/http_connection.hpp"
#include "runtime/net/http_server_shared.hpp"

namespace chargemill::runtime {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

// Out of file handles: connections that end give some back.
constexpr std::chrono::milliseconds kAcceptPause{50};
constexpr std::string_view kTooMany =
    "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain\r\nRetry-After: 1\r\n"
    "Content-Length: 21\r\nConnection: close\r\n\r\ntoo many connections\n";

}  // namespace

void HttpServer::Shared::accept() {
  acceptor.async_accept([self = shared_from_this()](const error_code& error, tcp::socket socket) {
    if (!self->acceptor.is_open()) return;
    if (error) {
      auto timer =
          std::make_shared<boost::asio::steady_timer>(self->acceptor.get_executor(), kAcceptPause);
      timer->async_wait([self, timer](const error_code&) {
        if (self->acceptor.is_open()) self->accept();
      });
      return;
    }
    self->accept();
    if (self->connections.size() >= self->limits.connections && !self->make_room()) {
      self->refuse(std::move(socket));
    } else {
      std::make_shared<HttpConnection>(DoorStream{std::move(socket), self->guards.tls.get()}, self)
          ->start();
    }
  });
}

// Who has asked once has for ever: each is passed over once at most.
bool HttpServer::Shared::make_room() {
  for (auto it = connections.lower_bound(spoken_before); it != connections.end(); ++it) {
    const auto connection = it->second->shared_from_this();
    if (!connection->has_spoken()) {
      if (connection->age() < limits.grace) return false;  // all that follow are younger
      count(counters.connections_displaced);
      spoken_before = it->first + 1;  // it leaves the map when what is under way has ended
      connection->close();
      return true;
    }
    spoken_before = it->first + 1;
  }
  return false;
}

// In one go or not at all: one who is refused costs nothing that has to be kept.
void HttpServer::Shared::refuse(tcp::socket socket) {
  count(counters.connections_refused);
  error_code ignored;
  socket.non_blocking(true, ignored);
  if (!guards.tls) socket.write_some(boost::asio::buffer(kTooMany), ignored);
  socket.shutdown(tcp::socket::shutdown_send, ignored);
}

void HttpServer::Shared::each(void (HttpConnection::*what)()) {
  // A connection that closes leaves the map.
  std::vector<std::shared_ptr<HttpConnection>> all;
  for (const auto& [number, one] : connections) all.push_back(one->shared_from_this());
  for (const auto& one : all) ((*one).*what)();
}

HttpServer::HttpServer(tcp::acceptor acceptor, Endpoint at, HttpHandler handler,
                       HttpComplaint complain, HttpLimits limits, HttpGuards guards,
                       WebSocketOpener open)
    : shared_(std::make_shared<Shared>(std::move(acceptor), std::move(at), std::move(handler),
                                       std::move(complain), limits, std::move(guards),
                                       std::move(open))) {
  boost::asio::post(shared_->acceptor.get_executor(), [shared = shared_] { shared->accept(); });
}

HttpServer::~HttpServer() = default;

void HttpServer::begin_to_close() {
  shared_->is_stopping = true;
  error_code ignored;
  shared_->acceptor.close(ignored);
  shared_->each(&HttpConnection::wind_down);
}

bool HttpServer::is_closed() const { return shared_->is_stopping && shared_->connections.empty(); }

void HttpServer::cut() { shared_->each(&HttpConnection::close); }

std::size_t HttpServer::connections() const noexcept { return shared_->connections.size(); }
const HttpCounters& HttpServer::counters() const noexcept { return shared_->counters; }

}  // namespace chargemill::runtime
