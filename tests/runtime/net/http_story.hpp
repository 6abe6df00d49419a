// Any bytes through a real server of HTTP, on one thread and over a real connection: what its
// handler heard, and what the client was told. For properties and for fuzzing.
#pragma once

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/net/http_server.hpp"

namespace chargemill::runtime::test {

/// One server for many clients, one after the other. It moves only while somebody tells it
/// something.
class HttpStory {
 public:
  struct Told {
    std::vector<HttpRequest> heard;
    std::string said;      ///< all that the client got
    std::string verdicts;  ///< of it, the first figure of each status: `224`
    bool is_over = false;  ///< the server closed, once the client had said all
    std::string flaw;      ///< why that is no conversation of HTTP; empty: it is one
  };

  explicit HttpStory(HttpGate gate = {}) {
    using boost::asio::ip::tcp;
    tcp::acceptor acceptor{context_, tcp::endpoint{boost::asio::ip::address_v4::loopback(), 0}};
    at_ = acceptor.local_endpoint();
    acceptor.non_blocking(true);
    HttpGuards guards;
    guards.gate = std::move(gate);
    guards.names = {"charge.example"};
    server_ = std::make_unique<HttpServer>(
        std::move(acceptor), Endpoint{"127.0.0.1", at_.port()},
        [this](HttpRequest request, const HttpAnswer& answer) {
          heard_.push_back(std::move(request));
          HttpResponse response;
          response.content_type = "text/plain";
          response.body = "heard\n";
          answer(std::move(response));
        },
        [](unsigned status, std::string text, std::string_view /*target*/) {
          HttpResponse response;
          response.status = status;
          response.body = std::move(text);
          return response;
        },
        limits(), std::move(guards));
  }
  ~HttpStory() {
    server_->begin_to_close();
    server_->cut();
    context_.poll();
  }
  HttpStory(const HttpStory&) = delete;
  HttpStory& operator=(const HttpStory&) = delete;

  /// Small ones: short inputs reach them.
  static HttpLimits limits() {
    HttpLimits limits;
    limits.header_bytes = 1'024;
    limits.target_bytes = 256;
    limits.body_bytes = 2'000;
    return limits;
  }

  /// A client that sends `bytes`, `step` at a time, and then nothing more.
  Told tell(std::string_view bytes, std::size_t step) {
    using boost::asio::ip::tcp;
    heard_.clear();
    Told told;
    tcp::socket client{context_};
    client.connect(at_);
    client.set_option(tcp::no_delay{true});
    client.set_option(boost::asio::socket_base::linger{true, 0});  // its port is free at once
    client.non_blocking(true);
    bool is_open = true;
    while (!bytes.empty() && is_open) {
      boost::system::error_code error;
      const std::size_t sent =
          client.write_some(boost::asio::buffer(bytes.data(), std::min(step, bytes.size())), error);
      if (error && error != boost::asio::error::would_block) break;
      bytes.remove_prefix(sent);
      is_open = listen(client, told.said);
    }
    boost::system::error_code ignored;
    client.shutdown(tcp::socket::shutdown_send, ignored);
    const auto give_up = std::chrono::steady_clock::now() + kPatience;
    while (is_open && std::chrono::steady_clock::now() < give_up) {
      context_.run_one_for(std::chrono::milliseconds{1});
      is_open = listen(client, told.said);
    }
    told.is_over = !is_open;
    client.close(ignored);
    while (server_->connections() > 0 && std::chrono::steady_clock::now() < give_up)
      context_.run_one_for(std::chrono::milliseconds{1});
    told.heard = std::move(heard_);
    told.verdicts = verdicts_of(told.said);
    told.flaw = flaw_of(told);
    return told;
  }

 private:
  static constexpr std::chrono::seconds kPatience{60};

  /// Lets the server work and hears what it says; false: it has closed.
  bool listen(boost::asio::ip::tcp::socket& client, std::string& said) {
    char piece[4'096];
    for (;;) {
      context_.poll();
      boost::system::error_code error;
      const std::size_t bytes = client.read_some(boost::asio::buffer(piece), error);
      said.append(piece, bytes);
      if (error == boost::asio::error::would_block) return true;
      if (error) return false;
    }
  }

  /// An answer to each request in order, then at most one that says why the next is none.
  [[nodiscard]] std::string flaw_of(const Told& told) const {
    const HttpLimits most = limits();
    for (const HttpRequest& request : told.heard) {
      const bool is_of_all = request.method == "OPTIONS" && request.target == "*";
      if (!is_of_all && request.target.substr(0, 1) != "/") return "a target without /";
      if (request.target.size() > most.target_bytes) return "a target beyond its limit";
      if (request.body.size() > most.body_bytes) return "a body beyond its limit";
      std::size_t head = 0;
      for (const auto& header : request.headers) {
        head += header.name.size() + header.value.size();
        if (header.value.find_first_of("\r\n") != std::string::npos) return "a header of two lines";
      }
      if (head > most.header_bytes) return "headers beyond their limit";
    }
    if (!told.is_over) return "the server keeps a client that has gone";
    if (server_->connections() > 0 || server_->held_bytes() > 0) return "something of it is kept";
    std::string_view rest = told.said;
    for (const HttpRequest& request : told.heard) {
      const unsigned status = take_answer(rest, request.method == "HEAD");
      if (status != 200) return "an answer is " + std::to_string(status);
    }
    if (rest.empty()) return {};
    const unsigned status = take_answer(rest, false);
    if (status != 0 && (status < 400 || status == 500))
      return "it is refused with " + std::to_string(status);
    // One to HEAD has a length and no body; which it was to is not known here.
    if (status == 0 && rest.find("\r\n\r\n") != rest.size() - 4) return "what it says is no answer";
    return rest.empty() || status == 0 ? "" : "it says more than it was asked";
  }

  /// Bodies here hold no such line. Of a request that is wrong in two ways either may be found
  /// first, and so may depend on how much of it was there: that it is refused must not.
  static std::string verdicts_of(std::string_view said) {
    constexpr std::string_view kBegin = "HTTP/";
    constexpr std::size_t kVersionBytes = 4;  // `1.1 `
    std::string result;
    for (auto at = said.find(kBegin); at != std::string_view::npos; at = said.find(kBegin, at + 1))
      result += said.substr(at + kBegin.size() + kVersionBytes, 1);
    return result;
  }

  /// Its status, 100 passed over; 0: it is none.
  static unsigned take_answer(std::string_view& rest, bool has_no_body) {
    namespace http = boost::beast::http;
    for (;;) {
      http::response_parser<http::string_body> parser;
      parser.skip(has_no_body);
      parser.eager(true);
      boost::system::error_code error;
      const std::size_t taken = parser.put(boost::asio::buffer(rest.data(), rest.size()), error);
      if (error || !parser.is_done()) return 0;
      rest.remove_prefix(taken);
      if (parser.get().result_int() != 100) return parser.get().result_int();
    }
  }

  boost::asio::io_context context_;
  boost::asio::ip::tcp::endpoint at_;
  std::unique_ptr<HttpServer> server_;
  std::vector<HttpRequest> heard_;
};

}  // namespace chargemill::runtime::test
