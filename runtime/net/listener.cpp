#include "runtime/net/listener.hpp"

#include <boost/asio/ip/address.hpp>

#include "runtime/base/assert.hpp"

namespace chargemill::runtime {
namespace {

using boost::asio::ip::tcp;

boost::system::error_code open(tcp::acceptor& acceptor, const tcp::endpoint& at) {
  boost::system::error_code error;
  acceptor.open(at.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address{true}, error);
  if (!error) acceptor.bind(at, error);
  if (!error) acceptor.listen(boost::asio::socket_base::max_listen_connections, error);
  if (!error) acceptor.non_blocking(true, error);
  if (error) {
    boost::system::error_code ignored;
    acceptor.close(ignored);
  }
  return error;
}

tcp::endpoint native(const Endpoint& endpoint) {
  const std::string host = endpoint.host == "localhost" ? "127.0.0.1" : endpoint.host;
  return {boost::asio::ip::make_address(host), endpoint.port};
}

}  // namespace

Result<Listener> listen(boost::asio::io_context& context, const Endpoint& wanted,
                        PortInUse in_use) {
  CHARGEMILL_ASSERT(is_address(wanted));
  tcp::acceptor acceptor{context};
  tcp::endpoint at = native(wanted);
  bool is_replaced = false;
  auto error = open(acceptor, at);
  if (error == boost::asio::error::address_in_use && in_use == PortInUse::take_a_free_one) {
    is_replaced = true;
    at.port(0);
    error = open(acceptor, at);
  }
  if (error)
    return failure(ErrorKind::environment,
                   "cannot listen on " + to_text(wanted) + ": " + error.message());
  const auto bound = acceptor.local_endpoint(error);
  if (error) return failure(ErrorKind::environment, "no address: " + error.message());
  return Listener{std::move(acceptor), {wanted.host, bound.port()}, is_replaced};
}

}  // namespace chargemill::runtime
