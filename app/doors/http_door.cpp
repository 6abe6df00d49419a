#include "app/doors/http_door.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <iterator>
#include <memory>
#include <optional>
#include <sstream>

#include "app/api/access.hpp"
#include "app/api/api.hpp"
#include "app/api/task_thread.hpp"
#include "app/dashboard/feed.hpp"
#include "app/dashboard/page.hpp"
#include "app/doors/disk_barrier.hpp"
#include "app/doors/tcp_door.hpp"
#include "runtime/net/alarm.hpp"
#include "runtime/net/http_server.hpp"
#include "runtime/resilience/token_bucket.hpp"

namespace chargemill::app {
namespace {

using runtime::HttpAnswer;
using runtime::HttpRequest;
using runtime::HttpServer;

/// Requests that wait for the API's thread.
constexpr std::size_t kWaitingMax = 1'024;

/// Between commas and blanks.
std::vector<std::string> names_of(const std::string& text) {
  std::string spaced = text;
  std::replace(spaced.begin(), spaced.end(), ',', ' ');
  std::istringstream words{spaced};
  return {std::istream_iterator<std::string>{words}, {}};
}

/// To whoever asks for the dashboard's WebSocket as for a page (RFC 9110, 15.5.22).
runtime::HttpResponse only_upgraded(const std::string& target) {
  auto response = api::complaint(426, "this path takes WebSockets only", target);
  response.headers.push_back({"Upgrade", "websocket"});
  return response;
}

class HttpDoor final : public Door {
 public:
  HttpDoor(runtime::Listener listener, const DoorHost& host, const HttpSettings& settings,
           DoorSecurity security)
      : io_(host.io),
        page_directory_(settings.page_directory),
        thread_("http api", kWaitingMax),
        world_(host.desk, host.scenario, host.directory, thread_.post_begun()),
        barrier_(host.io.context(), host.facts.own_journal) {
    const RunFacts& facts = host.facts;
    if (host.history.has_past())
      world_.read_past = [&history = host.history](api::WithPast use) {
        return history.ask(std::move(use));
      };
    world_.after = [this](Nanos wait, api::Task task) { run_after(wait, std::move(task)); };
    world_.journal_status = facts.journal_status;
    if (barrier_.is_needed())
      world_.when_on_disk = [this](DiskBarrier::Then then) {
        io_.poster()->post(
            [this, then = std::move(then)]() mutable { barrier_.after(std::move(then)); });
      };
    world_.is_draining = facts.is_draining;
    world_.agreement_trouble = facts.agreement_trouble;
    world_.nodes_trouble = facts.nodes_trouble;
    world_.metrics = facts.metrics;
    world_.series = facts.series;
    world_.log = facts.log;
    world_.config = facts.config;
    world_.nodes = facts.nodes;
    world_.tell = [&news = host.news, pace = runtime::TokenBucket{1, 1}](std::string text) mutable {
      if (pace.try_take(std::chrono::steady_clock::now().time_since_epoch()))
        news.add(std::move(text));
    };
    world_.pages_may_act = settings.control;
    world_.full_list = settings.full_list;
    feed_ = std::make_shared<dashboard::Feed>(
        world_, dashboard::FeedSettings{settings.control, host.history.has_past()});
    runtime::HttpLimits limits;
    limits.connections = connections_max(settings);
    runtime::HttpGuards guards;
    guards.tls = std::move(security.tls);
    guards.names = names_of(settings.names);
    if (security.tokens)
      guards.gate = [tokens = std::move(security.tokens)](const HttpRequest& head) {
        return api::verdict(tokens.get(), head);
      };
    server_.emplace(
        std::move(listener.acceptor), listener.at,
        [this](HttpRequest request, const HttpAnswer& answer) { take(std::move(request), answer); },
        api::complaint, limits, std::move(guards),
        [feed = feed_](const HttpRequest& request) { return feed->open(request); });
  }
  HttpDoor(const HttpDoor&) = delete;
  HttpDoor& operator=(const HttpDoor&) = delete;
  // Nobody is answered any more: the IoThread has ended.
  ~HttpDoor() override { thread_.close(); }

  void begin_to_close() override { server_->begin_to_close(); }
  [[nodiscard]] bool is_closed() const override { return server_->is_closed(); }
  void cut() override {
    server_->cut();
    // What the API asks may be gone after this.
    thread_.close();
  }

  void count(metrics::DoorFigures& to) const override {
    const auto& counters = server_->counters();
    // relaxed (all): counters.
    const auto of = [](const std::atomic<std::uint64_t>& one) {
      return one.load(std::memory_order_relaxed);
    };
    to.http_open = server_->connections();
    to.http_accepted = of(counters.connections);
    to.http_refused = of(counters.connections_refused);
    to.http_slow = of(counters.timeouts);
    to.http_displaced = of(counters.connections_displaced);
    to.http_crowded = of(counters.answers_cut);
    to.requests = of(counters.requests);
    to.requests_refused = of(counters.requests_refused);
    to.web_sockets = of(counters.web_sockets);
  }

 private:
  /// On the IoThread.
  void take(HttpRequest request, const HttpAnswer& answer) {
    if (auto page = dashboard::page_answer(request, page_directory_))
      return answer(std::move(*page));
    const std::string target = request.target;
    if (target.substr(0, target.find('?')) == "/ws") return answer(only_upgraded(target));
    if (auto stuck = api::answer_if_stuck(target, thread_.busy_for()))
      return answer(std::move(*stuck));
    // Who may ask for nothing but whether the run is ready must not keep out who may.
    const api::Post& take_in = request.is_stranger ? take_stranger_in_ : take_in_;
    auto task = [this, request = std::move(request), target, answer]() mutable {
      try {
        api::answer(world_, std::move(request), answer);
      } catch (const std::exception& error) {  // a library's; the next request is not its victim
        // What it says is for those who watch the run, not for whoever asks.
        world_.tell(std::string{"a request could not be answered: "} + error.what());
        answer(api::complaint(500, "this request could not be answered", target));
      }
    };
    if (!take_in(std::move(task))) answer(api::answer_if_full(target));
  }

  /// Any thread; the task runs on the IoThread, or is dropped if that ends before.
  void run_after(Nanos wait, api::Task task) {
    io_.poster()->post([this, wait, task = std::move(task)] {
      auto alarm = std::make_shared<runtime::Alarm>(io_.context());
      alarm->set(wait, [alarm, task] { task(); });
    });
  }

  runtime::IoThread& io_;
  const std::filesystem::path page_directory_;
  api::TaskThread thread_;
  const api::Post take_in_ = thread_.post();
  const api::Post take_stranger_in_ = thread_.post_of_stranger();
  api::World world_;
  std::shared_ptr<dashboard::Feed> feed_;
  std::optional<HttpServer> server_;
  DiskBarrier barrier_;  // what waits there is answered through all of the others
};

}  // namespace

std::unique_ptr<Door> open_http_door(runtime::Listener listener, const DoorHost& host,
                                     const DoorsSettings& settings, DoorSecurity security) {
  return std::make_unique<HttpDoor>(std::move(listener), host, settings.http, std::move(security));
}

}  // namespace chargemill::app
