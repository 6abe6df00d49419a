#include "runtime/net/framed_server.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <utility>

#include "runtime/wire/frame_encoder.hpp"

namespace chargemill::runtime {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kRetryAfter{100};
// Among so many of the oldest a stranger is looked for that may go.
constexpr std::size_t kCandidatesMax = 64;
constexpr std::string_view kFull = "NACK: too many connections";
// What trouble is told of, besides the endings.
constexpr std::size_t kToldFull = kEndings;
constexpr std::size_t kToldAcceptError = kEndings + 1;

/// Time-outs are met with a quarter of them, so often, but at most a second late.
Nanos sweep_interval(const ConnectionLimits& limits) {
  return std::clamp<Nanos>(std::min(limits.idle_timeout, limits.frame_timeout) / 4, milliseconds{5},
                           seconds{1});
}

std::string full_text(std::size_t connections_max) {
  return "the framed door has " + std::to_string(connections_max) +
         " connections: more are refused, or take the place of strangers (tcp.connections)";
}

}  // namespace

FramedServer::FramedServer(Listener listener, const Options& options, FrameService& service,
                           std::function<void(std::string)> trouble)
    : options_(options),
      service_(service),
      trouble_(std::move(trouble)),
      acceptor_(std::move(listener.acceptor)),
      sweep_(acceptor_.get_executor()),
      retry_(acceptor_.get_executor()),
      sweep_every_(sweep_interval(options.connection)) {}

void FramedServer::start() {
  accept();
  sweep();
}

void FramedServer::finish() {
  is_finishing_ = true;
  error_code ignored;
  acceptor_.close(ignored);
  retry_.cancel();
  farewells_.end();
  for (const auto& connection : all()) connection->finish();
}

void FramedServer::cut() {
  farewells_.end();
  for (const auto& connection : all()) connection->end(Ending::stopped);
  sweep_.cancel();
}

FramedServerCounters FramedServer::counters() const {
  FramedServerCounters sum = counters_;
  for (const auto& [number, connection] : connections_) sum.frames += connection->counters();
  return sum;
}

void FramedServer::accept() {
  acceptor_.async_accept([this](const error_code& error, tcp::socket socket) {
    if (is_finishing_ || error == boost::asio::error::operation_aborted) return;
    if (error) return try_again_later(error.message());
    accept();  // first: whatever becomes of this one, the next is let in
    on_accepted(std::move(socket));
  });
}

void FramedServer::on_accepted(tcp::socket socket) {
  if (connections_.size() >= options_.connections_max && !make_room())
    return refuse(std::move(socket));
  ++counters_.accepted;
  ConnectionOwner& owner = *this;
  const auto connection =
      std::make_shared<FramedConnection>(DoorStream{std::move(socket), options_.tls.get()},
                                         next_number_++, options_.connection, service_, owner);
  connections_.emplace(connection->number(), connection);
  connection->start();
}

// Who has spoken once has for ever: of those at the front each is passed over once at most.
bool FramedServer::make_room() {
  auto it = connections_.lower_bound(spoken_before_);
  while (it != connections_.end() && it->second->has_spoken()) ++it;
  spoken_before_ = it == connections_.end() ? next_number_ : it->first;
  std::shared_ptr<FramedConnection> idlest;
  for (std::size_t seen = 0; it != connections_.end() && seen < kCandidatesMax; ++it, ++seen) {
    const auto& one = it->second;
    if (one->age() < options_.grace) break;  // all that follow are younger
    if (one->has_spoken()) continue;
    if (idlest == nullptr || one->heard_at() < idlest->heard_at()) idlest = one;
  }
  if (idlest == nullptr) return false;
  tell_once(kToldFull, full_text(options_.connections_max));
  idlest->end(Ending::displaced);
  return true;
}

// Those that end leave the map.
std::vector<std::shared_ptr<FramedConnection>> FramedServer::all() const {
  std::vector<std::shared_ptr<FramedConnection>> result;
  result.reserve(connections_.size());
  for (const auto& [number, connection] : connections_) result.push_back(connection);
  return result;
}

void FramedServer::refuse(tcp::socket socket) {
  ++counters_.refused;
  tell_once(kToldFull, full_text(options_.connections_max));
  std::array<std::byte, frame_bytes_max(kFull.size())> frame{};
  const auto size = try_encode_frame({bytes_of(kFull)}, {frame.data(), frame.size()});
  error_code ignored;
  socket.non_blocking(true, ignored);
  if (!size || options_.tls) return;  // a handshake is more than a refusal is worth
  (void)socket.write_some(boost::asio::buffer(frame.data(), *size), ignored);
  farewells_.see_off(std::move(socket));
}

// Who waits in the backlog is served when a connection has ended.
void FramedServer::try_again_later(const std::string& why) {
  ++counters_.accept_errors;
  tell_once(kToldAcceptError, "the framed door cannot accept a connection: " + why);
  retry_.expires_after(kRetryAfter);
  retry_.async_wait([this](const error_code& error) {
    if (!error && !is_finishing_) accept();
  });
}

void FramedServer::sweep() {
  sweep_.expires_after(sweep_every_);
  sweep_.async_wait([this](const error_code& error) {
    if (error) return;
    for (const auto& connection : all()) connection->check();
    sweep();
  });
}

void FramedServer::on_ended(const std::shared_ptr<FramedConnection>& connection, Ending how) {
  ++counters_.ended[static_cast<std::size_t>(how)];
  counters_.frames += connection->counters();
  held_bytes_ -= connection->held_bytes();
  connections_.erase(connection->number());
  if (how == Ending::slow_reader)
    tell_once(static_cast<std::size_t>(how),
              "a client of the framed door does not take its replies: disconnected");
  if (how == Ending::slow_sender)
    tell_once(static_cast<std::size_t>(how),
              "a client of the framed door does not complete a message: disconnected");
  if (how == Ending::not_frames)
    tell_once(static_cast<std::size_t>(how),
              "a client of the framed door speaks HTTP or TLS: disconnected (a browser?)");
}

void FramedServer::on_held(std::size_t before, std::size_t now) {
  held_bytes_ = held_bytes_ - before + now;
  // Whoever ends may make others say something.
  if (held_bytes_ <= options_.held_bytes_max || std::exchange(is_cutting_, true)) return;
  tell_once(static_cast<std::size_t>(Ending::held_most),
            "the clients of the framed door leave " + std::to_string(held_bytes_) +
                " bytes unread or unfinished: those with most are disconnected");
  cut_back();
  is_cutting_ = false;
}

// More than has to go at once, so that all are looked at now and then only.
void FramedServer::cut_back() {
  std::vector<std::shared_ptr<FramedConnection>> holders = all();
  std::sort(holders.begin(), holders.end(), [](const auto& a, const auto& b) {
    if (a->is_stranger() != b->is_stranger()) return a->is_stranger();
    return a->held_bytes() > b->held_bytes();
  });
  for (const auto& one : holders) {
    if (held_bytes_ <= options_.held_bytes_max / 4 * 3) return;
    if (one->held_bytes() > 0) one->end(Ending::held_most);
  }
}

void FramedServer::tell_once(std::size_t kind, std::string text) {
  if (std::exchange(told_[kind], true)) return;
  if (trouble_) trouble_(std::move(text));
}

}  // namespace chargemill::runtime
