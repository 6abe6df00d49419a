// Questions to the running network: what is copied out of its shards, and what is done with it.
#pragma once

#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "actors/central/availability.hpp"
#include "actors/central/inspection.hpp"
#include "app/api/route.hpp"
#include "app/directory/objection.hpp"

namespace chargemill::app::api {

/// What is known of a charge point at one moment.
struct PointCopy {
  central::PointRecord record;
  bool is_available = false;
  bool is_journal_behind = false;  ///< records of its shard wait for room in the journal's queue
  Objection against;               ///< to a supply that would begin now
};

/// Which charge points are meant: all conditions at once.
struct PointFilter {
  std::optional<ZoneId> zone;
  std::optional<DisplayState> state;
  std::string prefix;              ///< of the id
  std::optional<PointId> after;    ///< only points behind it
  std::optional<DriverId> driver;  ///< whose session is there
  bool only_available = false;
  bool only_in_session = false;
  std::int64_t power_min_w = 0;
  std::int64_t price_max = std::numeric_limits<std::int64_t>::max();  ///< micro-euros a kWh
  std::size_t limit = 0;
};

struct PointsFound {
  std::vector<PointCopy> points;  ///< at most the filter's limit, rising ids
  bool has_more = false;
  /// Of all points, not only of those that the filter means; only where `counts_sessions`.
  std::uint64_t sessions = 0;
  std::vector<PointCopy> in_session;  ///< at most the filter's limit
  SimTime at{};
};

/// Looks at the points that `filter` means and calls `use` on the API's thread. Not taken: the call
/// is refused (503), and that has been said.
void look_for(const CallPtr& call, PointFilter filter, std::function<void(PointsFound)> use,
              bool counts_sessions = false);
/// The same, of one point.
void look_at(const CallPtr& call, PointId point, std::function<void(PointCopy, SimTime)> use);
/// The same; false: it is not taken, and nothing has been said. `lost`: instead of `use`, if nobody
/// can show it.
[[nodiscard]] bool try_look_at(const CallPtr& call, PointId point,
                               std::function<void(PointCopy, SimTime)> use, Task lost);

/// Of what has been done, if nobody can look whether all have heard of it and whether it is on
/// disk: 202, with `"confirmed": false` beside what `answer`, a JSON object, says.
[[nodiscard]] runtime::HttpResponse unconfirmed(const runtime::HttpResponse& answer);
inline constexpr Outcome kUnconfirmed{
    202, "done, and not confirmed: too much is asked just now, or its node is lost"};
/// Of what has been done, where the journal was given up: 202, with `"recorded": false`. To ask
/// again would change nothing, so it is no 503.
[[nodiscard]] runtime::HttpResponse unrecorded(const runtime::HttpResponse& answer);
/// Of answer_when_kept().
inline constexpr Outcome kNotSeenKept{
    202,
    "done, and not confirmed: too much is asked just now, or its node is lost; or, if recorded is "
    "false: done, and not on disk, as the journal was given up"};

/// Answers once the shard of the point has heard what the desk was told before, and what it has
/// recorded is on disk (D-177). Too much is under way for that: unconfirmed(). The journal was
/// given up: unrecorded().
void answer_when_kept(const CallPtr& call, PointId point, const runtime::HttpResponse& answer);

}  // namespace chargemill::app::api
