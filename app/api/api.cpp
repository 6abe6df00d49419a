#include "app/api/api.hpp"

#include <algorithm>
#include <array>

#include "app/api/route.hpp"
#include "app/api/target.hpp"

namespace chargemill::app::api {
namespace {

using runtime::HttpAnswer;
using runtime::HttpRequest;

constexpr const char* kLivez = "/livez";

constexpr const char* kOnlyReading =
    "this run is in virtual time (speed max): its doors only read, or the same scenario and seed "
    "would no longer give the same digest";

// A browser names the page that a change comes from; a program names none.
constexpr const char* kPagesOnlyLook =
    "pages of this server may only look: http.control = true lets them act";

/// Without its parameters; how it is written does not matter (RFC 9110, 8.3.1).
std::string media_type_of(std::string_view content_type) {
  constexpr std::string_view kBlanks = " \t";
  std::string media{content_type.substr(0, content_type.find(';'))};
  media.erase(0, std::min(media.find_first_not_of(kBlanks), media.size()));
  media.erase(media.find_last_not_of(kBlanks) + 1);
  std::transform(media.begin(), media.end(), media.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return media;
}

/// Whether a body that says so can be JSON. The second is what curl -d says of anything.
bool may_be_json(std::string_view content_type) {
  const std::string media = media_type_of(content_type);
  constexpr std::array<std::string_view, 4> kTaken{
      "", "application/json", "application/x-www-form-urlencoded", "text/plain"};
  const auto ends_so = [&media](std::string_view end) {
    return media.size() >= end.size() &&
           media.compare(media.size() - end.size(), end.size(), end) == 0;
  };
  return std::find(kTaken.begin(), kTaken.end(), media) != kTaken.end() || ends_so("+json");
}

/// The path without a query: which errors it is answered with.
std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

HttpResponse options(const std::string& methods) {
  HttpResponse response;
  response.status = 204;
  response.headers.push_back({"Allow", methods + ", OPTIONS"});
  return response;
}

/// Of all paths, in the order in which they first come (RFC 9110, 9.3.7).
std::string all_methods() {
  std::string methods = "GET, HEAD";
  for (const Route& route : routes()) {
    if (methods.find(route.method) == std::string::npos) methods.append(", ").append(route.method);
  }
  return methods;
}

HttpResponse not_allowed(Style style, const std::string& method, const std::string& allowed) {
  if (method == "OPTIONS") return options(allowed);
  HttpResponse response =
      problem(style, 405, "this path takes " + allowed + ", not " + method.substr(0, 20));
  response.headers.push_back({"Allow", allowed});
  return response;
}

HttpResponse flawed(Style style, unsigned status, const Flaw& flaw) {
  const std::string text = flaw.field.empty() ? flaw.text : flaw.field + ": " + flaw.text;
  return problem(style, status, text, flaw.field);
}

/// Why `request` may not change anything: a status and a text; 0: it may, or does not want to.
std::pair<unsigned, const char*> objection(const World& world, const Route& route,
                                           const HttpRequest& request) {
  if (!route.is_change) return {0, ""};
  if (!world.desk.may_change()) return {409, kOnlyReading};
  if (!world.pages_may_act && !request.header("origin").empty()) return {403, kPagesOnlyLook};
  return {0, ""};
}

/// Looks up whom the path is about; false: nobody, and it has been said. What is no id may be a
/// word of the path, which then takes the methods in `fixed`.
bool find_subject(Call& call, const std::string& method, const std::string& fixed) {
  const auto is_nobody = [&](const char* text) {
    if (fixed.empty()) return call.refuse(404, text);
    call.answer(not_allowed(call.style(), method, fixed));
  };
  switch (call.route.subject) {
    case Subject::nobody:
      return true;
    case Subject::point: {
      const auto point = call.world.names.point(call.id);
      if (!point) is_nobody("Charging point not found");
      call.point = point.value_or(PointId{});
      return point.has_value();
    }
    case Subject::driver: {
      const auto driver = call.world.names.driver(call.id);
      if (!driver) is_nobody("Driver not found");
      call.driver = driver.value_or(DriverId{});
      return driver.has_value();
    }
  }
  return false;
}

/// Checks the body as the route wants it; false: it is refused, and it has been said.
bool read_body_into(Call& call, HttpRequest& request, const Meaning& meaning) {
  const Route& route = call.route;
  if (route.body_form == Body::none) return true;
  if (!request.body.empty() && !may_be_json(request.header("content-type"))) {
    call.refuse(415, "Content-Type: the body must be application/json", "Content-Type");
    return false;
  }
  if (route.body_form == Body::by_hand) {
    call.body_text = std::move(request.body);
    return true;
  }
  return read_body(route.body, request.body, meaning)
      .map([&call](Arguments&& body) { call.body = std::move(body); })
      .map_error([&call](const Flaw& flaw) { call.answer(flawed(call.style(), 422, flaw)); })
      .has_value();
}

}  // namespace

void answer(World& world, HttpRequest request, const HttpAnswer& reply) {
  const Style style = style_of(path_of(request.target));
  if (request.method == "OPTIONS" && request.target == "*") return reply(options(all_methods()));
  const auto target = parse_target(request.target);
  if (!target) return reply(problem(style, 400, target.error()));
  Match found = match(request.method, target->path);
  if (found.allowed.empty()) return reply(problem(style, 404, "there is no such path"));
  if (found.route == nullptr) return reply(not_allowed(style, request.method, found.allowed));
  const Route& route = *found.route;
  const auto [status, why] = objection(world, route, request);
  if (status != 0) return reply(problem(style, status, why));

  const Meaning meaning{world.names, world.now()};
  auto query = read_query(route.query, target->query, meaning);
  if (!query) return reply(flawed(style, 400, query.error()));
  Call call{world,
            route,
            std::move(found.id),
            std::move(found.request),
            {},
            {},
            std::move(*query),
            {},
            {},
            {},
            reply};
  call.last_event = request.header("last-event-id");
  if (!find_subject(call, request.method, found.fixed) || !read_body_into(call, request, meaning))
    return;
  route.handle(std::make_shared<const Call>(std::move(call)));
}

std::optional<HttpResponse> answer_if_stuck(std::string_view target, Nanos busy) {
  if (path_of(target) != kLivez || busy < kStuckAfter) return std::nullopt;
  return complaint(503, "one request has held up all others for 5 s", target);
}

HttpResponse answer_if_full(std::string_view target) {
  if (path_of(target) == kLivez) return text_answer("ok\n");
  return complaint(503, "too many requests wait, try again later", target);
}

HttpResponse complaint(unsigned status, const std::string& text, std::string_view target) {
  return problem(style_of(path_of(target)), status, text);
}

}  // namespace chargemill::app::api
