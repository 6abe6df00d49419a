// What the framed door answers, as text (D-145). Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/archive/history.hpp"
#include "actors/central/point_record.hpp"
#include "app/directory/directory.hpp"
#include "app/nodes/node_table.hpp"

namespace chargemill::app::control_texts {

inline constexpr std::string_view kPointNotFound = "NACK: Charging point not found";
inline constexpr std::string_view kVirtualTime =
    "NACK: virtual time (--speed max) can only be looked at: with orders from outside the same "
    "scenario and seed would no longer give the same result; --speed 1 or N takes them";
/// Nothing has been done.
inline constexpr std::string_view kBusy = "NACK: busy, please repeat";
/// The journal has stood still for long.
inline constexpr std::string_view kNotKept = "NACK: done, but not on disk yet: see the journal";

/// `ACK: STOP#12`
[[nodiscard]] std::string done(std::string_view verb, std::string_view field);
/// `ACK: STOP#12#unconfirmed`: it is done, but nobody has looked whether all have heard of it, and
/// whether it is on disk. A NACK stays one.
[[nodiscard]] std::string unconfirmed(std::string said);
/// `ACK: STOP#12#unrecorded`: it is done, and never on disk, as the journal was given up. To say it
/// again would change nothing, so it is no NACK. A NACK stays one.
[[nodiscard]] std::string unrecorded(std::string said);
/// `ACK: STATUS#CP-001#SUPPLYING#SUPPLYING#OK#driver-alice#session-0000002a`: display state, engine
/// state, monitor status, driver, session; `-` for none, UNKNOWN for an engine not heard so far.
[[nodiscard]] std::string status(const central::PointRecord& point, const Directory& names);
/// `#3.2#0.4`: model seconds since its engine was last heard, and its monitor; `-`: never. What a
/// status says is what central believes: a dead engine supplies until it is found out.
[[nodiscard]] std::string ages(const central::PointRecord& point, SimTime now);
/// `ACK: STATS#CP-001#3#2#1#closed#0`: total_events, fault_count, recovery_count (`-` each without
/// a journal), breaker state, failure count.
[[nodiscard]] std::string stats(const central::PointRecord& point, const Directory& names,
                                const std::optional<archive::FaultStatistics>& counted);

/// `ACK: NODES#alpha|10.0.0.1:7101|alive|2|22|...#beta|...`: the columns of node_columns().
[[nodiscard]] std::string nodes(const std::vector<NodeRow>& rows);

/// What one reply lists at most; a client that wants more asks from the next point on.
inline constexpr std::size_t kListedMax = 1'000;
/// The same of a door whose messages have so many bytes, whatever the names are; at least one.
[[nodiscard]] std::size_t listed_max(std::size_t payload_bytes) noexcept;
struct Listed {
  PointId point{};
  DisplayState display{};
};
/// The next page begins with `next`, if there is more.
struct Page {
  std::vector<Listed> points;
  std::optional<PointId> next;
};
/// `ACK: LIST#CP-001=ACTIVATED#CP-002=BROKEN#>CP-003`: the last field, if it begins with `>`, says
/// what to ask for next.
[[nodiscard]] std::string list(const Page& page, const Directory& names);
/// `ACK: AVAILABLE#CP-001#CP-004#>CP-005`
[[nodiscard]] std::string available(const Page& page, const Directory& names);

}  // namespace chargemill::app::control_texts
