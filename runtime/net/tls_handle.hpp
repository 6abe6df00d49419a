// A context of TLS for those who only hand it on; tls_context.hpp makes them.
#pragma once

#include <memory>

namespace boost::asio::ssl {
class context;  // NOLINT(readability-identifier-naming): Asio's
}

namespace chargemill::runtime {

using TlsContext = std::shared_ptr<boost::asio::ssl::context>;

}  // namespace chargemill::runtime
