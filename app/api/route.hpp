// What the API has to offer: one table, from which requests are routed and checked and from which
// the OpenAPI document is made.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/api/arguments.hpp"
#include "app/api/problem.hpp"
#include "app/api/world.hpp"
#include "runtime/net/http_message.hpp"

namespace chargemill::app::api {

/// Whom the `{id}` of a path names; an id that nobody has is a 404.
enum class Subject : std::uint8_t { nobody, point, driver };

/// How a body is looked at before the route sees it.
enum class Body : std::uint8_t {
  none,    ///< there is none; a client that sends one anyway is not read
  fields,  ///< a JSON object of the fields that the route declares; may be left out if none must be
  by_hand,  ///< the route reads it itself (D-179); its fields are declared for the document only
};

struct Route;

/// A request whose arguments have been checked.
struct Call {
  World& world;
  const Route& route;
  std::string id;       ///< as it was written
  std::string request;  ///< likewise, what stands for `{request}`
  PointId point{};      ///< of Subject::point
  DriverId driver{};    ///< of Subject::driver
  Arguments query;
  Arguments body;          ///< of Body::fields
  std::string body_text;   ///< of Body::by_hand
  std::string last_event;  ///< the header Last-Event-ID
  runtime::HttpAnswer answer;

  [[nodiscard]] Style style() const noexcept;
  void refuse(unsigned status, const std::string& text, const std::string& field = {}) const {
    answer(problem(style(), status, text, field));
  }
};
/// It lives until it is answered.
using CallPtr = std::shared_ptr<const Call>;

/// An answer beside the one of success that a client has to expect.
struct Outcome {
  unsigned status;
  std::string_view meaning;
  std::string_view media = {};  ///< of one that has a form of its own
};

struct Route {
  std::string_view method;   ///< GET (HEAD with it), POST or DELETE
  std::string_view pattern;  ///< `/api/v1/charge-points/{id}`; also `{request}`, which names itself
  std::string_view summary;
  void (*handle)(const CallPtr& call) = nullptr;
  std::vector<Parameter> query = {};
  Body body_form = Body::none;
  std::vector<Parameter> body = {};
  Subject subject = Subject::nobody;
  std::vector<Outcome> outcomes = {};
  std::string_view media = "application/json";
  unsigned success = 200;  ///< 204: without a body
  /// Takes part in the simulation: refused in virtual time (409); needs a token that may operate.
  bool is_change = false;
  /// Answered without a token as well: what supervisors of processes ask, who have none.
  bool is_open = false;
};

inline Style Call::style() const noexcept { return style_of(route.pattern); }

/// All, in the order of the document.
[[nodiscard]] const std::vector<Route>& routes();

/// What `path` leads to with `method`.
struct Match {
  const Route* route = nullptr;  ///< null: not this way
  std::string id;                ///< what stands for `{id}`
  std::string request;           ///< what stands for `{request}`
  std::string allowed;           ///< the path's methods: `GET, HEAD`; empty: there is no such path
  std::string fixed;             ///< those of it as it is written, without a placeholder
};
[[nodiscard]] Match match(std::string_view method, const std::vector<std::string>& path);
/// Whether a word where its id stands may be a path of its own: `/cp/register`.
[[nodiscard]] bool has_fixed_twin(const Route& route);

/// The OpenAPI 3.1 document of routes().
[[nodiscard]] nlohmann::ordered_json openapi_document();

// The parts of the table.
[[nodiscard]] std::vector<Route> service_routes();
[[nodiscard]] std::vector<Route> older_routes();
[[nodiscard]] std::vector<Route> older_orders();
[[nodiscard]] std::vector<Route> point_routes();
[[nodiscard]] std::vector<Route> order_routes();
[[nodiscard]] std::vector<Route> newcomer_routes();
[[nodiscard]] std::vector<Route> request_routes();
[[nodiscard]] std::vector<Route> history_routes();
[[nodiscard]] std::vector<Route> event_routes();
[[nodiscard]] std::vector<Route> denial_routes();
[[nodiscard]] std::vector<Route> series_routes();
[[nodiscard]] std::vector<Route> node_routes();
[[nodiscard]] std::vector<Route> slowest_routes();

}  // namespace chargemill::app::api
