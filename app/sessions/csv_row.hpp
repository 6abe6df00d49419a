// One line of a CSV file as fields (RFC 4180, without line breaks inside quotes).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace chargemill::app {

struct CsvField {
  std::string text;       ///< without its quotes; doubled ones are one
  std::size_t begin = 0;  ///< where it stands in the line, in bytes, with its quotes
  std::size_t end = 0;    ///< behind its last byte
};

/// Blanks around a field do not belong to it, unless they are inside quotes.
[[nodiscard]] std::vector<CsvField> split_csv_row(std::string_view line);

}  // namespace chargemill::app
