#include "actors/codec/decode_error.hpp"

namespace chargemill::codec {
namespace {

std::string_view words(Flaw flaw) noexcept {
  // clang-format off
  switch (flaw) {
    case Flaw::none:                  return "no flaw";
    case Flaw::too_long:              return "too long";
    case Flaw::not_json:              return "not valid JSON";
    case Flaw::not_an_object:         return "not a JSON object";
    case Flaw::too_deep:              return "nested too deeply";
    case Flaw::no_type:               return "type: is missing";
    case Flaw::unknown_type:          return "type: no message has this type";
    case Flaw::missing:               return "is missing";
    case Flaw::twice:                 return "is given twice";
    case Flaw::not_a_string:          return "must be a string";
    case Flaw::not_text:              return "holds an escape that is no character";
    case Flaw::not_a_number:          return "must be a finite number";
    case Flaw::not_a_port:            return "must be an integer from 0 to 65535";
    case Flaw::not_a_time:            return "must be an ISO 8601 time or a Unix time in seconds";
    case Flaw::no_such_value:         return "must be one of: ";
    case Flaw::not_an_object_or_null: return "must be an object or null";
  }
  // clang-format on
  return "";
}

}  // namespace

std::string text(const DecodeError& error) {
  std::string result;
  if (!error.field.empty()) result.append(error.field).append(": ");
  return result.append(words(error.flaw)).append(error.allowed);
}

}  // namespace chargemill::codec
