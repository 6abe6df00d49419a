// The records that the tests write, in this process and in others.
#pragma once

#include <cstdlib>
#include <string>
#include <string_view>

#include "runtime/journal/record.hpp"

namespace chargemill::runtime::journal::test {

[[nodiscard]] inline PostingKey producer_key(std::uint64_t producer) {
  return PostingKey{1'000'000 + producer};
}
[[nodiscard]] inline PostingKey point_key(std::uint64_t n) { return PostingKey{n % 97}; }

/// "PRODUCER N ", then up to 59 letters.
[[nodiscard]] inline std::string text_of(std::uint64_t producer, std::uint64_t n) {
  std::string text = std::to_string(producer) + " " + std::to_string(n) + " ";
  text.resize(text.size() + n % 60, static_cast<char>('a' + n % 26));
  return text;
}
/// N of such a text.
[[nodiscard]] inline std::uint64_t number_in_text(std::string_view text) {
  const std::size_t at = text.find(' ');
  if (at == std::string_view::npos) return 0;
  return std::strtoull(std::string{text.substr(at)}.c_str(), nullptr, 10);
}
/// The n-th record of a producer; `text`, which is its payload, outlives it. Microsecond n.
[[nodiscard]] inline Record record_of(std::uint64_t producer, std::uint64_t n,
                                      const std::string& text) {
  Record record;
  record.kind = RecordKind{static_cast<std::uint16_t>(producer)};
  record.time = Micros{static_cast<std::int64_t>(n)};
  record.keys = {producer_key(producer), point_key(n)};
  record.payload = text;
  return record;
}

}  // namespace chargemill::runtime::journal::test
