// What a journal lets others see of itself.
#pragma once

#include <string>
#include <vector>

#include "runtime/journal/record.hpp"
#include "runtime/observe/latency_histogram.hpp"

namespace chargemill::runtime::journal {

enum class JournalState : std::uint8_t {
  working,
  stalled,   ///< nothing can be written at the moment; records are held and tried again
  abandoned  ///< tried for too long: records are discarded, and nothing is acknowledged any more
};

/// How far the records of one appender are.
struct QueueStatus {
  std::uint64_t appended = 0;
  std::uint64_t durable = 0;  ///< the first so many are on disk
};

struct JournalStatus {
  JournalState state = JournalState::working;
  Sequence durable = 0;             ///< the last number on disk
  std::uint64_t commits = 0;        ///< batches on disk
  std::uint64_t records = 0;        ///< of this process on disk
  std::uint64_t bytes = 0;          ///< of these records, as encoded
  std::uint64_t batch_max = 0;      ///< records in the largest batch
  std::uint64_t segments = 0;       ///< begun by this process
  std::uint64_t failures = 0;       ///< to write a batch, to seal or to remove a segment
  std::uint64_t discarded = 0;      ///< records that were given up, once abandoned
  std::uint64_t depth = 0;          ///< records that wait in queues
  std::vector<QueueStatus> queues;  ///< of each appender
  std::string last_failure;         ///< for people; empty: there was none
  LatencyHistogram commit_times;    ///< of whole batches: put, commit, seal
};

}  // namespace chargemill::runtime::journal
