// The certificate that a door shows, the key behind it, and whom those who come to it believe.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <boost/system/error_code.hpp>
#include <filesystem>
#include <string>

#include "runtime/base/result.hpp"
#include "runtime/net/client_tls.hpp"
#include "runtime/net/endpoint.hpp"
#include "runtime/net/tls_handle.hpp"

// OpenSSL's name for its connections.
struct ssl_st;  // NOLINT(readability-identifier-naming)

namespace chargemill::runtime {

/// For TLS 1.2 and newer, of two PEM files: a certificate, followed by those that vouch for it, and
/// its key, without a passphrase. The error, of the environment, names the file that cannot be
/// read, is none, belongs to another certificate, or is not valid today.
[[nodiscard]] Result<TlsContext> open_tls(const std::filesystem::path& certificate,
                                          const std::filesystem::path& key);

/// For the one who dials: TLS 1.2 and newer, and the other end shows a certificate that is vouched
/// for. The error, of the environment, names the file that cannot be read, has no certificates, or
/// is what open_tls() would not take either.
[[nodiscard]] Result<TlsContext> open_client_tls(const ClientTls& tls);
/// Before a handshake: the certificate must be of this name or address. False: OpenSSL declines.
[[nodiscard]] bool expect_peer(ssl_st* stream, const std::string& host);
/// After one that failed: why the certificate of `to` is not believed; empty: it was not that.
[[nodiscard]] std::string doubt_about(const ssl_st* stream, const Endpoint& to);
/// What stands behind an `error` inside TLS with `to`, for people: a doubt, an end that does not
/// speak TLS, one that wants another certificate of this client; else the words of the error.
[[nodiscard]] std::string tls_trouble(const ssl_st* stream, const Endpoint& to,
                                      const boost::system::error_code& error);

}  // namespace chargemill::runtime
