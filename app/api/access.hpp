// Who may ask for what (D-147).
#pragma once

#include <string_view>

#include "runtime/net/access_tokens.hpp"
#include "runtime/net/http_message.hpp"

namespace chargemill::app::api {

/// What a request of this method and target needs, also where there is nothing: a stranger does not
/// learn which paths there are.
[[nodiscard]] runtime::Access needed_for(std::string_view method, std::string_view target);

/// What the client that sent `head` may do; without tokens: everything.
[[nodiscard]] runtime::Access access_of(const runtime::AccessTokens* tokens,
                                        const runtime::HttpRequest& head);

/// Turns away whoever may not make this request: 401 without a token of the file, 403 with one that
/// only reads; and says whether it has shown any. The one place where HTTP and WebSocket clients
/// are let in.
[[nodiscard]] runtime::HttpVerdict verdict(const runtime::AccessTokens* tokens,
                                           const runtime::HttpRequest& head);

}  // namespace chargemill::app::api
