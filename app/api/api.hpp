// From a request to its answer.
#pragma once

#include "app/api/world.hpp"
#include "runtime/net/http_message.hpp"

namespace chargemill::app::api {

/// Answers at once, or when `world` knows. On the API's thread. `world` outlives all calls.
void answer(World& world, runtime::HttpRequest request, const runtime::HttpAnswer& reply);

/// What the server says of a request that never became one, in the form of its path.
[[nodiscard]] runtime::HttpResponse complaint(unsigned status, const std::string& text,
                                              std::string_view target);

}  // namespace chargemill::app::api
