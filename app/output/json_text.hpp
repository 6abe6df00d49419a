// JSON as text, whatever bytes its texts hold.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace chargemill::app {

/// Paths and arguments of Linux, and what another program says, need not be UTF-8: what is none
/// becomes U+FFFD. `indent` -1: on one line.
template <class Json>
[[nodiscard]] std::string json_text(const Json& value, int indent = -1) {
  return value.dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace chargemill::app
