#include "runtime/cluster/zap_handler.hpp"

#include <array>
#include <zmq_addon.hpp>

#include "runtime/base/assert.hpp"

namespace chargemill::runtime {
namespace {

constexpr const char* kEndpoint = "inproc://zeromq.zap.01";
constexpr int kLookEveryMs = 100;  // for the end
// version, request, domain, address, identity, mechanism, key
constexpr std::size_t kCurveParts = 7;
constexpr std::size_t kKeyBytes = 32;

}  // namespace

ZapHandler::ZapHandler(zmq::context_t& context, const std::vector<std::string>& keys)
    : requests_(context, zmq::socket_type::rep) {
  for (std::size_t node = 0; node < keys.size(); ++node) {
    std::array<std::uint8_t, kKeyBytes> bytes{};
    const auto* const decoded = zmq_z85_decode(bytes.data(), keys[node].c_str());
    CHARGEMILL_ASSERT(decoded != nullptr);
    nodes_.emplace_back(std::string{bytes.begin(), bytes.end()}, std::to_string(node));
  }
  requests_.set(zmq::sockopt::rcvtimeo, kLookEveryMs);
  requests_.set(zmq::sockopt::linger, 0);
  requests_.bind(kEndpoint);
  thread_ = std::thread{[this] { run(); }};
}

ZapHandler::~ZapHandler() {
  is_stopping_.store(true, std::memory_order_relaxed);  // relaxed: seen within a look
  thread_.join();
}

std::string ZapHandler::node_of(const std::string& domain, const std::string& mechanism,
                                const std::string& key) const {
  if (domain != kDomain || mechanism != "CURVE") return {};
  for (const auto& [known, node] : nodes_) {
    if (known == key) return node;
  }
  return {};
}

void ZapHandler::run() {
  while (!is_stopping_.load(std::memory_order_relaxed)) {  // relaxed: see the destructor
    std::vector<zmq::message_t> request;
    if (!zmq::recv_multipart(requests_, std::back_inserter(request))) continue;
    const auto part = [&](std::size_t i) {
      return i < request.size() ? request[i].to_string() : std::string{};
    };
    const std::string node =
        request.size() == kCurveParts ? node_of(part(2), part(5), part(6)) : std::string{};
    if (node.empty()) refused_.fetch_add(1, std::memory_order_relaxed);  // relaxed: a counter
    const std::array<std::string, 6> reply{
        part(0), part(1), node.empty() ? "400" : "200", node.empty() ? "not a node of ours" : "OK",
        node,    ""};
    std::vector<zmq::const_buffer> parts;
    for (const auto& text : reply) parts.push_back(zmq::buffer(text));
    (void)zmq::send_multipart(requests_, parts);
  }
}

}  // namespace chargemill::runtime
