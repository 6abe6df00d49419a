#include "runtime/cluster/zap_handler.hpp"

#include <pthread.h>

#include <array>
#include <iterator>
#include <utility>

#include "runtime/base/assert.hpp"
#include "runtime/cluster/masked_signals.hpp"

namespace chargemill::runtime {
namespace {

constexpr const char* kEndpoint = "inproc://zeromq.zap.01";
constexpr int kLookEveryMs = 100;  // for the end
// version, request, domain, address, identity, mechanism, key
constexpr std::size_t kCurveParts = 7;
constexpr std::size_t kKeyBytes = 32;

}  // namespace

ZapHandler::ZapHandler(zmq::context_t& context) : requests_(context, zmq::socket_type::rep) {
  requests_.set(zmq::sockopt::rcvtimeo, kLookEveryMs);
  requests_.set(zmq::sockopt::linger, 0);
  requests_.bind(kEndpoint);
  const MaskedSignals masked;
  thread_ = std::thread{[this] { run(); }};
}

ZapHandler::~ZapHandler() {
  is_stopping_.store(true, std::memory_order_relaxed);  // relaxed: seen within a look
  thread_.join();
}

void ZapHandler::let_in(const std::string& key, const std::string& user) {
  std::array<std::uint8_t, kKeyBytes> bytes{};
  const auto* const decoded = zmq_z85_decode(bytes.data(), key.c_str());
  CHARGEMILL_ASSERT(decoded != nullptr);
  const std::lock_guard lock{mutex_};
  users_[std::string{bytes.begin(), bytes.end()}] = user;
}

void ZapHandler::turn_away(const std::string& user) {
  const std::lock_guard lock{mutex_};
  for (auto one = users_.begin(); one != users_.end();)
    one = one->second == user ? users_.erase(one) : std::next(one);
}

std::string ZapHandler::user_of(const std::string& domain, const std::string& mechanism,
                                const std::string& key) const {
  if (domain != kDomain || mechanism != "CURVE") return {};
  const std::lock_guard lock{mutex_};
  const auto found = users_.find(key);
  return found == users_.end() ? std::string{} : found->second;
}

// Part by part: a signal between two of them must not tear a message in two.
std::vector<zmq::message_t> ZapHandler::await_request() {
  std::vector<zmq::message_t> parts;
  do {
    zmq::message_t part;
    if (!despite_signals([&] { return requests_.recv(part); })) return {};  // none within a look
    parts.push_back(std::move(part));
  } while (parts.back().more());
  return parts;
}

void ZapHandler::run() {
  (void)pthread_setname_np(pthread_self(), kName);
  while (!is_stopping_.load(std::memory_order_relaxed)) {  // relaxed: see the destructor
    const auto request = await_request();
    if (request.empty()) continue;
    const auto part = [&](std::size_t i) {
      return i < request.size() ? request[i].to_string() : std::string{};
    };
    const std::string user =
        request.size() == kCurveParts ? user_of(part(2), part(5), part(6)) : std::string{};
    if (user.empty()) refused_.fetch_add(1, std::memory_order_relaxed);  // relaxed: a counter
    const std::array<std::string, 6> reply{
        part(0), part(1), user.empty() ? "300" : "200", user.empty() ? "not a node of ours" : "OK",
        user,    ""};
    for (std::size_t i = 0; i < reply.size(); ++i) {
      const auto more = i + 1 < reply.size() ? zmq::send_flags::sndmore : zmq::send_flags::none;
      (void)despite_signals([&] { return requests_.send(zmq::buffer(reply[i]), more); });
    }
  }
}

}  // namespace chargemill::runtime
