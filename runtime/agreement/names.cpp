#include "runtime/agreement/names.hpp"

#include <algorithm>
#include <string>

namespace chargemill::runtime::agreement {

bool is_node_name(std::string_view text) noexcept {
  constexpr std::string_view kAlso = "._-";
  constexpr std::size_t kLengthMax = 63;
  const auto fits = [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kAlso.find(c) != std::string_view::npos;
  };
  return !text.empty() && text.size() <= kLengthMax && std::all_of(text.begin(), text.end(), fits);
}

Result<Endpoint> etcd_endpoint(std::string_view url) {
  constexpr std::string_view kPlain = "http://";
  constexpr std::string_view kSecure = "https://";
  const std::string text{url};
  if (url.substr(0, kSecure.size()) == kSecure)
    return failure(ErrorKind::invalid_input, "'" + text + "': etcd behind TLS is not built yet");
  const bool has_scheme = url.substr(0, kPlain.size()) == kPlain;
  if (has_scheme) url.remove_prefix(kPlain.size());
  if (!url.empty() && url.back() == '/') url.remove_suffix(1);
  const auto endpoint = parse_endpoint(url);
  if (has_scheme && endpoint && endpoint->port != 0) return *endpoint;
  return failure(ErrorKind::invalid_input, "'" + text + "' is no address of etcd");
}

}  // namespace chargemill::runtime::agreement
