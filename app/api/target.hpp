// What a request asks for: path and query of its target. Pure.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace chargemill::app::api {

struct QueryField {
  std::string name;
  std::string value;
};

struct Target {
  std::vector<std::string> path;  ///< between its slashes, decoded; of `/`: one empty text
  std::vector<QueryField> query;  ///< in order, decoded
};

/// Reads `/path/to?name=value&flag`; a fragment is not expected. The error is what is wrong with
/// it.
[[nodiscard]] tl::expected<Target, std::string> parse_target(std::string_view text);

/// `text` in a path or a query.
[[nodiscard]] std::string percent_encoded(std::string_view text);

}  // namespace chargemill::app::api
