// A port that is taken before anybody serves it.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "runtime/base/result.hpp"
#include "runtime/net/endpoint.hpp"

namespace chargemill::runtime {

/// What to do when the port is in use.
enum class PortInUse : std::uint8_t {
  is_an_error,
  take_a_free_one,  ///< of the same address
};

struct Listener {
  boost::asio::ip::tcp::acceptor acceptor;
  Endpoint at;               ///< with the port that it really has
  bool is_replaced = false;  ///< not the one that was asked for: that is in use
};

/// Binds and listens: whoever connects from now on waits in the backlog until somebody accepts.
/// SO_REUSEADDR is set, so that the port of a process that has just ended is free. Requires
/// is_address(wanted). Errors are of the environment.
[[nodiscard]] Result<Listener> listen(boost::asio::io_context& context, const Endpoint& wanted,
                                      PortInUse in_use);

}  // namespace chargemill::runtime
