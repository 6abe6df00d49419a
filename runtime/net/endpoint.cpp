#include "runtime/net/endpoint.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>

namespace chargemill::runtime {
namespace {

constexpr std::string_view kLocalhost = "localhost";
constexpr std::size_t kHostBytesMax = 253;  // of a name, as name servers have it

std::optional<in_addr> ipv4_of(const std::string& host) {
  in_addr address{};
  if (inet_pton(AF_INET, host.c_str(), &address) != 1) return std::nullopt;
  return address;
}
std::optional<in6_addr> ipv6_of(const std::string& host) {
  in6_addr address{};
  if (inet_pton(AF_INET6, host.c_str(), &address) != 1) return std::nullopt;
  return address;
}

bool is_name(std::string_view host) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_';
  };
  return !host.empty() && host.size() <= kHostBytesMax &&
         std::all_of(host.begin(), host.end(), fits);
}

}  // namespace

std::optional<Endpoint> parse_endpoint(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  const std::string_view digits = text.substr(colon + 1);
  Endpoint endpoint;
  const auto* const end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, endpoint.port);
  if (digits.empty() || read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  const bool is_bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (is_bracketed) host = host.substr(1, host.size() - 2);
  endpoint.host = std::string{host};
  if (is_bracketed ? !ipv6_of(endpoint.host) : !is_name(host)) return std::nullopt;
  return endpoint;
}

std::string to_text(const Endpoint& endpoint) {
  const bool is_ipv6 = endpoint.host.find(':') != std::string::npos;
  const std::string host = is_ipv6 ? '[' + endpoint.host + ']' : endpoint.host;
  return host + ':' + std::to_string(endpoint.port);
}

bool is_address(const Endpoint& endpoint) {
  return endpoint.host == kLocalhost || ipv4_of(endpoint.host) || ipv6_of(endpoint.host);
}

bool is_loopback(const Endpoint& endpoint) {
  constexpr unsigned kLoopbackNet = 127;
  if (endpoint.host == kLocalhost) return true;
  if (const auto v4 = ipv4_of(endpoint.host)) return ntohl(v4->s_addr) >> 24U == kLoopbackNet;
  const auto v6 = ipv6_of(endpoint.host);
  return v6 && IN6_IS_ADDR_LOOPBACK(&*v6);
}

}  // namespace chargemill::runtime
