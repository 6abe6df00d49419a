// What guards a door: read before its port is taken, so that a file that is wrong ends a run before
// it begins.
#pragma once

#include <memory>

#include "app/scenario/door_settings.hpp"
#include "runtime/base/result.hpp"
#include "runtime/net/access_tokens.hpp"
#include "runtime/net/tls_context.hpp"

namespace chargemill::app {

struct DoorSecurity {
  std::shared_ptr<const runtime::AccessTokens> tokens;  ///< null: everybody may operate
  bool is_shown = false;    ///< others on this machine can read the file of tokens, or change it
  runtime::TlsContext tls;  ///< null: bytes as they are
};

/// Reads the files that the settings of `[section]` name. Errors name the key and the file.
[[nodiscard]] Result<DoorSecurity> read_security(const char* section, const DoorSettings& settings);

}  // namespace chargemill::app
