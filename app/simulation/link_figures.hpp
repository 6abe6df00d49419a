// How the connections to a central elsewhere fared.
#pragma once

#include <cstdint>
#include <string>

#include "runtime/observe/latency_histogram.hpp"

namespace chargemill::app {

/// sent = taken + declined + unanswered.
struct LinkFigures {
  std::string address;
  std::uint32_t connections = 0;  ///< that are wanted
  std::uint32_t connected = 0;    ///< that were there at the end
  std::uint64_t lost = 0;         ///< connections that broke
  std::uint64_t sent = 0;         ///< messages
  std::uint64_t taken = 0;
  std::uint64_t declined = 0;
  std::uint64_t unanswered = 0;  ///< lost with their connection, or open at the end
  std::uint64_t unsent = 0;      ///< said while there was no connection, or too many waited
  std::uint64_t unclear = 0;     ///< frames from there that mean nothing here
  std::string last_trouble;      ///< empty: there was none
  /// Of those who spoke to central, whom it has never let in.
  struct Kept {
    std::uint64_t out = 0;  ///< nothing that they said was taken
    std::uint64_t of = 0;   ///< how many wanted to be let in
    std::string reason;     ///< what most of those heard; empty: no answer
  };
  Kept points;
  Kept drivers;
  runtime::LatencyHistogram
      round_trip;  ///< from a message to its answer, wall time, after the warm-up
};

}  // namespace chargemill::app
