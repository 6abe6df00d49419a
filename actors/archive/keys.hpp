// Under what a record is found again.
#pragma once

#include <string_view>

#include "actors/archive/codec.hpp"

namespace chargemill::archive {

/// Kinds of entries of the index; on disk: append, never insert.
enum class Index : std::uint8_t {
  none,
  faults,  ///< all fault events
  faults_of_point,
  faults_of_type,  ///< FAULT, RECOVERY: to be counted without being read
  faults_of_point_and_type,
  unused_5,
  health_of_point,
  sessions,  ///< their starts
  sessions_of_point,
  sessions_of_driver,
  session,  ///< all that is known of one: start, checkpoints, end, what is owed, correction,
            ///< delivery
  tickets,  ///< ends of sessions
  tickets_of_point,
  tickets_of_driver,
  rounds_of_shard,
  runs
};

using Key = runtime::journal::PostingKey;
using Keys = InlineVector<Key, runtime::journal::kKeysMax>;

/// index:8 | value:56. A name is hashed (XXH3): two names may share a key, so that a reader
/// compares the names of what it finds.
[[nodiscard]] Key key(Index index, std::string_view name) noexcept;
[[nodiscard]] Key key(Index index, std::uint64_t number = 0) noexcept;
[[nodiscard]] Key key(Index index, SessionId session) noexcept;
[[nodiscard]] Key key(Index index, std::string_view name, EventType type) noexcept;

/// Those of a record, none for what only a restart reads.
[[nodiscard]] Keys keys_of(const Record& record, const Names& names);

}  // namespace chargemill::archive
