// What is asked of the program itself: health, metrics, figures, schemas, and where all is found.
#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <utility>

#include "actors/codec/schemas.hpp"
#include "app/api/live_summary.hpp"
#include "app/api/looks.hpp"

namespace chargemill::app::api {
namespace {

using nlohmann::ordered_json;

void health(const CallPtr& call) {  // D-180
  call->answer(json_answer({{"status", "healthy"}, {"service", "ev-central"}}));
}

void live(const CallPtr& call) { call->answer(text_answer("ok\n")); }

/// Lines of /readyz?verbose. Names between commas are left out: whoever asks can live without.
class Checks {
 public:
  explicit Checks(std::string_view excluded) : excluded_("," + std::string{excluded} + ",") {}
  void add(const char* name, bool is_ok, const std::string& why) {
    if (excluded_.find(fmt::format(",{},", name)) != std::string::npos) {
      lines_ += fmt::format("[+]{} excluded\n", name);
      return;
    }
    lines_ += is_ok ? fmt::format("[+]{} ok\n", name) : fmt::format("[-]{} {}\n", name, why);
    is_ready_ = is_ready_ && is_ok;
  }
  [[nodiscard]] HttpResponse answer(bool is_verbose) const {
    const char* const verdict = is_ready_ ? "ready\n" : "not ready\n";
    return text_answer(is_verbose || !is_ready_ ? lines_ + verdict : "ok\n", is_ready_ ? 200 : 503);
  }

 private:
  const std::string excluded_;
  std::string lines_;
  bool is_ready_ = true;
};

/// `hears_central`: a shard has just answered.
void say_whether_ready(const Call& call, bool hears_central) {
  using runtime::journal::JournalState;
  const World& world = call.world;
  Checks checks{call.query.text("exclude")};
  // One that is there for others waits for them, and is ready.
  const bool has_places = world.desk.points() > 0 || world.desk.annex().point_places() > 0;
  checks.add("network", has_places, "has no charge points, and no place for any");
  checks.add("central", hears_central, "does not answer");
  if (world.journal_status) {
    const auto status = world.journal_status();
    checks.add("journal", status.state == JournalState::working,
               status.last_failure.empty() ? "does not write" : status.last_failure);
  }
  if (world.agreement_trouble) {
    const auto trouble = world.agreement_trouble();
    checks.add("etcd", trouble.empty(), trouble);
  }
  if (world.nodes_trouble) {
    const auto trouble = world.nodes_trouble();
    checks.add("nodes", trouble.empty(), trouble);
  }
  checks.add("load", !world.is_draining || !world.is_draining(), "the run is about to end");
  call.answer(checks.answer(call.query.get<bool>("verbose").value_or(false)));
}

/// For so long a shard may be silent: whoever asks does not wait for one that hangs.
constexpr std::chrono::seconds kCentralPatience{2};

/// Says whether the run is ready, once. Its look keeps it, not the timer: whoever asks often must
/// not be kept for long.
struct Readiness {
  void say(bool hears_central) {
    if (!std::exchange(is_said, true)) say_whether_ready(*call, hears_central);
  }

  CallPtr call;
  bool is_said = false;  // both come to the API's thread
};

void ready(const CallPtr& call) {
  if (call->world.desk.points() == 0) return say_whether_ready(*call, true);
  const auto readiness = std::make_shared<Readiness>(Readiness{call});
  const bool is_taken = try_look_at(
      call, PointId{0}, [readiness](const PointCopy&, SimTime) { readiness->say(true); },
      [readiness] { readiness->say(false); });
  if (!is_taken) return readiness->say(false);
  if (!call->world.after) return;
  call->world.after(kCentralPatience, [later = call->world.later, weak = std::weak_ptr{readiness}] {
    if (weak.expired()) return;
    (void)later([weak] {
      if (const auto waiting = weak.lock()) waiting->say(false);
    });
  });
}

void metrics(const CallPtr& call) {
  if (!call->world.metrics) return call->refuse(503, "this run counts no metrics");
  HttpResponse response = text_answer(call->world.metrics());
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  call->answer(std::move(response));
}

void summary(const CallPtr& call) { call->answer(json_answer(live_summary(call->world))); }

void schemas(const CallPtr& call) {
  HttpResponse response;
  response.body = codec::schemas();
  call->answer(std::move(response));
}

void openapi(const CallPtr& call) { call->answer(json_answer(openapi_document())); }

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    // clang-format off
    switch (c) {
      case '&': result += "&amp;"; break;
      case '<': result += "&lt;"; break;
      case '>': result += "&gt;"; break;
      case '"': result += "&quot;"; break;
      default:  result += c;
    }
    // clang-format on
  }
  return result;
}

void front_page(const CallPtr& call) {
  std::string rows;
  for (const auto& route : routes()) {
    const std::string path = escaped(route.pattern);
    const bool is_link = route.method == "GET" && route.subject == Subject::nobody;
    rows += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td></tr>\n", route.method,
                        is_link ? fmt::format("<a href=\"{0}\">{0}</a>", path) : path,
                        escaped(route.summary));
  }
  HttpResponse response;
  response.content_type = "text/html; charset=utf-8";
  response.headers.push_back({"Content-Security-Policy", "default-src 'none'"});
  response.body = fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<title>EV Central: {0}</title></head>\n<body>\n<h1>EV Central: {0}</h1>\n"
      "<table>\n{1}</table>\n</body></html>\n",
      escaped(call->world.scenario.run.name), rows);
  call->answer(std::move(response));
}

}  // namespace

std::vector<Route> service_routes() {
  std::vector<Route> table;
  // The door has the dashboard's page for `/`; without it, it is what /api/v1 is.
  table.push_back({"GET", "/", "The dashboard", front_page});
  table.back().media = "text/html";
  table.push_back({"GET", "/api/v1", "This overview", front_page});
  table.back().media = "text/html";
  table.push_back({"GET", "/health", "Whether the program runs (D-180)", health});
  table.back().is_open = true;
  table.push_back({"GET", "/livez", "Whether the program answers at all", live});
  table.back().media = "text/plain";
  table.back().outcomes = {{503, "one request has held up all others for 5 s"}};
  table.back().is_open = true;
  table.push_back({"GET",
                   "/readyz",
                   "Whether network, central, journal and nodes are in order",
                   ready,
                   {{"verbose", Kind::flag, "a line for each check"},
                    {"exclude", Kind::text, "checks that do not count: journal,etcd,nodes,load"}}});
  table.back().media = "text/plain";
  table.back().outcomes = {{503, "one of them is not, or the run is about to end", "text/plain"}};
  table.back().is_open = true;
  table.push_back({"GET", "/metrics", "Counters for Prometheus, text format 0.0.4", metrics});
  table.back().media = "text/plain";
  table.back().outcomes = {{503, "this run counts none"}};
  table.push_back(
      {"GET", "/api/v1/summary", "The figures of summary.json, as things stand", summary});
  table.push_back({"GET", "/api/v1/schemas", "JSON Schemas of all messages (D-032)", schemas});
  table.push_back({"GET", "/api/v1/openapi.json", "This document", openapi});
  return table;
}

}  // namespace chargemill::app::api
