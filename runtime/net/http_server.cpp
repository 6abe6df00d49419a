#include "runtime/net/http_server.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <string>
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
// Among so many of the oldest a stranger is looked for that may go.
constexpr std::size_t kCandidatesMax = 64;

/// What is said to one who is not let in, in bytes.
std::string too_many(const HttpComplaint& complain) {
  const HttpResponse said = complain(503, "too many connections", {});
  return "HTTP/1.1 503 Service Unavailable\r\nContent-Type: " + said.content_type +
         "\r\nRetry-After: 1\r\nContent-Length: " + std::to_string(said.body.size()) +
         "\r\nConnection: close\r\n\r\n" + said.body;
}

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

// Who has shown once who it is has for ever: of those at the front each is passed over once at
// most.
bool HttpServer::Shared::make_room() {
  // One that is over leaves the map when what is under way has ended.
  const auto is_settled = [](const HttpConnection& one) {
    return one.has_spoken() || one.is_over();
  };
  auto it = connections.lower_bound(spoken_before);
  while (it != connections.end() && is_settled(*it->second)) ++it;
  spoken_before = it == connections.end() ? next_number : it->first;
  HttpConnection* idlest = nullptr;
  for (std::size_t seen = 0; it != connections.end() && seen < kCandidatesMax; ++it, ++seen) {
    HttpConnection& one = *it->second;
    if (one.age() < limits.grace) break;  // all that follow are younger
    if (is_settled(one)) continue;
    if (idlest == nullptr || one.heard_at() < idlest->heard_at()) idlest = &one;
  }
  if (idlest == nullptr) return false;
  count(counters.connections_displaced);
  idlest->shared_from_this()->close();
  return true;
}

void HttpServer::Shared::cut_answers(const HttpConnection& newest) {
  std::vector<std::shared_ptr<HttpConnection>> takers;
  for (const auto& [number, one] : connections) {
    if (one != &newest && one->answer_bytes() > 0) takers.push_back(one->shared_from_this());
  }
  std::sort(takers.begin(), takers.end(),
            [](const auto& a, const auto& b) { return a->answered_at() < b->answered_at(); });
  for (const auto& one : takers) {
    if (answers_bytes <= limits.answers_bytes / 4 * 3) return;
    count(counters.answers_cut);
    one->close();
  }
}

// In one go or not at all: one who is refused costs nothing that has to be kept.
void HttpServer::Shared::refuse(tcp::socket socket) {
  count(counters.connections_refused);
  error_code ignored;
  socket.non_blocking(true, ignored);
  if (guards.tls) return;  // a handshake is more than a refusal is worth
  if (refusal.empty()) refusal = too_many(complain);
  socket.write_some(boost::asio::buffer(refusal), ignored);
  farewells.see_off(std::move(socket));
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
  shared_->farewells.end();
  shared_->each(&HttpConnection::wind_down);
}

bool HttpServer::is_closed() const { return shared_->is_stopping && shared_->connections.empty(); }

void HttpServer::cut() { shared_->each(&HttpConnection::close); }

std::size_t HttpServer::connections() const noexcept { return shared_->connections.size(); }
std::uint64_t HttpServer::held_bytes() const noexcept {
  return shared_->bodies_bytes + shared_->answers_bytes;
}
const HttpCounters& HttpServer::counters() const noexcept { return shared_->counters; }

}  // namespace chargemill::runtime
