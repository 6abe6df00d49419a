// What one journal says of a session.
#pragma once

#include <optional>

#include "actors/archive/codec.hpp"

namespace chargemill::archive {

/// A session whose node was lost went on in the journal of whoever had its shard next; each says a
/// part. Times are UTC.
struct SessionTold {
  using Time = runtime::journal::Micros;

  /// What it had delivered, as told last.
  struct Reading {
    Time told{};
    Time start{};
    std::optional<Time> end;  ///< none: it goes on
    Energy delivered;
    Money cost;
  };
  std::optional<Reading> reading;
  std::optional<SessionEnd> end;
  Time ended{};                              ///< when that was told
  std::optional<Time> delivered;             ///< its ticket, to its driver
  std::optional<Time> correction_delivered;  ///< likewise the one that corrects it (D-075)

  /// Keeps the later word of each.
  void add(const SessionTold& other);
};

}  // namespace chargemill::archive
