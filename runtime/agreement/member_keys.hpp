// What a member keeps in the store, behind the prefix of its network.
#pragma once

#include <string_view>

namespace chargemill::runtime::agreement {

inline constexpr std::string_view kNodes = "nodes/";
inline constexpr std::string_view kCentral = "central";
inline constexpr std::string_view kShardsKey = "shards";
inline constexpr std::string_view kLeaving = "leaving/";

}  // namespace chargemill::runtime::agreement
