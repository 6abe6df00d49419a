// One line of a CSV file as fields (RFC 4180, without line breaks inside quotes).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace chargemill::app {

/// Quotes are taken off, doubled ones become one; blanks around an unquoted field are trimmed.
[[nodiscard]] std::vector<std::string> split_csv_row(std::string_view line);

}  // namespace chargemill::app
