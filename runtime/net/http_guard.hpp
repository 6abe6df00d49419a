// Whether a browser that asks was led here by a stranger. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/net/endpoint.hpp"

namespace chargemill::runtime {

/// `authority` is a Host header: a name or address, with or without a port. It is ours if it is
/// localhost, an address of this machine alone, or where `at` listens; if that is all interfaces,
/// any address in digits; or one of `names`. Any other name that somebody else has made to point
/// here is not (DNS rebinding).
[[nodiscard]] bool is_own_host(std::string_view authority, const Endpoint& at,
                               const std::vector<std::string>& names = {});

/// Whether `origin`, an Origin header, is a page of this server, which was called `authority`. One
/// inside TLS has no others than `https://`: what came in the open under its name, anybody on the
/// way may have written. Where there is no TLS, somebody before this server may add it.
[[nodiscard]] bool is_own_origin(std::string_view origin, std::string_view authority,
                                 bool is_encrypted);

/// A target as clients write it to proxies, and may to us (RFC 9112, 3.2.2):
/// `http://HOST:PORT/path?query` in two. Nothing: it has another form.
struct AbsoluteTarget {
  std::string authority;
  std::string target;  ///< `/path?query`
};
[[nodiscard]] std::optional<AbsoluteTarget> split_absolute(std::string_view target);

/// A method that changes nothing.
[[nodiscard]] bool is_safe_method(std::string_view method) noexcept;

}  // namespace chargemill::runtime
