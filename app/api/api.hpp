// From a request to its answer.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "app/api/world.hpp"
#include "runtime/net/http_message.hpp"

namespace chargemill::app::api {

/// Answers at once, or when `world` knows. On the API's thread. `world` outlives all calls.
void answer(World& world, runtime::HttpRequest request, const runtime::HttpAnswer& reply);

/// For so long at one task the API's thread is stuck, and whoever watches the process may end it.
inline constexpr std::chrono::seconds kStuckAfter{5};
/// What `/livez` is answered, 503, without asking the API's thread, which has been at one task for
/// `busy`; none: `target` is another path, or that thread may answer itself.
[[nodiscard]] std::optional<runtime::HttpResponse> answer_if_stuck(std::string_view target,
                                                                   Nanos busy);
/// What is answered to a request for which the API's thread has no room: 503, but not to `/livez`,
/// or a supervisor would end a process for being asked much.
[[nodiscard]] runtime::HttpResponse answer_if_full(std::string_view target);

/// What the server says of a request that never became one, in the form of its path.
[[nodiscard]] runtime::HttpResponse complaint(unsigned status, const std::string& text,
                                              std::string_view target);

}  // namespace chargemill::app::api
