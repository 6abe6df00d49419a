#include "app/doors/door_security.hpp"

#include <fmt/format.h>

namespace chargemill::app {

Result<DoorSecurity> read_security(const char* section, const DoorSettings& settings) {
  DoorSecurity security;
  if (!settings.token_file.empty()) {
    auto tokens = runtime::AccessTokens::read(settings.token_file);
    if (!tokens)
      return failure(tokens.error().kind,
                     fmt::format("{}.token_file: {}", section, tokens.error().text));
    security.tokens = std::make_shared<const runtime::AccessTokens>(std::move(*tokens));
  }
  if (!settings.tls_cert.empty()) {
    auto tls = runtime::open_tls(settings.tls_cert, settings.tls_key);
    if (!tls)
      return failure(tls.error().kind,
                     fmt::format("{0}.tls_cert, {0}.tls_key: {1}", section, tls.error().text));
    security.tls = std::move(*tls);
  }
  return security;
}

}  // namespace chargemill::app
