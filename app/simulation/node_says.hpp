// What a node says of itself to the one that leads.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "app/nodes/node_report.hpp"
#include "app/nodes/succession.hpp"
#include "app/nodes/words.hpp"
#include "app/simulation/host.hpp"

namespace chargemill::app {

/// About now. `looker`: null before model time has begun.
[[nodiscard]] NodeReport look_of(Host& host, Looker* looker, const RunJournal& journal);
/// Exactly, as of `at`; none: where time stands. Requires that all actors stand still.
[[nodiscard]] NodeReport count_of(Host& host, Looker* looker, const RunJournal& journal,
                                  std::optional<SimTime> at);

/// What the leader calls the end; none: where time stands here.
[[nodiscard]] std::optional<SimTime> time_in(std::string_view rest);
/// How long it waits for the disk.
[[nodiscard]] Nanos patience_in(std::string_view rest);

/// For a standstill to be reached.
inline constexpr std::chrono::seconds kStandstillMax{5};
/// Lets no timer fire any more. `succession`: null where nobody is outlived.
[[nodiscard]] Standstill standstill_of(Host& host, const runtime::Peers& exchange,
                                       const Succession* succession);

}  // namespace chargemill::app
