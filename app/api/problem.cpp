#include "app/api/problem.hpp"

namespace chargemill::app::api {
namespace {

using nlohmann::ordered_json;

std::string dumped(const ordered_json& body) {
  return body.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace

Style style_of(std::string_view path) noexcept {
  constexpr std::string_view kNewer = "/api/";
  if (path.empty()) return Style::both;
  return path.substr(0, kNewer.size()) == kNewer ? Style::problem : Style::older;
}

std::string_view phrase(unsigned status) noexcept {
  // clang-format off
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Content";
    case 426: return "Upgrade Required";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 503: return "Service Unavailable";
    default:  return "Error";
  }
  // clang-format on
}

HttpResponse problem(Style style, unsigned status, const std::string& text,
                     const std::string& field) {
  if (style == Style::older) return json_answer({{"error", text}}, status);
  ordered_json body{
      {"type", "about:blank"}, {"title", phrase(status)}, {"status", status}, {"detail", text}};
  if (!field.empty()) body["field"] = field;
  if (style == Style::both) body["error"] = text;
  HttpResponse response = json_answer(body, status);
  response.content_type = "application/problem+json";
  return response;
}

HttpResponse json_answer(const ordered_json& body, unsigned status) {
  HttpResponse response;
  response.status = status;
  response.body = dumped(body);
  return response;
}

HttpResponse text_answer(std::string body, unsigned status) {
  HttpResponse response;
  response.status = status;
  response.content_type = "text/plain; charset=utf-8";
  response.body = std::move(body);
  return response;
}

}  // namespace chargemill::app::api
