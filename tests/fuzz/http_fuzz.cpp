// Whatever a client of the HTTP door sends: a sequence of requests, each answered once, with a
// status that exists, or refused as what is no HTTP. A door with tokens lets in whom it should, and
// nobody else. Behind the API stands a real network that stands still.
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>

#include "actors/shell/memory.hpp"
#include "app/api/access.hpp"
#include "app/api/api.hpp"
#include "app/api/problem.hpp"
#include "app/api/route.hpp"
#include "app/api/target.hpp"
#include "runtime/base/assert.hpp"
#include "runtime/net/http_guard.hpp"
#include "tests/support/still_engine.hpp"

namespace {

using namespace chargemill;
namespace http = boost::beast::http;
using runtime::HttpRequest;
using runtime::HttpResponse;

network::Scenario scenario() {
  network::Scenario s;
  for (const char* id : {"CP-001", "CP-002"}) {
    network::PointSpec spec;
    spec.id = id;
    s.network.points.push_back(spec);
  }
  s.network.external = 2;
  s.network.spare = s.drivers.spare = 16;
  network::DriverSpec driver;
  driver.id = "alice";
  driver.requests = {"CP-001"};
  s.drivers.named.push_back(driver);
  s.central.shards = 2;
  s.run.duration = std::chrono::hours{1};
  return s;
}

/// One for all inputs: whatever they do to it, it answers the next.
class Office {
 public:
  Office()
      : scenario_(scenario()),
        network_(scenario_, still_.engine),
        desk_(network_, still_.engine),
        names_(network_.topology(), &network_.annex()),
        world_(desk_, scenario_, names_, [this](app::api::Task task) {
          tasks_.push_back(std::move(task));
          return true;
        }) {
    network_.remember(memory_);
    world_.read_past = [this](const app::api::WithPast& use) {
      use(&memory_.look());
      return true;
    };
    world_.after = [](Nanos, const app::api::Task&) {};
    network_.start();
    still_.pass(std::chrono::seconds{3});
  }

  void ask(HttpRequest request) {
    CHARGEMILL_ASSERT(!app::api::verdict(nullptr, request).refusal);
    int answers = 0;
    const std::string method = request.method;
    app::api::answer(world_, std::move(request), [&](const HttpResponse& response) {
      ++answers;
      CHARGEMILL_ASSERT(app::api::phrase(response.status) != "Error");
      CHARGEMILL_ASSERT(response.status != 500);
      for (const auto& header : response.headers)
        CHARGEMILL_ASSERT(header.value.find_first_of("\r\n") == std::string::npos);
    });
    for (int round = 0; round < 100 && answers == 0; ++round) {
      still_.settle();
      while (!tasks_.empty()) {
        const auto task = std::move(tasks_.front());
        tasks_.pop_front();
        task();
      }
    }
    still_.pass(std::chrono::milliseconds{10});
    CHARGEMILL_ASSERT(answers == 1);
  }

 private:
  const network::Scenario scenario_;
  Memory memory_;
  test::StillEngine still_{1};
  network::Network network_;
  network::Desk desk_;
  app::Directory names_;
  std::deque<app::api::Task> tasks_;
  app::api::World world_;
};

/// What a door with tokens says: a stranger gets what is open, a reader changes nothing.
void knock(const HttpRequest& request) {
  using runtime::Access;
  static const auto& tokens =
      *std::make_unique<runtime::AccessTokens>(
           *runtime::AccessTokens::parse("operator-01234567\nreader-0123456789 read\n"))
           .release();
  const Access access = app::api::access_of(&tokens, request);
  const auto verdict = app::api::verdict(&tokens, request);
  CHARGEMILL_ASSERT(verdict.is_stranger == (access == Access::none));
  if (verdict.refusal) {
    CHARGEMILL_ASSERT(access != Access::operate);
    CHARGEMILL_ASSERT(verdict.refusal->status == (verdict.is_stranger ? 401U : 403U));
    return;
  }
  if (access == Access::operate) return;
  const auto target = app::api::parse_target(request.target);
  const auto* const route = target ? app::api::match(request.method, target->path).route : nullptr;
  CHARGEMILL_ASSERT(route == nullptr || !route->is_change);
  CHARGEMILL_ASSERT(!verdict.is_stranger || (route != nullptr && route->is_open));
}

HttpRequest plain(const http::request<http::string_body>& from) {
  HttpRequest request;
  const auto method = from.method_string();
  const auto target = from.target();
  request.method.assign(method.data(), method.size());
  request.target.assign(target.data(), target.size());
  for (const auto& field : from) {
    std::string name{field.name_string().data(), field.name_string().size()};
    for (char& c : name) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    request.headers.push_back(
        {std::move(name), std::string{field.value().data(), field.value().size()}});
  }
  request.body = from.body();
  return request;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,  // NOLINT: libFuzzer's name
                                      std::size_t size) {
  // Never destroyed: at the end of a process what CAF keeps for its actors goes before it would.
  static Office& office = *std::make_unique<Office>().release();
  constexpr std::size_t kHeadMax = 8'192;
  constexpr std::size_t kBodyMax = 1U << 20U;
  const runtime::Endpoint at{"127.0.0.1", 8000};
  while (size > 0) {
    http::request_parser<http::string_body> parser;
    parser.eager(true);
    parser.header_limit(kHeadMax);
    parser.body_limit(kBodyMax);
    boost::system::error_code error;
    const std::size_t taken = parser.put(boost::asio::buffer(data, size), error);
    if (error || !parser.is_done() || taken == 0) return 0;
    data += taken;
    size -= taken;
    HttpRequest request = plain(parser.get());
    // As the server hands it on (RFC 9112, 3.2.2).
    if (auto parts = runtime::split_absolute(request.target)) {
      (void)runtime::is_own_host(parts->authority, at);
      request.target = std::move(parts->target);
    }
    CHARGEMILL_ASSERT(runtime::split_absolute(request.target) == std::nullopt);
    knock(request);
    (void)runtime::is_own_host(request.header("host"), at, {"charge.example"});
    (void)runtime::is_own_origin(request.header("origin"), request.header("host"));
    office.ask(std::move(request));
  }
  return 0;
}
