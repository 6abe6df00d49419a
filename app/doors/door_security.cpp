#include "app/doors/door_security.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>

namespace chargemill::app {
namespace {

/// That a group reads it may be meant: so do containers hand out secrets.
bool others_can_use(const std::filesystem::path& file) {
  using std::filesystem::perms;
  constexpr perms kTooMuch = perms::others_read | perms::others_write | perms::group_write;
  std::error_code error;
  const auto status = std::filesystem::status(file, error);
  return !error && (status.permissions() & kTooMuch) != perms::none;
}

}  // namespace

Result<DoorSecurity> read_security(const char* section, const DoorSettings& settings) {
  DoorSecurity security;
  if (!settings.token_file.empty()) {
    auto tokens = runtime::AccessTokens::read(settings.token_file);
    if (!tokens)
      return failure(tokens.error().kind,
                     fmt::format("{}.token_file: {}", section, tokens.error().text));
    security.tokens = std::make_shared<const runtime::AccessTokens>(std::move(*tokens));
    security.is_shown = others_can_use(settings.token_file);
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
