// The closed list of what a metric may be labelled with (contract, section 5; D-207): never a
// charge point, a driver, a session, a free text.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace chargemill::app::metrics {

inline constexpr const char* kState = "state";
inline constexpr const char* kZone = "zone";
inline constexpr const char* kKind = "kind";
inline constexpr const char* kResult = "result";
inline constexpr const char* kNode = "node";
inline constexpr const char* kWorker = "worker";
inline constexpr const char* kLevel = "level";
// On chargemill_build_info only.
inline constexpr const char* kVersionLabel = "version";
inline constexpr const char* kRevision = "revision";

struct LabelRule {
  std::string_view name;
  std::size_t values_max;
};

/// Zones are 64 values, the one for all others among them if there are more.
inline constexpr std::size_t kZonesMax = 64;
/// What is beyond them is counted together.
inline constexpr std::size_t kWorkersNamed = 4;
inline constexpr std::size_t kNodesNamed = 4;
inline constexpr const char* kOther = "other";

inline constexpr std::array<LabelRule, 9> kLabelRules{{{kState, 10},
                                                       {kZone, kZonesMax},
                                                       {kKind, 16},
                                                       {kResult, 6},
                                                       {kNode, kNodesNamed + 1},
                                                       {kWorker, kWorkersNamed + 1},
                                                       {kLevel, 4},
                                                       {kVersionLabel, 1},
                                                       {kRevision, 1}}};

inline constexpr std::size_t kSeriesMax = 1'000;
inline constexpr std::size_t kScrapeBytesMax = std::size_t{256} * 1'024;

}  // namespace chargemill::app::metrics
