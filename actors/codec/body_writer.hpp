// Bodies as JSON, byte for byte as the channels have them (D-011 to D-016).
#pragma once

#include "actors/codec/fields.hpp"
#include "actors/codec/json_text.hpp"

namespace chargemill::codec {

/// Appends `body`, one object, to `out`. Texts may be any bytes; what is not UTF-8 becomes U+FFFD.
/// Requires valid times and finite numbers; that is what a reader gives.
template <class Body>
void write(const Body& body, JsonText& out);

/// The same with `"type": "<type>"` as first field. `type` needs no escapes.
template <class Body>
void write_typed(std::string_view type, const Body& body, JsonText& out);

}  // namespace chargemill::codec
