// What one node tells of itself to the node that runs the whole.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/network/detail.hpp"
#include "actors/network/digest.hpp"
#include "actors/network/outcome.hpp"
#include "app/nodes/journal_outcome.hpp"
#include "runtime/base/digest.hpp"

namespace chargemill::app {

/// A look while it runs, or the exact count at the end; what stands behind `failure` is filled at
/// the end only.
struct NodeReport {
  network::Snapshot snapshot;
  std::string failure;                  ///< of an actor that nobody can do without
  std::uint64_t survived_failures = 0;  ///< of actors that were restarted: defects
  std::string first_survived;
  bool is_quiet = true;  ///< its actors stood still
  double cpu_s = 0.0;
  std::int64_t rss_bytes = 0;
  std::int64_t network_bytes = 0;         ///< resident memory that the run added, without files
  std::vector<double> worker_busy;        ///< over the whole run
  Digest digest;                          ///< of its entities; virtual time
  network::Detail detail;                 ///< in a look only
  std::uint32_t incarnation = 0;          ///< which life of its place this is
  std::vector<DisplayState> display;      ///< of its shards' points, in order of ids
  std::string journal_news;               ///< since the last look, a line each
  std::optional<JournalOutcome> journal;  ///< if it keeps one
  std::uint64_t sessions_carried = 0;     ///< open on its part when the run before ended
};

[[nodiscard]] std::string to_bytes(const NodeReport& report);
/// Empty: these are not the bytes of a report. Any bytes.
[[nodiscard]] std::optional<NodeReport> report_from(std::string_view bytes);

[[nodiscard]] std::string to_bytes(const std::vector<network::EntityDigest>& entities);
[[nodiscard]] std::optional<std::vector<network::EntityDigest>> entities_from(
    std::string_view bytes);

}  // namespace chargemill::app
