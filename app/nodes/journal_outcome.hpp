// What became of the records of a run.
#pragma once

#include <algorithm>

#include "runtime/journal/journal_status.hpp"

namespace chargemill::app {

struct JournalOutcome {
  runtime::journal::JournalStatus status;
  std::uint64_t appended = 0;  ///< by this run
  std::uint64_t bytes = 0;     ///< of all segments of the directory
};

/// Several journals are as well as the worst of them.
inline void add(runtime::journal::JournalStatus& to, const runtime::journal::JournalStatus& from) {
  to.state = std::max(to.state, from.state);
  to.durable += from.durable;
  to.commits += from.commits;
  to.records += from.records;
  to.bytes += from.bytes;
  to.batch_max = std::max(to.batch_max, from.batch_max);
  to.segments += from.segments;
  to.failures += from.failures;
  to.discarded += from.discarded;
  to.depth += from.depth;
  if (to.last_failure.empty()) to.last_failure = from.last_failure;
  to.commit_times.merge(from.commit_times);
}

inline void add(JournalOutcome& to, const JournalOutcome& from) {
  add(to.status, from.status);
  to.appended += from.appended;
  to.bytes += from.bytes;
}

}  // namespace chargemill::app
