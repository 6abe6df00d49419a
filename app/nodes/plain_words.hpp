// Small plain values as bytes for another node of the same version, and back from any bytes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "runtime/saved/reader.hpp"
#include "runtime/saved/writer.hpp"

namespace chargemill::app {

/// Field by field, without padding.
template <class T>
[[nodiscard]] std::string bytes_of(const T& value) {
  runtime::saved::Writer v;
  v(value);
  return {reinterpret_cast<const char*>(v.bytes().data()), v.bytes().size()};
}

/// None: these are no bytes of a T. What is a flag or a choice is one that there is.
template <class T>
[[nodiscard]] std::optional<T> plain_from(std::string_view bytes) {
  runtime::saved::Reader v{reinterpret_cast<const std::byte*>(bytes.data()), bytes.size()};
  T value{};
  v(value);
  if (!v.is_exhausted()) return std::nullopt;
  return value;
}

}  // namespace chargemill::app
