#include "runtime/net/http_guard.hpp"

#include <algorithm>
#include <utility>

namespace chargemill::runtime {
namespace {

std::string lower(std::string_view text) {
  std::string result{text};
  std::transform(result.begin(), result.end(), result.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return result;
}

/// Without the port and without brackets; nothing if it is no authority.
std::optional<std::string> host_of(std::string_view authority) {
  const std::string text = lower(authority);
  if (const auto with_port = parse_endpoint(text)) return with_port->host;
  const auto alone = parse_endpoint(text + ":80");
  return alone ? std::optional{alone->host} : std::nullopt;
}

bool is_everywhere(const Endpoint& at) { return at.host == "0.0.0.0" || at.host == "::"; }

}  // namespace

bool is_own_host(std::string_view authority, const Endpoint& at,
                 const std::vector<std::string>& names) {
  const auto host = host_of(authority);
  if (!host) return false;
  const Endpoint asked{*host, at.port};
  for (const auto& name : names) {
    if (*host == lower(name)) return true;
  }
  if (is_loopback(asked) || asked.host == lower(at.host)) return true;
  return is_everywhere(at) && is_address(asked);
}

bool is_own_origin(std::string_view origin, std::string_view authority, bool is_encrypted) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (origin.substr(0, scheme.size()) != scheme) continue;
    if (is_encrypted && scheme == "http://") return false;
    return !authority.empty() && lower(origin.substr(scheme.size())) == lower(authority);
  }
  return false;  // also `null`: a sandboxed page, a file
}

std::optional<AbsoluteTarget> split_absolute(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (lower(target.substr(0, scheme.size())) != scheme) continue;
    const std::string_view rest = target.substr(scheme.size());
    const std::size_t end = std::min(rest.find_first_of("/?"), rest.size());
    std::string path{rest.substr(end)};
    if (path.empty() || path.front() != '/') path.insert(0, 1, '/');
    return AbsoluteTarget{std::string{rest.substr(0, end)}, std::move(path)};
  }
  return std::nullopt;
}

bool is_safe_method(std::string_view method) noexcept {
  return method == "GET" || method == "HEAD" || method == "OPTIONS";
}

}  // namespace chargemill::runtime
