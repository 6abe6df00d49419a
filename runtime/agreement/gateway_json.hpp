// The JSON gateway of etcd 3.4 (/v3/...): requests as it wants them, answers as it gives them.
// Pure.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "runtime/agreement/requests.hpp"
#include "runtime/base/result.hpp"

namespace chargemill::runtime::agreement {

/// What is POSTed, and where.
struct GatewayCall {
  std::string target;
  std::string body;
};
[[nodiscard]] GatewayCall call_of(const Request& request);
/// A watch of all keys with `prefix`, from that revision on.
[[nodiscard]] GatewayCall watch_of(const std::string& prefix, Revision from);

/// The body of an answer to `request`. Fails if it is none, or etcd says why not. Any bytes.
[[nodiscard]] Result<Answer> answer_from(const Request& request, unsigned status,
                                         std::string_view body);

/// The watch is over; `compacted` > 0: what was asked for is forgotten before that revision.
struct WatchEnd {
  std::string why;
  Revision compacted{};
};
/// One line of a watch. Any bytes.
[[nodiscard]] std::variant<Changes, WatchEnd> changes_from(std::string_view line);

}  // namespace chargemill::runtime::agreement
