// The JSON Schemas of all messages (D-032), from the same description that reads and writes them.
#pragma once

#include <string>

namespace chargemill::codec {

/// One object `{"DriverRequest": {...}, ...}` with a JSON Schema (draft 2020-12) for each message:
/// `properties`, `required`, `title`, `$defs` for enums, `anyOf` with null for optional fields,
/// `format: date-time` for times, an `example`.
[[nodiscard]] std::string schemas();

}  // namespace chargemill::codec
