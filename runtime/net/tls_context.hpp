// The certificate that a door shows, and the key behind it.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <filesystem>
#include <memory>

#include "runtime/base/result.hpp"

namespace chargemill::runtime {

using TlsContext = std::shared_ptr<boost::asio::ssl::context>;

/// For TLS 1.2 and newer, of two PEM files: a certificate, followed by those that vouch for it, and
/// its key, without a passphrase. The error, of the environment, names the file that cannot be
/// read, is none, belongs to another certificate, or is not valid today.
[[nodiscard]] Result<TlsContext> open_tls(const std::filesystem::path& certificate,
                                          const std::filesystem::path& key);

}  // namespace chargemill::runtime
