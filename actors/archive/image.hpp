// What a journal says about a network: all of its records, one after the other, made into a state.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "actors/archive/codec.hpp"

namespace chargemill::archive {

/// As many closed sessions of a point as central remembers.
inline constexpr std::size_t kClosedRemembered = 4;

/// Who had joined, and under which name.
template <class What>
struct JoinedAs {
  What what;
  std::string name;
};

/// Requests with a name that are remembered of a driver outside, the latest that were let in.
inline constexpr std::size_t kNamedRemembered = 8;

struct NamedAs {
  RequestNamed what;
  std::string name;
};

struct Image {
  std::vector<PointState> points;               ///< by PointId; `session` none: none is open
  std::vector<std::vector<SessionEnd>> closed;  ///< by PointId; of each session its latest word
  std::map<std::pair<DriverId, SessionId>, SessionEnd> tickets;  ///< not confirmed
  std::vector<std::uint64_t> sessions_made;                      ///< by ShardId
  std::map<PointId, JoinedAs<PointJoined>> joined_points;  ///< they have a place in `points` too
  std::map<DriverId, JoinedAs<DriverJoined>> joined_drivers;
  std::map<DriverId, std::vector<NamedAs>> named;  ///< of each kNamedRemembered, oldest first
  RunBegan run;                                    ///< the last one
  std::uint64_t records = 0;                       ///< how many were read
  std::uint64_t last_sequence = 0;
  std::chrono::microseconds last_time{};  ///< UTC, of the latest record
  std::uint32_t seats = 0;                ///< `points` that had not joined

  [[nodiscard]] bool is_empty() const noexcept { return records == 0; }
};

/// Room for so many; what is not told of them is as if they had never been heard.
[[nodiscard]] Image make_image(std::uint32_t points, std::uint16_t shards);

/// Adds one record; records of a point come in the order in which its shard wrote them. Ids that
/// the image has no room for are ignored, and so are records that cannot be ours (soundness.hpp).
/// `names` are needed of those who have joined, and of requests.
void fold(Image& image, const Record& record, const Names& names = {});

}  // namespace chargemill::archive
