#include "actors/codec/json_values.hpp"

#include <charconv>
#include <cmath>

#include "actors/codec/body_reader.hpp"

namespace chargemill::codec {
namespace {

using ondemand::json_type;

bool is_ok(simdjson::error_code error) noexcept { return error == simdjson::SUCCESS; }

/// The type that the first character tells; `null` for what is no value at all.
json_type type_of(ondemand::value& value) {
  json_type type = json_type::null;
  return is_ok(value.type().get(type)) ? type : json_type::null;
}

/// A whole text that is a number (D-019).
Flaw parse_number(std::string_view text, double& to) noexcept {
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, to);
  const bool is_number = read.ec == std::errc{} && read.ptr == end && std::isfinite(to);
  return is_number ? Flaw::none : Flaw::not_a_number;
}

bool is_blank(char c) noexcept { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

/// The text of a scalar: simdjson's goes on to the next one.
std::string_view token_of(ondemand::value& value) {
  std::string_view token = value.raw_json_token();
  while (!token.empty() && is_blank(token.back())) token.remove_suffix(1);
  return token;
}

Flaw walk_number(ondemand::value& value, JsonText* copy) {
  const std::string_view token = token_of(value);
  double number = 0;
  if (!is_ok(value.get_double().get(number))) return Flaw::not_json;
  if (copy == nullptr) return Flaw::none;
  if (token.find_first_of(".eE") == std::string_view::npos) {
    copy->append(token);  // an integer, of any length
  } else {
    copy->append_float(number);
  }
  return Flaw::none;
}
Flaw walk_string(ondemand::value& value, JsonText* copy) {
  std::string_view text;
  if (!is_ok(value.get_string().get(text))) return Flaw::not_json;
  if (copy != nullptr) copy->append_string(text);
  return Flaw::none;
}
Flaw walk_object(ondemand::value& value, int depth, JsonText* copy) {
  ondemand::object object;
  if (!is_ok(value.get_object().get(object))) return Flaw::not_json;
  if (copy != nullptr) copy->append("{");
  bool is_first = true;
  for (auto next : object) {
    ondemand::field field;
    std::string_view key;
    if (!is_ok(std::move(next).get(field))) return Flaw::not_json;
    if (!is_ok(field.unescaped_key().get(key))) return Flaw::not_json;
    if (copy != nullptr) {
      if (!is_first) copy->append(", ");
      copy->append_string(key);
      copy->append(": ");
    }
    is_first = false;
    if (const Flaw flaw = walk(field.value(), depth + 1, copy); flaw != Flaw::none) return flaw;
  }
  if (copy != nullptr) copy->append("}");
  return Flaw::none;
}
Flaw walk_array(ondemand::value& value, int depth, JsonText* copy) {
  ondemand::array array;
  if (!is_ok(value.get_array().get(array))) return Flaw::not_json;
  if (copy != nullptr) copy->append("[");
  bool is_first = true;
  for (auto next : array) {
    if (!is_ok(next.error())) return Flaw::not_json;
    if (copy != nullptr && !is_first) copy->append(", ");
    is_first = false;
    if (const Flaw flaw = walk(next.value_unsafe(), depth + 1, copy); flaw != Flaw::none)
      return flaw;
  }
  if (copy != nullptr) copy->append("]");
  return Flaw::none;
}

}  // namespace

Flaw walk(ondemand::value value, int depth, JsonText* copy) {
  if (depth >= BodyReader::kDepthMax) return Flaw::too_deep;
  switch (type_of(value)) {
    case json_type::object:
      return walk_object(value, depth, copy);
    case json_type::array:
      return walk_array(value, depth, copy);
    case json_type::string:
      return walk_string(value, copy);
    case json_type::number:
      return walk_number(value, copy);
    case json_type::boolean: {
      bool truth = false;
      if (!is_ok(value.get_bool().get(truth))) return Flaw::not_json;
      if (copy != nullptr) copy->append(truth ? "true" : "false");
      return Flaw::none;
    }
    case json_type::null:
      if (!try_read_null(value)) return Flaw::not_json;
      if (copy != nullptr) copy->append("null");
      return Flaw::none;
  }
  return Flaw::not_json;
}

// Nearly no text has escapes: it is viewed where it lies in the reader's copy of the body.
Flaw read_value(ondemand::value& value, Text& to, JsonText& /*copies*/) {
  const std::string_view token = token_of(value);
  if (token.size() >= 2 && token.front() == '"' && token.back() == '"' &&
      token.find('\\') == std::string_view::npos) {
    to = token.substr(1, token.size() - 2);
    ondemand::raw_json_string passed;
    if (is_ok(value.get_raw_json_string().get(passed))) return Flaw::none;
  }
  const simdjson::error_code error = value.get_string().get(to);
  if (is_ok(error)) return Flaw::none;
  return error == simdjson::INCORRECT_TYPE ? Flaw::not_a_string : Flaw::not_text;
}

Flaw read_value(ondemand::value& value, double& to, JsonText& copies) {
  switch (type_of(value)) {
    case json_type::number:
      return is_ok(value.get_double().get(to)) ? Flaw::none : Flaw::not_a_number;
    case json_type::string: {
      Text text;
      const Flaw flaw = read_value(value, text, copies);
      return flaw == Flaw::none ? parse_number(text, to) : flaw;
    }
    default:
      return Flaw::not_a_number;
  }
}

Flaw read_value(ondemand::value& value, Port& to, JsonText& /*copies*/) {
  std::uint64_t number = 0;
  if (!is_ok(value.get_uint64().get(number)) || number > 0xFFFF) return Flaw::not_a_port;
  to = static_cast<Port>(number);
  return Flaw::none;
}

Flaw read_value(ondemand::value& value, UtcTime& to, JsonText& copies) {
  std::optional<UtcTime> time;
  switch (type_of(value)) {
    case json_type::string: {
      Text text;
      if (const Flaw flaw = read_value(value, text, copies); flaw != Flaw::none) return flaw;
      time = parse_utc(text);
      break;
    }
    case json_type::number: {
      double seconds = 0;
      if (is_ok(value.get_double().get(seconds))) time = utc_of_unix(seconds);
      break;
    }
    default:
      break;
  }
  if (!time) return Flaw::not_a_time;
  to = *time;
  return Flaw::none;
}

Flaw read_value(ondemand::value& value, JsonObject& to, JsonText& copies) {
  const json_type type = type_of(value);
  copies.clear();  // no body has two objects
  if (const Flaw flaw = walk(value, 1, &copies); flaw != Flaw::none)
    return type == json_type::object ? flaw : Flaw::not_an_object_or_null;
  to.text = copies.view();
  return Flaw::none;
}

}  // namespace chargemill::codec
