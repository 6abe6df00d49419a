// Answers: JSON bodies, and errors in the two forms that the API has (D-179).
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "runtime/net/http_message.hpp"

namespace chargemill::app::api {

using runtime::HttpResponse;

/// Which errors a path answers with.
enum class Style {
  older,    ///< {"error": "..."}
  problem,  ///< application/problem+json (RFC 9457), under /api/v1
  both,     ///< nobody knows which path was meant: a problem with an "error"
};
[[nodiscard]] Style style_of(std::string_view path) noexcept;

/// `Not Found`
[[nodiscard]] std::string_view phrase(unsigned status) noexcept;

/// `field`: the argument that is to blame, if it is one.
[[nodiscard]] HttpResponse problem(Style style, unsigned status, const std::string& text,
                                   const std::string& field = {});

/// Names may hold any bytes; what is not UTF-8 becomes U+FFFD.
[[nodiscard]] HttpResponse json_answer(const nlohmann::ordered_json& body, unsigned status = 200);
[[nodiscard]] HttpResponse text_answer(std::string body, unsigned status = 200);

}  // namespace chargemill::app::api
