// What is wrong with a body that was not accepted: a kind and the field, no allocation.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace chargemill::codec {

enum class Flaw : std::uint8_t {
  none,
  // of the whole body
  too_long,
  not_json,
  not_an_object,
  too_deep,
  no_type,
  unknown_type,
  // of one field
  missing,
  twice,
  not_a_string,
  not_text,
  not_a_number,
  not_a_port,
  not_a_time,
  no_such_value,
  not_an_object_or_null,
};

struct DecodeError {
  Flaw flaw = Flaw::none;
  std::string_view field = {};    ///< static; empty if it is of the whole body
  std::string_view allowed = {};  ///< static; the values of an enum, for `no_such_value`
};

/// `cp_id: is missing`, `not valid JSON`.
[[nodiscard]] std::string text(const DecodeError& error);

/// A body, or why there is none. Mark functions that return it [[nodiscard]].
template <class T>
using Decoded = tl::expected<T, DecodeError>;

}  // namespace chargemill::codec
