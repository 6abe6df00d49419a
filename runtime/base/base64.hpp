// Bytes as text that any JSON and any browser takes (RFC 4648).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace chargemill::runtime {

[[nodiscard]] std::string to_base64(std::string_view bytes);
/// Empty: `text` is no base64, with its padding.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

}  // namespace chargemill::runtime
