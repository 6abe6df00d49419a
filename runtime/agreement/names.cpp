#include "runtime/agreement/names.hpp"

#include <algorithm>
#include <string>

namespace chargemill::runtime::agreement {
namespace {

constexpr std::string_view kPlain = "http://";
constexpr std::string_view kSecure = "https://";

}  // namespace

bool is_node_name(std::string_view text) noexcept {
  constexpr std::string_view kAlso = "._-";
  constexpr std::size_t kLengthMax = 63;
  const auto fits = [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kAlso.find(c) != std::string_view::npos;
  };
  return !text.empty() && text.size() <= kLengthMax && std::all_of(text.begin(), text.end(), fits);
}

bool is_encrypted(std::string_view url) noexcept {
  return url.substr(0, kSecure.size()) == kSecure;
}

Result<Endpoint> etcd_endpoint(std::string_view url) {
  const std::string text{url};
  const auto scheme = is_encrypted(url) ? kSecure : kPlain;
  const bool has_scheme = url.substr(0, scheme.size()) == scheme;
  if (has_scheme) url.remove_prefix(scheme.size());
  if (!url.empty() && url.back() == '/') url.remove_suffix(1);
  const auto endpoint = parse_endpoint(url);
  if (has_scheme && endpoint && endpoint->port != 0) return *endpoint;
  return failure(ErrorKind::invalid_input, "'" + text + "' is no address of etcd");
}

}  // namespace chargemill::runtime::agreement
