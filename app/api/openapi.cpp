// The OpenAPI document, made from the table that requests are routed by.
#include <fmt/format.h>

#include <algorithm>

#include "app/api/route.hpp"
#include "app/version.hpp"

namespace chargemill::app::api {
namespace {

using nlohmann::ordered_json;

ordered_json schema_of(Kind kind) {
  if (const auto words = words_of(kind); !words.empty())
    return {{"type", "string"}, {"enum", words}};
  switch (kind) {
    case Kind::limit:
      return {{"type", "integer"}, {"minimum", 0}, {"maximum", kLimitMax}};
    case Kind::number:
      return {{"type", "number"}, {"minimum", 0}};
    case Kind::flag:
      return {{"type", "boolean"}};
    case Kind::points:
      return {{"type", "array"}, {"items", {{"type", "string"}}}, {"maxItems", kPointsMax}};
    default:
      return {{"type", "string"}};
  }
}

std::string lower(std::string_view method) {
  std::string result{method};
  std::transform(result.begin(), result.end(), result.begin(),
                 [](char c) { return static_cast<char>(c - 'A' + 'a'); });
  return result;
}

ordered_json parameters_of(const Route& route) {
  auto result = ordered_json::array();
  if (route.pattern.find("{id}") != std::string_view::npos) {
    result.push_back({{"name", "id"},
                      {"in", "path"},
                      {"required", true},
                      {"description",
                       route.subject == Subject::driver ? "a driver's id" : "a charge point's id"},
                      {"schema", schema_of(Kind::text)}});
  }
  if (route.pattern.find("{request}") != std::string_view::npos) {
    result.push_back({{"name", "request"},
                      {"in", "path"},
                      {"required", true},
                      {"description", "a request's id"},
                      {"schema", schema_of(Kind::text)}});
  }
  if (route.media == "text/event-stream") {
    result.push_back({{"name", "Last-Event-ID"},
                      {"in", "header"},
                      {"required", false},
                      {"description", "the id of the last event that came: those behind it"},
                      {"schema", schema_of(Kind::text)}});
  }
  for (const auto& parameter : route.query) {
    result.push_back({{"name", parameter.name},
                      {"in", "query"},
                      {"required", parameter.is_required},
                      {"description", parameter.help},
                      {"schema", schema_of(parameter.kind)}});
  }
  return result;
}

ordered_json body_of(const Route& route) {
  ordered_json properties = ordered_json::object();
  auto required = ordered_json::array();
  for (const auto& field : route.body) {
    properties[std::string{field.name}] = schema_of(field.kind);
    properties[std::string{field.name}]["description"] = field.help;
    if (field.is_required) required.push_back(field.name);
  }
  ordered_json schema{{"type", "object"}, {"properties", std::move(properties)}};
  if (!required.empty()) schema["required"] = required;
  return {{"required", !required.empty()},
          {"content", {{"application/json", {{"schema", std::move(schema)}}}}}};
}

ordered_json error_of(Style style, std::string_view meaning) {
  const bool is_older = style == Style::older;
  const char* const schema =
      is_older ? "#/components/schemas/Error" : "#/components/schemas/Problem";
  ordered_json content;
  content[is_older ? "application/json" : "application/problem+json"] = {
      {"schema", {{"$ref", schema}}}};
  return {{"description", meaning}, {"content", std::move(content)}};
}

ordered_json success_of(const Route& route, std::string_view meaning) {
  ordered_json success{{"description", meaning}};
  if (route.success != 204) success["content"][std::string{route.media}] = ordered_json::object();
  return success;
}

ordered_json responses_of(const Route& route) {
  ordered_json result;
  result[std::to_string(route.success)] = success_of(route, "done");
  const auto add = [&](unsigned status, std::string_view meaning, std::string_view media = {}) {
    auto& slot = result[std::to_string(status)];
    if (!slot.is_null()) return;
    slot = status < 400 ? success_of(route, meaning) : error_of(style_of(route.pattern), meaning);
    if (media.empty()) return;
    slot["content"] = ordered_json::object();
    slot["content"][std::string{media}] = ordered_json::object();
  };
  for (const auto& outcome : route.outcomes) add(outcome.status, outcome.meaning, outcome.media);
  add(400, "a parameter is not known or wrong; the text names it");
  if (!route.is_open) add(401, "this door wants a token, and this is none of its");
  if (route.is_change) add(403, "the token only reads, or a foreign page asks");
  if (route.subject != Subject::nobody) add(404, "nobody has this id");
  if (has_fixed_twin(route))
    add(405, "nobody has this id, and it is a path that takes other methods");
  if (route.is_change) add(409, "virtual time: nobody outside may change anything");
  if (route.body_form != Body::none) {
    add(413, "the body is too large, or comes without the token that this door wants");
    add(415, "the body says that it is no JSON");
    add(422, "the body is no JSON object, or a field of it is missing or wrong");
  }
  add(414, "the target is too long");
  result["431"] = error_of(Style::both, "the headers are too large");
  add(503, "too much is under way, try again later");
  return result;
}

ordered_json shared_schemas() {
  const ordered_json text{{"type", "string"}};
  return {
      {"Error", {{"type", "object"}, {"properties", {{"error", text}}}, {"required", {"error"}}}},
      {"Problem",
       {{"type", "object"},
        {"properties",
         {{"type", text},
          {"title", text},
          {"status", {{"type", "integer"}}},
          {"detail", text},
          {"field", text}}},
        {"required", {"type", "title", "status", "detail"}}}}};
}

}  // namespace

ordered_json openapi_document() {
  ordered_json paths;
  for (const auto& route : routes()) {
    ordered_json operation{{"summary", route.summary},
                           {"parameters", parameters_of(route)},
                           {"responses", responses_of(route)}};
    if (route.is_open) operation["security"] = ordered_json::array();
    if (route.body_form != Body::none) operation["requestBody"] = body_of(route);
    paths[std::string{route.pattern}][lower(route.method)] = std::move(operation);
  }
  return {{"openapi", "3.1.0"},
          {"info", {{"title", "chargemill"}, {"version", kVersion}}},
          {"paths", std::move(paths)},
          // With tokens or without, as the run was told: both are taken note of by generators.
          {"security", {{{"token", ordered_json::array()}}, ordered_json::object()}},
          {"components",
           {{"schemas", shared_schemas()},
            {"securitySchemes", {{"token", {{"type", "http"}, {"scheme", "bearer"}}}}}}}};
}

}  // namespace chargemill::app::api
