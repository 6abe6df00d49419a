// How each kind of value is read with simdjson. Only the readers of this folder include this.
#pragma once

#include <simdjson.h>

#include "actors/codec/decode_error.hpp"
#include "actors/codec/fields.hpp"
#include "actors/codec/json_text.hpp"

namespace chargemill::codec {

namespace ondemand = simdjson::ondemand;

/// Reads `value` to its end, checking all of it; with `copy`, also writes it there in the form of
/// D-011. `depth` arrays and objects are open around it.
[[nodiscard]] Flaw walk(ondemand::value value, int depth, JsonText* copy);

// Each reads one value of a known type. `copies` keeps the text of objects.

[[nodiscard]] Flaw read_value(ondemand::value& value, Text& to, JsonText& copies);
[[nodiscard]] Flaw read_value(ondemand::value& value, double& to, JsonText& copies);
[[nodiscard]] Flaw read_value(ondemand::value& value, Port& to, JsonText& copies);
[[nodiscard]] Flaw read_value(ondemand::value& value, UtcTime& to, JsonText& copies);
[[nodiscard]] Flaw read_value(ondemand::value& value, JsonObject& to, JsonText& copies);

template <class E, class = decltype(Values<E>::kAll)>
[[nodiscard]] Flaw read_value(ondemand::value& value, E& to, JsonText& copies) {
  Text text;
  if (const Flaw flaw = read_value(value, text, copies); flaw != Flaw::none) return flaw;
  for (const E each : Values<E>::kAll) {
    if (word(each) == text) {
      to = each;
      return Flaw::none;
    }
  }
  return Flaw::no_such_value;
}
template <class T>
[[nodiscard]] Flaw read_value(ondemand::value& value, std::optional<T>& to, JsonText& copies) {
  return read_value(value, to.emplace(), copies);
}

/// True, and read, if it is `null`.
[[nodiscard]] inline bool try_read_null(ondemand::value& value) {
  bool is_null = false;
  return value.is_null().get(is_null) == simdjson::SUCCESS && is_null;
}

}  // namespace chargemill::codec
